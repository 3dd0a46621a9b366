#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "autorsa_output/run_text.h"
#include "autorsa_output/strict.h"

namespace tradeauto::autorsa_output {

// The log-ins of Public's or Fennel's part (it begins with "Logging in to ..."), in their order. Nothing unless there
// are exactly `count`, each with its sub-accounts or its failure, and every line before the bar is one that the known
// version prints there. A text can add to what is shown, but take nothing away: then the numbers do not agree.
std::optional<std::vector<LogIn>> read_row_log_ins(const RunText& part, Brokerage brokerage, std::size_t count);

}  // namespace tradeauto::autorsa_output
