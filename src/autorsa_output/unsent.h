#pragma once

#include <optional>
#include <vector>

#include "autorsa_output/run_text.h"
#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// BBAE, DSPAC: the verdicts if every line of the brokerage's part says that the CLI sent
// nothing. Nothing as soon as one line is another, or one expected answer is missing. The caller knows that no line is
// missing.
std::optional<std::vector<SymbolVerdict>> read_unsent(const RunOutput& run, const RunText& text);

}  // namespace tradeauto::autorsa_output
