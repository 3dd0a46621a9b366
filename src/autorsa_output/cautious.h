#pragma once

#include <vector>

#include "autorsa_output/log_in.h"
#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// The brokerages whose answers are not read row by row: a rehearsal is one, and what every line of the brokerage's part
// proves unsent is not sent; all else is in doubt, with the lines that name the sub-account as evidence.
std::vector<SymbolVerdict> read_cautiously(const RunOutput& run, const RunText& text, const AccountListing& listing);

}  // namespace tradeauto::autorsa_output
