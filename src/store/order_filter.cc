#include "store/order_filter.h"

#include <algorithm>

namespace tradeauto {

bool matches(const Order& order, const OrderFilter& filter) {
  const auto any = [&](auto wanted) { return std::ranges::any_of(order.child_orders, wanted); };
  const auto outside = [&](const ChildOrder& c) { return !includes(filter.groups, c.account.group); };
  if (any(outside)) return false;
  if (filter.group && !any([&](const ChildOrder& c) { return c.account.group == *filter.group; })) return false;
  if (filter.account && !any([&](const ChildOrder& c) { return c.account == *filter.account; })) return false;
  if (filter.symbol && !any([&](const ChildOrder& c) { return c.symbol == *filter.symbol; })) return false;
  if (filter.client_order_id && order.client_order_id != *filter.client_order_id) return false;
  if (filter.since && order.created_at < *filter.since) return false;
  if (filter.until && order.created_at >= *filter.until) return false;
  return !filter.status || derive_status(order.child_orders) == *filter.status;
}

}  // namespace tradeauto
