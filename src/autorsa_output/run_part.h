#pragma once

#include <optional>

#include "autorsa_output/run_text.h"

namespace tradeauto::autorsa_output {

// What the tool printed for one brokerage in a run of several, from its log-in to its closing line or its failure, as a
// text of its own. Nothing if its borders are not proven. The caller knows that the run finished and no line is
// missing.
//
// The tool prints each border once, whatever happens, and a text of any broker can only add to them: so where there is
// one of each, it is the tool's, and all between them is of this brokerage.
std::optional<RunText> find_part(const RunText& text, Brokerage brokerage);

}  // namespace tradeauto::autorsa_output
