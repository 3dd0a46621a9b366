#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tradeauto {

// UTC, microseconds since the Unix epoch. For people and records; never for leases.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// CLOCK_BOOTTIME: counts while the machine is suspended. Meaningless beyond this boot of this machine.
struct BootClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<BootClock, duration>;
  static constexpr bool is_steady = true;
};
using BootTime = BootClock::time_point;

// The only source of time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
  virtual BootTime boot_now() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  BootTime boot_now() const override;
};

// RFC 3339 in UTC with `Z` and microseconds: "2026-01-02T03:04:05.000006Z".
std::string to_rfc3339(Timestamp time);

// Takes any RFC 3339 date-time, also with an offset and 0–9 fractional digits (cut to microseconds).
Result<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace tradeauto
