#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tradeauto {

// The one of `known` that was probably meant: the nearest by edits (a swap of neighbours counts as one), if no more
// than a third of the letters differ. Empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace tradeauto
