#include "http/order_routes.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/deadline.h"
#include "base/uuid.h"
#include "http/account_request.h"
#include "http/execution_list.h"
#include "http/narrowing.h"
#include "http/order_filter.h"
#include "http/order_json.h"
#include "http/order_request.h"
#include "http/peer_wait.h"
#include "http/resolve_request.h"

namespace tradeauto {
namespace {

// Ids are written in lower case. What is no id is the id of nothing.
template <typename Id>
Result<Id> parse_id(std::string text, std::string reason, std::string_view what) {
  if (!is_uuid(text)) {
    return make_error(ErrorCode::not_found, std::move(reason), fmt::format("there is no {} of this id", what));
  }
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c; });
  return Id(std::move(text));
}

ApiReply reply_with(const Order& order, std::optional<std::chrono::seconds> waited) {
  ApiReply reply{.body = render_order(order)};
  note_waited(reply, waited);
  return reply;
}

// It changes whenever its time does: that is its version.
ApiReply reply_with(const ChildOrder& child_order) {
  const auto version = static_cast<std::uint64_t>(child_order.updated_at.time_since_epoch().count());
  return {.headers = {{"ETag", entity_tag(version)}}, .body = render_child_order(child_order)};
}

}  // namespace

void OrderRoutes::add_to(RouteTable& routes) {
  routes.add({.method = "POST", .path = "/v1/orders", .scope = "orders:write", .handler = [this](ApiCall call) {
                return create(std::move(call));
              }});
  routes.add({.method = "POST", .path = "/v1/orders/preview", .scope = "orders:read", .handler = [this](ApiCall call) {
                return preview(std::move(call));
              }});
  routes.add({.method = "GET", .path = "/v1/orders", .scope = "orders:read", .handler = [this](ApiCall call) {
                return list(std::move(call));
              }});
  routes.add({.method = "GET", .path = "/v1/orders/{id}", .scope = "orders:read", .handler = [this](ApiCall call) {
                return show(std::move(call));
              }});
  routes.add(
      {.method = "POST", .path = "/v1/orders/{id}/cancel", .scope = "orders:write", .handler = [this](ApiCall call) {
         return cancel(std::move(call));
       }});
  routes.add(
      {.method = "POST", .path = "/v1/orders/{id}/retry", .scope = "orders:write", .handler = [this](ApiCall call) {
         return retry(std::move(call));
       }});
  routes.add(
      {.method = "GET", .path = "/v1/child_orders/{id}", .scope = "orders:read", .handler = [this](ApiCall call) {
         return show_child_order(std::move(call));
       }});
  routes.add({.method = "POST",
              .path = "/v1/child_orders/{id}/resolve",
              .scope = "orders:approve",
              .handler = [this](ApiCall call) { return resolve(std::move(call)); }});
  routes.add({.method = "GET", .path = "/v1/executions", .scope = "orders:read", .handler = [this](ApiCall call) {
                return list_executions(std::move(call));
              }});
}

asio::awaitable<Result<ApiReply>> OrderRoutes::create(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(OrderRequest request, parse_order_request(call.request.body, call.request.header("idempotency-key")));
  request.request_id = call.request_id;
  request.by = call.caller.actor();
  if (!request.overrides.empty()) {
    CO_TRY_VOID(require(call.caller, Scope::orders_approve));
  }
  CO_TRY_VOID(check_seen(call.caller, request));
  claim_key(call.caller, request);
  CO_TRY(Ledger::Accepted accepted, co_await orders_.create(std::move(request)));
  co_return co_await reply_accepted(std::move(accepted), std::move(call));
}

asio::awaitable<Result<ApiReply>> OrderRoutes::reply_accepted(Ledger::Accepted accepted, ApiCall call) {
  const auto time = wait_time(call, longest_wait_);
  if (time) {
    auto waited = co_await wait(accepted.order.id, *time, call.peer);
    // The order is on disk; that it cannot be read again just now is no reason to say otherwise.
    if (waited.ok()) accepted.order = std::move(waited).value();
  }
  ApiReply reply = reply_with(accepted.order, time);
  reply.status = accepted.created ? 201 : 200;
  reply.headers.emplace_back("Location", fmt::format("/v1/orders/{}", accepted.order.id));
  co_return reply;
}

asio::awaitable<Result<ApiReply>> OrderRoutes::preview(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(OrderRequest request, parse_preview_request(call.request.body));
  CO_TRY_VOID(check_seen(call.caller, request));
  CO_TRY(const OrderPreview preview, co_await orders_.preview(std::move(request)));
  co_return ApiReply{.body = render_preview(preview)};
}

