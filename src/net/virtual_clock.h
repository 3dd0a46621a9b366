#pragma once

#include <functional>

#include "base/clock.h"

namespace tradeauto {

// A clock that does not pass by itself. What waits on it (sleep_until, Signal::wait) asks it to be woken; on every
// other clock real time does that. Exists so that hours of leases and deadlines can be simulated in milliseconds.
class VirtualClock : public Clock {
 public:
  // Calls `wake` once when boot_now() has reached `at`, from whatever moves the clock. Thread-safe.
  virtual void wake_at(BootTime at, std::function<void()> wake) const = 0;
};

}  // namespace tradeauto
