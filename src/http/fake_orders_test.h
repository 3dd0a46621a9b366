#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/fake_values_test.h"
#include "net/signal.h"
#include "ports/order_api.h"

namespace tradeauto {

// Accepts orders for any group but "nobody": one child order, pending. Thread-safe.
class FakeOrders final : public OrderApi {
 public:
  asio::awaitable<Result<Ledger::Accepted>> create(OrderRequest request) override {
    const std::scoped_lock lock(mutex_);
    requests.push_back(request);
    if (failure) co_return *failure;
    for (const auto& [order, canonical] : orders_) {
      if (order.client_order_id != request.client_order_id) continue;
      if (canonical != request.canonical) {
        co_return make_error(ErrorCode::unprocessable, "client_order_id_reused", "it belongs to another order");
      }
      co_return Ledger::Accepted{.order = order, .created = false};
    }
    if (request.group == GroupName("nobody")) {
      co_return make_error(ErrorCode::not_found, "unknown_group", "there is no group \"nobody\"");
    }
    orders_.emplace_back(order_of(request), request.canonical);
    if (settle_at_once) orders_.back().first.child_orders.front().status = *settle_at_once;
    co_return Ledger::Accepted{.order = orders_.back().first, .created = true};
  }

  asio::awaitable<Result<Order>> get(OrderId id) override { co_return find(id); }

  asio::awaitable<Result<std::vector<Order>>> list(OrderFilter filter) override {
    const std::scoped_lock lock(mutex_);
    filters.push_back(filter);
    std::vector<Order> found;
    for (auto it = orders_.rbegin(); it != orders_.rend() && found.size() < filter.limit; ++it) {
      if (!filter.before || it->first.id < *filter.before) found.push_back(it->first);
    }
    co_return found;
  }

  asio::awaitable<Result<Order>> wait(OrderId id, Deadline deadline) override {
    const Waiting counted(*this);
    while (true) {
      const auto seen = changed_.version();
      CO_TRY(Order order, find(id));
      if (derive_status(order.child_orders) != OrderStatus::working) co_return order;
      if (!co_await changed_.wait(seen, clock_, deadline)) co_return order;
    }
  }

  asio::awaitable<Result<ChildOrder>> child_order(ChildOrderId id) override {
    const std::scoped_lock lock(mutex_);
    for (const auto& [order, canonical] : orders_) {
      if (order.child_orders.front().id == id) co_return order.child_orders.front();
    }
    co_return make_error(ErrorCode::not_found, "unknown_child_order", "there is no such child order");
  }

  asio::awaitable<Result<Order>> cancel(OrderId id, Actor by) override {
    actors.push_back(std::move(by));
    const std::scoped_lock lock(mutex_);
    for (auto& [order, canonical] : orders_) {
      if (order.id != id) continue;
      ChildOrderStatus& status = order.child_orders.front().status;
      if (status != ChildOrderStatus::pending) {
        co_return make_error(ErrorCode::conflict, "nothing_to_cancel", "nothing of it is pending");
      }
      status = ChildOrderStatus::canceled;
      co_return order;
    }
    co_return make_error(ErrorCode::not_found, "unknown_order", "there is no such order");
  }

  asio::awaitable<Result<OrderPreview>> preview(OrderRequest request) override {
    if (failure) co_return *failure;
    OrderPreview preview{.order = order_of(request), .warnings = {}};
    preview.warnings.push_back({.code = "not_active",
                                .detail = "no worker serves the group yet",
                                .account = preview.order.child_orders.front().account,
                                .symbol = std::nullopt});
    co_return preview;
  }

  asio::awaitable<Result<Ledger::Accepted>> retry(RetryRequest request) override {
    CO_TRY(const Order first, find(request.order));
    if (first.child_orders.front().status != ChildOrderStatus::denied) {
      co_return make_error(ErrorCode::conflict, "nothing_to_retry", "nothing of it may be ordered again");
    }
    OrderRequest again;
    again.client_order_id = request.client_order_id;
    again.symbols = first.symbols;
    again.by = request.by;
    again.canonical = request.include_rejected ? "rejected too" : "unsent";
    co_return co_await create(std::move(again));
  }

