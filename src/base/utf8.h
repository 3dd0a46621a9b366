#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tradeauto {

// `text` as well-formed UTF-8, whatever bytes it has: each that belongs to no character becomes U+FFFD. What is longer
// than `most` bytes is cut behind a whole character.
std::string as_utf8(std::string_view text, std::size_t most = std::string_view::npos);

}  // namespace tradeauto
