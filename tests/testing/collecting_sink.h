#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "net/signal.h"
#include "ports/executor.h"

namespace tradeauto {

// Keeps every report in the order in which they came. Thread-safe.
class CollectingSink final : public ExecutionSink {
 public:
  asio::awaitable<void> report(ChildOrderReport report) override {
    {
      const std::scoped_lock lock(mutex_);
      reports_.push_back(std::move(report));
    }
    news_.notify();
    co_return;
  }

  std::vector<ChildOrderReport> all() const {
    const std::scoped_lock lock(mutex_);
    return reports_;
  }
  std::vector<ChildOrderReport> of(const ChildOrderId& id) const {
    std::vector<ChildOrderReport> found;
    for (ChildOrderReport& report : all()) {
      if (report.child_order == id) found.push_back(std::move(report));
    }
    return found;
  }
  // The last report of the child order; one without an id if there is none.
  ChildOrderReport last(const ChildOrderId& id) const {
    const auto found = of(id);
    return found.empty() ? ChildOrderReport{} : found.back();
  }

  // Returns once the child order's last report has this status; false if it has not within `patience`.
  asio::awaitable<bool> wait_for(ChildOrderId id, ChildOrderStatus status, std::chrono::nanoseconds patience) {
    const SystemClock clock;
    const Deadline deadline = Deadline::after(clock, patience);
    while (true) {
      const std::uint64_t seen = news_.version();
      const ChildOrderReport report = last(id);
      if (report.complete && report.status == status) co_return true;
      if (!co_await news_.wait(seen, clock, deadline)) co_return false;
    }
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ChildOrderReport> reports_;
  Signal news_;
};

}  // namespace tradeauto
