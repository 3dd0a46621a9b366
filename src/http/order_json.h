#pragma once

#include <string>
#include <vector>

#include "ports/order_api.h"

namespace tradeauto {

// Orders as REST v1 shows them (conventions.md, "An order, in full").
std::string render_order(const Order& order);
// One page; it has a next_cursor when it is full.
std::string render_orders(const std::vector<Order>& orders, std::size_t limit);
std::string render_preview(const OrderPreview& preview);
std::string render_child_order(const ChildOrder& child_order);

}  // namespace tradeauto
