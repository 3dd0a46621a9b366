#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tradeauto {

// Code points, which is near enough to columns for names and numbers.
std::size_t width_of(std::string_view text);

// `text` in lines of at most `width` columns (at least 1), broken after blanks and commas; a longer word is broken
// where it has to be. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace tradeauto
