#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/log_in.h"
#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// The first rows of the decision table, which are the same for all brokerages: they need the run's header only.
std::optional<std::vector<SymbolVerdict>> first_rows(const RunOutput& run, const RunText& text,
                                                     const AccountListing& listing);

// The rows of `run.brokerage`, for one log-in.
std::vector<SymbolVerdict> brokerage_rows(const RunOutput& run, const RunText& text, const AccountListing& listing);

// In doubt, whatever the text proves: with an unknown version its lines may mean something else.
void doubt_all(std::vector<SymbolVerdict>& verdicts, std::string_view reason);

}  // namespace tradeauto::autorsa_output
