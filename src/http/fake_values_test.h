#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/clock.h"

namespace tradeauto {

// What all fakes agree on.
inline constexpr Timestamp kFakeNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 2)};

inline std::string fake_uuid(std::size_t number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

}  // namespace tradeauto
