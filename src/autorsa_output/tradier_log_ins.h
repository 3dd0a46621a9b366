#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "autorsa_output/run_text.h"

namespace tradeauto::autorsa_output {

// What one of Tradier's log-ins came to.
struct TradierLogIn {
  bool failed = false;
  std::vector<std::string> accounts;  // active ones, masked, in the listing's order
};

// Reads the log-ins of Tradier's part (it begins with "Logging in to Tradier..."), in their order. Nothing unless there
// are exactly `count` and every line before the bar is one that the known version prints there. A broker's text can add
// to the log-ins and sub-accounts that it shows, but take away none: then their numbers do not agree.
std::optional<std::vector<TradierLogIn>> read_tradier_log_ins(const RunText& part, std::size_t count);

}  // namespace tradeauto::autorsa_output
