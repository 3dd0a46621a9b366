#include "main_server/order_service.h"

#include <utility>

#include <fmt/format.h>

#include "base/uuid.h"
#include "crypto/crypto.h"
#include "main_server/ids.h"
#include "main_server/order_preview.h"
#include "main_server/settlement.h"
#include "main_server/target_accounts.h"

namespace tradeauto {
namespace {

// Refused for all: who asks for half a share in ten accounts does not mean nine.
Result<void> check_quantity(Quantity quantity, const std::vector<RegisteredAccount>& accounts) {
  if (quantity.decimal().is_whole()) return {};
  for (const RegisteredAccount& account : accounts) {
    if (!info(account.brokerage).whole_shares) continue;
    return with_field(ErrorCode::unprocessable, "fraction_not_supported",
                      fmt::format("{} takes whole shares only, and the account \"{}/{}\" is there",
                                  to_string(account.brokerage), account.ref.group, account.ref.account),
                      "/quantity");
  }
  return {};
}

std::string body_hash(const OrderRequest& request) { return to_hex(digest_of({request.canonical})); }

std::string body_hash(const RetryRequest& request) {
  const std::string_view what = request.include_rejected ? "rejected too" : "unsent";
  if (request.key_owner.empty()) return to_hex(digest_of({"retry", request.order.str(), what}));
  return to_hex(digest_of({"retry", request.order.str(), what, request.key_owner}));
}

}  // namespace

OrderService::OrderService(OrderServiceSettings settings, Needs needs)
    : settings_(settings), needs_(std::move(needs)) {}

asio::awaitable<Result<Ledger::Accepted>> OrderService::create(OrderRequest request) {
  const std::string hash = body_hash(request);
  auto order = co_await plan(request);
  if (!order.ok()) {
    // A repeat gets its order whatever has become of the group, the accounts or the deadline since.
    CO_TRY(auto known, co_await needs_.ledger.find_order(request.client_order_id));
    if (!known) co_return std::move(order).error();
    order = std::move(*known);
  }
  auto accepted = co_await needs_.ledger.accept(std::move(order).value(), hash, request.by);
  if (accepted.ok()) tell(*accepted, request.request_id);
  co_return accepted;
}

asio::awaitable<Result<Order>> OrderService::plan(const OrderRequest& request) {
  const Timestamp now = needs_.clock.now();
  CO_TRY(const Timestamp deadline, start_deadline(request, now));
  CO_TRY(const auto accounts, co_await target_accounts(needs_.registry, request.group, request.accounts));
  CO_TRY_VOID(check_quantity(request.quantity, accounts));
  co_return make_order(request, accounts, now, deadline);
}

asio::awaitable<Result<OrderPreview>> OrderService::preview(OrderRequest request) {
  OrderPreview preview;
  CO_TRY(preview.order, co_await plan(request));
  CO_TRY(preview.warnings, co_await warnings_of(preview.order, needs_.ledger, needs_.directory));
  co_return preview;
}

void OrderService::tell(const Ledger::Accepted& accepted, const std::string& request_id) {
  const Order& order = accepted.order;
  Logger log = request_id.empty() ? needs_.log : needs_.log.with({"request_id", request_id});
  if (order.group) log = log.with({"group", *order.group});
  if (!accepted.created) {
    log.debug("order known already", {{"order", order.id}, {"client_order_id", order.client_order_id}});
    return;
  }
  log.info(
      "order accepted",
      {{"order", order.id}, {"client_order_id", order.client_order_id}, {"child_orders", order.child_orders.size()}});
  needs_.listener.order_accepted(order);
}

asio::awaitable<Result<Ledger::Accepted>> OrderService::retry(RetryRequest request) {
  const std::string hash = body_hash(request);
  // A repeat gets its order whatever has become of the first one since.
  CO_TRY(auto known, co_await needs_.ledger.find_order(request.client_order_id));
  if (known) {
    auto again = co_await needs_.ledger.accept(std::move(*known), hash, request.by);
    if (again.ok()) tell(*again, request.request_id);
    co_return again;
  }
  CO_TRY(const Order first, co_await needs_.ledger.order(request.order));
  auto accepted = co_await needs_.ledger.retry(make_retry(first, request), hash, request.include_rejected, request.by);
  if (accepted.ok()) tell(*accepted, request.request_id);
  co_return accepted;
}

asio::awaitable<Result<Order>> OrderService::get(OrderId id) { return needs_.ledger.order(std::move(id)); }

asio::awaitable<Result<std::vector<Order>>> OrderService::list(OrderFilter filter) {
  return needs_.ledger.list_orders(std::move(filter));
}

asio::awaitable<Result<ChildOrder>> OrderService::child_order(ChildOrderId id) {
  return needs_.ledger.child_order(std::move(id));
}

asio::awaitable<Result<Order>> OrderService::cancel(OrderId id, Actor by) {
  const std::string name = by.name;
  CO_TRY(const auto changes, co_await needs_.ledger.cancel(id, std::move(by), needs_.clock.now()));
  needs_.log.info("child orders canceled", {{"order", id}, {"child_orders", changes.size()}, {"by", name}});
  needs_.listener.child_orders_canceled(changes);
  needs_.events.publish(changes);
  co_return co_await needs_.ledger.order(std::move(id));
}

asio::awaitable<Result<ChildOrder>> OrderService::resolve(Resolution resolution) {
  const Timestamp now = needs_.clock.now();
  const std::string by = resolution.by.name;
  CO_TRY(ChildOrderChange change, co_await needs_.ledger.resolve(std::move(resolution), now, now - kOverdueGrace));
  ChildOrder& child = change.child_order;
  needs_.log.info(
      "a person settled a doubt",
      {{"order", child.order_id}, {"child_order", child.id}, {"status", to_string(child.status)}, {"by", by}});
  needs_.events.publish(child.order_id);
  co_return std::move(child);
}

asio::awaitable<Result<Order>> OrderService::wait(OrderId id, Deadline deadline) {
  const std::shared_ptr<Signal> signal = needs_.events.watch(id);
  while (true) {
    const std::uint64_t seen = signal->version();
    CO_TRY(Order order, co_await needs_.ledger.order(id));
    if (derive_status(order.child_orders) != OrderStatus::working) co_return order;
    if (!co_await signal->wait(seen, needs_.clock, deadline)) co_return order;
  }
}

Result<Timestamp> OrderService::start_deadline(const OrderRequest& request, Timestamp now) const {
  if (request.deadline) {
    if (*request.deadline <= now) {
      return with_field(ErrorCode::unprocessable, "deadline_over", "the deadline is over already", "/deadline");
    }
    return *request.deadline;
  }
  const std::chrono::seconds within = request.deadline_within.value_or(settings_.order_deadline);
  if (within <= std::chrono::seconds::zero()) {
    return with_field(ErrorCode::unprocessable, "deadline_over", "the deadline is over already", "/deadline_seconds");
  }
  return now + within;
}

Order OrderService::make_order(const OrderRequest& request, const std::vector<RegisteredAccount>& accounts,
                               Timestamp now, Timestamp deadline) {
  Order order;
  order.id = OrderId(make_uuid_v7(needs_.clock, needs_.rng));
  order.client_order_id = request.client_order_id;
  order.group = request.group;
  order.accounts = request.accounts;
  order.side = request.side;
  order.quantity = request.quantity;
  order.symbols = request.symbols;
  order.dry_run = request.dry_run;
  order.overrides = request.overrides;
  order.created_at = now;
  order.deadline = deadline;
  order.child_orders.reserve(accounts.size() * request.symbols.size());
  for (const RegisteredAccount& account : accounts) {
    for (const Symbol& symbol : request.symbols) {
      order.child_orders.push_back(make_child_order(order, account.ref, account.brokerage, symbol));
    }
  }
  return order;
}

// Overrides were given for the first time only: what is in doubt since forbids it.
Order OrderService::make_retry(const Order& first, const RetryRequest& request) {
  Order order;
  order.id = OrderId(make_uuid_v7(needs_.clock, needs_.rng));
  order.client_order_id = request.client_order_id;
  order.side = first.side;
  order.quantity = first.quantity;
  order.dry_run = first.dry_run;
  order.created_at = needs_.clock.now();
  order.deadline = order.created_at + settings_.order_deadline;
  order.retry_of = first.id;
  for (const ChildOrder& child : first.child_orders) {
    order.child_orders.push_back(make_child_order(order, child.account, child.brokerage, child.symbol));
  }
  return order;
}

ChildOrder OrderService::make_child_order(const Order& order, AccountRef account, Brokerage brokerage, Symbol symbol) {
  ChildOrder child;
  child.id = make_child_order_id(needs_.ledger.id(), order.client_order_id, account, symbol);
  child.order_id = order.id;
  child.account = std::move(account);
  child.brokerage = brokerage;
  child.symbol = std::move(symbol);
  child.updated_at = order.created_at;
  return child;
}

}  // namespace tradeauto
