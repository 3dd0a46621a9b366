#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace tradeauto {

// Token buckets by name: each takes `per_minute` at once, and fills up again evenly over a minute. Thread-safe.
class RateLimiter {
 public:
  struct Settings {
    std::uint32_t per_minute = 0;  // 0: no limit
    // More names than this are not kept: those that are full again go first, and where none is, all are forgotten. So
    // whoever has many addresses costs no memory, and locks nobody out.
    std::size_t most_names = 10'000;
  };
  // `clock` outlives it.
  RateLimiter(Settings settings, const Clock& clock) : settings_(settings), clock_(clock) {}

  struct Standing {
    bool allowed = true;
    std::uint32_t limit = 0;
    std::uint32_t remaining = 0;
    std::chrono::seconds retry_after{0};  // until one is there again; 0 while one is
  };
  // Nothing while there is no limit.
  std::optional<Standing> take(std::string_view name);
  // The same without taking.
  std::optional<Standing> look(std::string_view name);

 private:
  Standing standing_of(BootTime full_at, BootTime now) const;
  void make_room(BootTime now);
  std::chrono::nanoseconds interval() const {
    return std::chrono::nanoseconds(std::chrono::minutes(1)) / settings_.per_minute;
  }

  const Settings settings_;
  const Clock& clock_;
  std::mutex mutex_;
  // When each will be full again: what is missing until then has been taken.
  std::unordered_map<std::string, BootTime> buckets_;
};

}  // namespace tradeauto
