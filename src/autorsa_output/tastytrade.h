#pragma once

#include <optional>
#include <vector>

#include "autorsa_output/run_text.h"
#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// A real order at tastytrade whose part came to its end in order; else nothing. The CLI lists no sub-accounts there,
// and prints no line for one whose order the broker took with an uncommon status. So what is missing was taken: only
// where a line says that an order was taken, too, can the symbol be anything but in doubt.
std::optional<std::vector<SymbolVerdict>> read_tastytrade(const RunOutput& run, const RunText& text);

}  // namespace tradeauto::autorsa_output