asio::awaitable<Result<ApiReply>> OrderRoutes::list(ApiCall call) {
  CO_TRY(OrderFilter filter, parse_order_filter(call.query));
  filter.groups = call.caller.groups;
  CO_TRY(const std::vector<Order> orders, co_await orders_.list(filter));
  co_return ApiReply{.body = render_orders(orders, filter.limit)};
}

asio::awaitable<Result<ApiReply>> OrderRoutes::show(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(OrderId id, parse_id<OrderId>(call.param("id"), "unknown_order", "order"));
  CO_TRY(const Order present, co_await orders_.get(id));
  CO_TRY_VOID(check_seen(call.caller, present));
  const auto time = wait_time(call, longest_wait_);
  if (!time) co_return reply_with(present, std::nullopt);
  CO_TRY(const Order order, co_await wait(std::move(id), *time, call.peer));
  co_return reply_with(order, time);
}

asio::awaitable<Result<ApiReply>> OrderRoutes::cancel(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY_VOID(parse_empty_request(call.request.body));
  CO_TRY(OrderId id, parse_id<OrderId>(call.param("id"), "unknown_order", "order"));
  CO_TRY_VOID(co_await check_order(call.caller, id));
  CO_TRY(const Order order, co_await orders_.cancel(std::move(id), call.caller.actor()));
  co_return reply_with(order, std::nullopt);
}

asio::awaitable<Result<ApiReply>> OrderRoutes::retry(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(RetryRequest request, parse_retry_request(call.request.body, call.request.header("idempotency-key")));
  CO_TRY(request.order, parse_id<OrderId>(call.param("id"), "unknown_order", "order"));
  request.request_id = call.request_id;
  CO_TRY_VOID(co_await check_order(call.caller, request.order));
  request.key_owner = key_owner(call.caller);
  request.by = call.caller.actor();
  CO_TRY(Ledger::Accepted accepted, co_await orders_.retry(std::move(request)));
  co_return co_await reply_accepted(std::move(accepted), std::move(call));
}

asio::awaitable<Result<ApiReply>> OrderRoutes::show_child_order(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(ChildOrderId id, parse_id<ChildOrderId>(call.param("id"), "unknown_child_order", "child order"));
  CO_TRY(const ChildOrder child_order, co_await orders_.child_order(std::move(id)));
  CO_TRY_VOID(check_seen(call.caller, child_order));
  co_return reply_with(child_order);
}

asio::awaitable<Result<ApiReply>> OrderRoutes::list_executions(ApiCall call) {
  CO_TRY(ExecutionQuery query, parse_execution_query(call.query));
  query.orders.groups = call.caller.groups;
  const auto after = query.after;
  ExecutionList list(std::move(query));
  if (after) {
    auto order = co_await orders_.get(after->order);
    if (order.ok()) {
      list.resume(*order);
    } else if (order.error().code != ErrorCode::not_found) {
      co_return std::move(order).error();
    }
  }
  while (list.wants_orders()) {
    CO_TRY(const std::vector<Order> orders, co_await orders_.list(list.wanted_orders()));
    list.add(orders);
  }
  co_return ApiReply{.body = std::move(list).render()};
}

asio::awaitable<Result<ApiReply>> OrderRoutes::resolve(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(const Preconditions wanted, parse_preconditions(call.request.header("if-match"), {}));
  CO_TRY(Resolution resolution, parse_resolve_request(call.request.body));
  CO_TRY(resolution.child_order, parse_id<ChildOrderId>(call.param("id"), "unknown_child_order", "child order"));
  if (!call.caller.groups.empty()) {
    CO_TRY(const ChildOrder present, co_await orders_.child_order(resolution.child_order));
    CO_TRY_VOID(check_seen(call.caller, present));
  }
  if (wanted.version) resolution.if_updated_at = Timestamp(std::chrono::microseconds(*wanted.version));
  resolution.by = call.caller.actor();
  CO_TRY(const ChildOrder child_order, co_await orders_.resolve(std::move(resolution)));
  co_return reply_with(child_order);
}

asio::awaitable<Result<void>> OrderRoutes::check_order(Caller caller, OrderId id) {
  if (caller.groups.empty()) co_return Result<void>{};
  CO_TRY(const Order order, co_await orders_.get(std::move(id)));
  co_return check_seen(caller, order);
}

asio::awaitable<Result<Order>> OrderRoutes::wait(OrderId id, std::chrono::seconds time, Peer* peer) {
  auto order = co_await unless_gone(orders_.wait(id, Deadline::after(clock_, time)), peer);
  if (order) co_return std::move(*order);
  co_return co_await orders_.get(std::move(id));
}

}  // namespace tradeauto
