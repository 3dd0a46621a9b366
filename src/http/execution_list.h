#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/array.hpp>

#include "http/order_filter.h"

namespace tradeauto {

// One page of execution reports, filled from orders, newest first: those of one order stay together, as it has them.
// An order has any number of them, none too, so a page ends when it is full or when kMostOrders were looked at: its
// cost has a bound whatever the filters leave out, and a page with a next_cursor may be short, or empty.
class ExecutionList {
 public:
  static constexpr std::size_t kMostOrders = 500;

  explicit ExecutionList(ExecutionQuery query);

  // The order in which the page before this one ended; call it before any other, if the query has one.
  void resume(const Order& order);
  // Whether more orders are needed, and which: what they are goes to add().
  bool wants_orders() const { return !full() && !exhausted_ && looked_at_ < kMostOrders; }
  OrderFilter wanted_orders() const;
  void add(const std::vector<Order>& orders);

  std::string render() &&;

 private:
  bool full() const { return items_.size() >= query_.limit; }
  bool concerns(const Order& order) const;
  bool concerns(const ChildOrder& child, const ExecutionReport& report) const;
  // Takes its reports from number `first` on, as many as there is room for.
  void take(const Order& order, std::size_t first);

  ExecutionQuery query_;
  boost::json::array items_;
  std::optional<ExecutionQuery::Place> place_;  // how far it has come
  std::size_t looked_at_ = 0;
  bool exhausted_ = false;
};

}  // namespace tradeauto
