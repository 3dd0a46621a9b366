#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace tradeauto {

// The system's clock, and what a test adds: a deadline comes when the test has seen what must be before it, however
// long that took. Thread-safe.
class LeapingClock final : public Clock {
 public:
  Timestamp now() const override {
    return system_.now() + std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(added_));
  }
  BootTime boot_now() const override { return system_.boot_now() + std::chrono::nanoseconds(added_); }
  void leap(std::chrono::nanoseconds by) { added_ += by.count(); }

 private:
  SystemClock system_;
  std::atomic<std::int64_t> added_ = 0;
};

}  // namespace tradeauto
