#include "http/execution_list.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "domain/access.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kBatch = 50;

json::object to_json(const Order& order, const ChildOrder& child, const ExecutionReport& report) {
  return {{"child_order_id", child.id.str()},
          {"order_id", order.id.str()},
          {"group", child.account.group.str()},
          {"account", child.account.account.str()},
          {"brokerage", to_string(child.brokerage)},
          {"symbol", child.symbol.str()},
          {"side", to_string(order.side)},
          {"sub_account", report.sub_account},
          {"status", to_string(report.status)},
          {"broker_order_id", report.broker_order_id ? json::value(*report.broker_order_id) : json::value(nullptr)},
          {"quantity", report.quantity.to_string()},
          {"price", report.price ? json::value(report.price->to_string()) : json::value(nullptr)},
          {"message", report.message},
          {"at", to_rfc3339(report.at)}};
}

}  // namespace

ExecutionList::ExecutionList(ExecutionQuery query) : query_(std::move(query)), place_(query_.after) {}

void ExecutionList::resume(const Order& order) {
  if (query_.after && order.id == query_.after->order && concerns(order)) take(order, query_.after->taken);
}

OrderFilter ExecutionList::wanted_orders() const {
  OrderFilter filter = query_.orders;
  // A short page often has all it needs in as many orders; what comes after is worth a larger read.
  filter.limit = looked_at_ == 0 ? std::min(query_.limit, kBatch) : std::min(kBatch, kMostOrders - looked_at_);
  if (place_) filter.before = place_->order;
  return filter;
}

void ExecutionList::add(const std::vector<Order>& orders) {
  exhausted_ = orders.size() < wanted_orders().limit;
  looked_at_ += orders.size();
  for (const Order& order : orders) {
    if (full()) {
      exhausted_ = false;
      return;
    }
    take(order, 0);
  }
}

// The ledger chose the others by these; one that a cursor names comes by its id alone.
bool ExecutionList::concerns(const Order& order) const {
  const OrderFilter& wanted = query_.orders;
  const auto inside = [&](const ChildOrder& child) { return includes(wanted.groups, child.account.group); };
  if (!std::ranges::all_of(order.child_orders, inside)) return false;
  if (wanted.client_order_id && order.client_order_id != *wanted.client_order_id) return false;
  if (wanted.since && order.created_at < *wanted.since) return false;
  return !wanted.until || order.created_at < *wanted.until;
}

bool ExecutionList::concerns(const ChildOrder& child, const ExecutionReport& report) const {
  const OrderFilter& wanted = query_.orders;
  if (wanted.group && child.account.group != *wanted.group) return false;
  if (wanted.account && child.account != *wanted.account) return false;
  if (wanted.symbol && child.symbol != *wanted.symbol) return false;
  return !query_.status || report.status == *query_.status;
}

void ExecutionList::take(const Order& order, std::size_t first) {
  std::size_t number = 0;
  for (const ChildOrder& child : order.child_orders) {
    for (const ExecutionReport& report : child.executions) {
      if (full()) {
        place_ = {.order = order.id, .taken = number};
        return;
      }
      if (number++ >= first && concerns(child, report)) items_.push_back(to_json(order, child, report));
    }
  }
  place_ = {.order = order.id, .taken = number};
}

std::string ExecutionList::render() && {
  json::value next = nullptr;
  if (place_ && (full() || !exhausted_)) next = execution_cursor(*place_);
  return json::serialize(json::object{{"items", std::move(items_)}, {"next_cursor", std::move(next)}});
}

}  // namespace tradeauto
