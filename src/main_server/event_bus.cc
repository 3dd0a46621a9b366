#include "main_server/event_bus.h"

namespace tradeauto {

std::shared_ptr<Signal> EventBus::watch(const OrderId& order) {
  const std::scoped_lock lock(mutex_);
  std::weak_ptr<Signal>& slot = signals_[order];
  if (auto signal = slot.lock()) return signal;
  // The last holder takes the entry away, so that the map holds watched orders only.
  const std::shared_ptr<Signal> signal(new Signal, [this, order](Signal* dead) {
    delete dead;
    const std::scoped_lock relock(mutex_);
    const auto it = signals_.find(order);
    if (it != signals_.end() && it->second.expired()) signals_.erase(it);
  });
  slot = signal;
  return signal;
}

void EventBus::publish(const OrderId& order) {
  std::shared_ptr<Signal> signal;
  {
    const std::scoped_lock lock(mutex_);
    const auto it = signals_.find(order);
    if (it == signals_.end()) return;
    signal = it->second.lock();
  }
  if (signal) signal->notify();
}

void EventBus::publish(const std::vector<ChildOrderChange>& changes) {
  const OrderId* last = nullptr;
  for (const ChildOrderChange& change : changes) {
    if (last != nullptr && *last == change.child_order.order_id) continue;
    last = &change.child_order.order_id;
    publish(*last);
  }
}

}  // namespace tradeauto