  asio::awaitable<Result<ChildOrder>> resolve(Resolution resolution) override {
    const std::scoped_lock lock(mutex_);
    resolutions.push_back(resolution);
    for (auto& [order, canonical] : orders_) {
      ChildOrder& child = order.child_orders.front();
      if (child.id != resolution.child_order) continue;
      if (child.status != ChildOrderStatus::in_doubt) {
        co_return make_error(ErrorCode::conflict, "not_in_doubt", "only a doubt can be resolved");
      }
      if (resolution.if_updated_at && *resolution.if_updated_at != child.updated_at) {
        co_return make_error(ErrorCode::precondition_failed, "version_changed", "it has changed since");
      }
      child.status = ChildOrderStatus::denied;
      co_return child;
    }
    co_return make_error(ErrorCode::not_found, "unknown_child_order", "there is no such child order");
  }

  void settle(ChildOrderStatus status) {
    {
      const std::scoped_lock lock(mutex_);
      for (auto& [order, canonical] : orders_) order.child_orders.front().status = status;
    }
    changed_.notify();
  }
  // Every child order gets this one.
  void report(const ExecutionReport& report) {
    const std::scoped_lock lock(mutex_);
    for (auto& [order, canonical] : orders_) order.child_orders.front().executions.push_back(report);
  }
  // Returns once so many wait(); false if it takes too long.
  bool await_waiting(std::size_t count) {
    std::unique_lock lock(mutex_);
    return waiting_changed_.wait_for(lock, std::chrono::seconds(20), [&] { return waiting_ == count; });
  }

  std::vector<OrderRequest> requests;
  std::vector<OrderFilter> filters;
  std::vector<Resolution> resolutions;
  std::vector<Actor> actors;  // who canceled
  std::optional<Error> failure;
  std::optional<ChildOrderStatus> settle_at_once;

 private:
  struct Waiting {
    explicit Waiting(FakeOrders& its_owner) : owner(its_owner) { owner.count(1); }
    ~Waiting() { owner.count(-1); }
    FakeOrders& owner;
  };
  void count(int by) {
    const std::scoped_lock lock(mutex_);
    waiting_ += static_cast<std::size_t>(by);
    waiting_changed_.notify_all();
  }

  Result<Order> find(const OrderId& id) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [order, canonical] : orders_) {
      if (order.id == id) return order;
    }
    return make_error(ErrorCode::not_found, "unknown_order", "there is no such order");
  }

  Order order_of(const OrderRequest& request) const {
    Order order;
    order.id = OrderId(fake_uuid(2 * orders_.size() + 1));
    order.client_order_id = request.client_order_id;
    order.group = request.group;
    order.accounts = request.accounts;
    order.side = request.side;
    order.quantity = request.quantity;
    order.symbols = request.symbols;
    order.dry_run = request.dry_run;
    order.created_at = kFakeNow;
    order.deadline = kFakeNow + std::chrono::minutes(15);
    ChildOrder child;
    child.id = ChildOrderId(fake_uuid(2 * orders_.size() + 2));
    child.order_id = order.id;
    child.account = {.group = request.group.value_or(GroupName("family")), .account = AccountName("mom")};
    child.symbol = request.symbols.front();
    child.updated_at = kFakeNow;
    order.child_orders.push_back(std::move(child));
    return order;
  }

  const SystemClock clock_;
  Signal changed_;
  std::mutex mutex_;
  std::condition_variable waiting_changed_;
  std::size_t waiting_ = 0;
  std::vector<std::pair<Order, std::string>> orders_;  // with the canonical form
};

}  // namespace tradeauto
