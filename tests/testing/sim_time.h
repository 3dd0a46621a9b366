#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/deadline.h"
#include "net/virtual_clock.h"

namespace tradeauto {

// A clock that a test moves, and that wakes whoever waits for its time. Both times advance together. Thread-safe.
class SimClock final : public VirtualClock {
 public:
  explicit SimClock(Timestamp start = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 1 / 2)))
      : now_(start) {}

  Timestamp now() const override {
    const std::scoped_lock lock(mutex_);
    return now_;
  }
  BootTime boot_now() const override {
    const std::scoped_lock lock(mutex_);
    return boot_;
  }
  void wake_at(BootTime at, std::function<void()> wake) const override {
    const std::scoped_lock lock(mutex_);
    wakes_.emplace(at, std::move(wake));
  }
  // When the next sleeper wants to be woken; it may be gone by then.
  std::optional<BootTime> next_wake() const {
    const std::scoped_lock lock(mutex_);
    return wakes_.empty() ? std::nullopt : std::optional(wakes_.begin()->first);
  }
  void advance(std::chrono::nanoseconds by) {
    std::vector<std::function<void()>> due;
    {
      const std::scoped_lock lock(mutex_);
      boot_ += by;
      now_ += std::chrono::ceil<std::chrono::microseconds>(by);
      const auto end = wakes_.upper_bound(boot_);
      for (auto it = wakes_.begin(); it != end; ++it) due.push_back(std::move(it->second));
      wakes_.erase(wakes_.begin(), end);
    }
    for (const auto& wake : due) wake();
  }

 private:
  mutable std::mutex mutex_;
  Timestamp now_;
  BootTime boot_{std::chrono::hours(1)};
  mutable std::multimap<BootTime, std::function<void()>> wakes_;
};

// Runs an io_context on one thread in virtual time: whenever nothing is left to do, the clock jumps to the next
// sleeper.
class SimTime {
 public:
  SimTime(asio::io_context& io, SimClock& clock) : io_(io), clock_(clock) {}

  // False when `limit` of virtual time has passed, or nothing will ever happen again, before `done`.
  bool until(const std::function<bool()>& done, std::chrono::nanoseconds limit = std::chrono::minutes(20)) {
    const Deadline give_up = Deadline::after(clock_, limit);
    while (!done()) {
      if (step()) continue;
      const auto next = clock_.next_wake();
      if (!next || give_up.over(clock_)) return false;
      clock_.advance(std::max(std::chrono::nanoseconds::zero(), *next - clock_.boot_now()));
    }
    return true;
  }
  // Everything that can happen without time passing.
  void settle() {
    while (step()) {
    }
  }
  // The time passes, and all that it brings happens.
  void pass(std::chrono::nanoseconds duration) {
    const BootTime end = clock_.boot_now() + duration;
    settle();
    while (clock_.boot_now() < end) {
      const BootTime next = std::min(end, clock_.next_wake().value_or(end));
      clock_.advance(std::max(std::chrono::nanoseconds::zero(), next - clock_.boot_now()));
      settle();
    }
  }

  template <typename T>
  T run(asio::awaitable<T> task) {
    std::optional<T> value;
    drive(keep(std::move(task), &value));
    return std::move(value).value();
  }
  void run(asio::awaitable<void> task) { drive(std::move(task)); }

 private:
  template <typename T>
  static asio::awaitable<void> keep(asio::awaitable<T> task, std::optional<T>* out) {
    out->emplace(co_await std::move(task));
  }
  bool step() {
    io_.restart();
    return io_.poll_one() > 0;
  }
  void drive(asio::awaitable<void> task) {
    bool done = false;
    std::exception_ptr error;
    asio::co_spawn(io_, std::move(task), [&](std::exception_ptr e) {
      error = e;
      done = true;
    });
    // What never ends would keep references to this frame.
    if (!until([&] { return done; }, std::chrono::hours(48))) std::terminate();
    if (error) std::rethrow_exception(error);
  }

  asio::io_context& io_;
  SimClock& clock_;
};

}  // namespace tradeauto
