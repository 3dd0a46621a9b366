#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "http/route_table.h"
#include "ports/order_api.h"

namespace tradeauto {

// /v1/orders, /v1/child_orders and /v1/executions.
class OrderRoutes {
 public:
  // The needs outlive it, and it outlives the table. `longest_wait` bounds `Prefer: wait`.
  OrderRoutes(OrderApi& orders, const Clock& clock, std::chrono::seconds longest_wait)
      : orders_(orders), clock_(clock), longest_wait_(longest_wait) {}

  void add_to(RouteTable& routes);

 private:
  asio::awaitable<Result<ApiReply>> create(ApiCall call);
  asio::awaitable<Result<ApiReply>> preview(ApiCall call);
  asio::awaitable<Result<ApiReply>> list(ApiCall call);
  asio::awaitable<Result<ApiReply>> show(ApiCall call);
  asio::awaitable<Result<ApiReply>> cancel(ApiCall call);
  asio::awaitable<Result<ApiReply>> retry(ApiCall call);
  asio::awaitable<Result<ApiReply>> reply_accepted(Ledger::Accepted accepted, ApiCall call);
  asio::awaitable<Result<ApiReply>> show_child_order(ApiCall call);
  asio::awaitable<Result<ApiReply>> resolve(ApiCall call);
  asio::awaitable<Result<ApiReply>> list_executions(ApiCall call);
  // Whether the caller sees the order; asks only if it may be otherwise.
  asio::awaitable<Result<void>> check_order(Caller caller, OrderId id);
  // The order once it is not `working`, or as it is when the time is over or the client is gone.
  asio::awaitable<Result<Order>> wait(OrderId id, std::chrono::seconds time, Peer* peer);

  OrderApi& orders_;
  const Clock& clock_;
  const std::chrono::seconds longest_wait_;
};

}  // namespace tradeauto
