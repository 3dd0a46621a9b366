#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tradeauto {

constexpr std::size_t kMaxWireText = std::size_t{64} * 1024;

// `text` as it may travel in a proto3 string: a receiver refuses the whole message for one byte that is no UTF-8, and
// brokers answer in any encoding. Bad sequences become U+FFFD; what is longer than kMaxWireText is cut behind a whole
// character.
std::string wire_text(std::string_view text);

}  // namespace tradeauto
