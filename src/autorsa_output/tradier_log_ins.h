#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "autorsa_output/run_text.h"
#include "autorsa_output/strict.h"

namespace tradeauto::autorsa_output {

// Reads the log-ins of Tradier's part (it begins with "Logging in to Tradier..."), in their order. Nothing unless there
// are exactly `count` and every line before the bar is one that the known version prints there. A broker's text can add
// to the log-ins and sub-accounts that it shows, but take away none: then their numbers do not agree.
std::optional<std::vector<LogIn>> read_tradier_log_ins(const RunText& part, std::size_t count);

}  // namespace tradeauto::autorsa_output
