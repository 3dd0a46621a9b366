#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "net/signal.h"
#include "ports/ledger.h"

namespace tradeauto {

// Tells those who wait for an order that something about it changed. Holds nothing of what changed: they read the
// ledger. Costs nothing for orders that nobody waits for. Thread-safe.
class EventBus {
 public:
  // Kept alive by its holder; shared by all who watch the same order.
  std::shared_ptr<Signal> watch(const OrderId& order);
  void publish(const OrderId& order);
  void publish(const std::vector<ChildOrderChange>& changes);

 private:
  std::mutex mutex_;
  std::unordered_map<OrderId, std::weak_ptr<Signal>> signals_;  // guarded by mutex_
};

}  // namespace tradeauto
