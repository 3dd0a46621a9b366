#pragma once

#include <cstddef>
#include <vector>

#include "autorsa_output/log_in.h"
#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// Tradier by the contract's exact rows. The header is read already and agrees with the order; nothing is known of the
// rest.
std::vector<SymbolVerdict> read_tradier(const RunOutput& run, const RunText& text, const AccountListing& listing);

// The same for `count` log-ins of one run, each with its verdicts, in the tool's order. `part` is Tradier's alone and
// no line of it is missing.
std::vector<std::vector<SymbolVerdict>> read_tradier_shared(const RunOutput& run, const RunText& part,
                                                            std::size_t count);

}  // namespace tradeauto::autorsa_output
