#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace tradeauto {

// A point on CLOCK_BOOTTIME after which the work is not wanted any more. Handed down from hop to hop;
// between machines it travels as the time left.
class Deadline {
 public:
  static Deadline after(const Clock& clock, std::chrono::nanoseconds duration) {
    return Deadline(clock.boot_now() + duration);
  }
  static Deadline at(BootTime time) { return Deadline(time); }
  static Deadline never() { return Deadline(BootTime::max()); }

  bool is_never() const { return at_ == BootTime::max(); }
  bool over(const Clock& clock) const { return clock.boot_now() >= at_; }

  // Zero when it is over.
  std::chrono::nanoseconds left(const Clock& clock) const {
    if (is_never()) return std::chrono::nanoseconds::max();
    return std::max(std::chrono::nanoseconds::zero(), at_ - clock.boot_now());
  }
  BootTime time() const { return at_; }

  auto operator<=>(const Deadline&) const = default;

 private:
  explicit Deadline(BootTime at) : at_(at) {}

  BootTime at_;
};

}  // namespace tradeauto
