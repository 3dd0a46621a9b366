#pragma once

#include <vector>

#include "autorsa_output/log_in.h"
#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// Firstrade, whose answers are printed dictionaries, for one log-in. The header is read already and agrees with the
// order; nothing is known of the rest.
std::vector<SymbolVerdict> read_firstrade(const RunOutput& run, const RunText& text, const AccountListing& listing);

}  // namespace tradeauto::autorsa_output
