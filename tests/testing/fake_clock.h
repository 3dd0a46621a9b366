#pragma once

#include <chrono>
#include <mutex>

#include "base/clock.h"

namespace tradeauto {

// A clock that a test moves. Both times advance together. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 1 / 2)))
      : now_(start), boot_(std::chrono::hours(1)) {}

  Timestamp now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  BootTime boot_now() const override {
    const std::scoped_lock lock(mutex_);
    return boot_;
  }
  void advance(std::chrono::nanoseconds by) {
    const std::scoped_lock lock(mutex_);
    now_ += std::chrono::duration_cast<std::chrono::microseconds>(by);
    boot_ += by;
  }

 private:
  mutable std::mutex mutex_;
  Timestamp now_;
  BootTime boot_;
};

}  // namespace tradeauto
