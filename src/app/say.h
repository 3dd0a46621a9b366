#pragma once

#include <cstdio>
#include <string_view>

namespace tradeauto {

// Tells the person at the terminal. One who is gone (a closed pipe) is no reason to stop serving, and fmt::print
// throws.
inline void say(std::FILE* stream, std::string_view text) {
  [[maybe_unused]] const std::size_t written = std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

}  // namespace tradeauto
