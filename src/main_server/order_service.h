#pragma once

#include <chrono>

#include "base/log.h"
#include "base/rng.h"
#include "main_server/account_service.h"
#include "main_server/event_bus.h"
#include "ports/order_api.h"

namespace tradeauto {

struct OrderServiceSettings {
  std::chrono::seconds order_deadline{900};  // ORDER_DEADLINE_SECONDS: for the start, when the request names none
};

// Who hears of new work, and of work that is none any more. Implemented by the Router.
class OrderListener {
 public:
  virtual ~OrderListener() = default;
  virtual void order_accepted(const Order& order) = 0;
  // No worker is to start these any more.
  virtual void child_orders_canceled(const std::vector<ChildOrderChange>& changes) = 0;
};

// The life of an order as clients see it: accept durably, split into child orders, tell.
// Strand: none; the ledger orders what overlaps.
class OrderService final : public OrderApi {
 public:
  struct Needs {
    Registry& registry;
    ServiceDirectory& directory;
    Ledger& ledger;
    EventBus& events;
    OrderListener& listener;
    const Clock& clock;
    Rng& rng;
    Logger log;
  };
  // What `needs` refers to outlives the service.
  OrderService(OrderServiceSettings settings, Needs needs);

  asio::awaitable<Result<Ledger::Accepted>> create(OrderRequest request) override;
  asio::awaitable<Result<Order>> get(OrderId id) override;
  asio::awaitable<Result<std::vector<Order>>> list(OrderFilter filter) override;
  asio::awaitable<Result<Order>> wait(OrderId id, Deadline deadline) override;
  asio::awaitable<Result<ChildOrder>> child_order(ChildOrderId id) override;
  asio::awaitable<Result<Order>> cancel(OrderId id, Actor by) override;
  asio::awaitable<Result<Ledger::Accepted>> retry(RetryRequest request) override;
  asio::awaitable<Result<ChildOrder>> resolve(Resolution resolution) override;
  asio::awaitable<Result<OrderPreview>> preview(OrderRequest request) override;

 private:
  asio::awaitable<Result<Order>> plan(const OrderRequest& request);
  Result<Timestamp> start_deadline(const OrderRequest& request, Timestamp now) const;
  Order make_order(const OrderRequest& request, const std::vector<RegisteredAccount>& accounts, Timestamp now,
                   Timestamp deadline);
  Order make_retry(const Order& first, const RetryRequest& request);
  ChildOrder make_child_order(const Order& order, AccountRef account, Brokerage brokerage, Symbol symbol);
  void tell(const Ledger::Accepted& accepted, const std::string& request_id);

  const OrderServiceSettings settings_;
  Needs needs_;
};

}  // namespace tradeauto
