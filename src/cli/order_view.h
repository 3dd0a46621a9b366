#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "cli/output.h"

namespace tradeauto {

// One row for each child order.
Rows rows_of_order(const boost::json::object& order);

// The one row of a child order.
Rows rows_of_child_order(const boost::json::object& child_order);

// One row for each child order that there would be; `preview` is an answer of POST /v1/orders/preview.
Rows rows_of_preview(const boost::json::object& preview);

// One row for each order; `list` is an answer of GET /v1/orders.
Rows rows_of_orders(const boost::json::object& list);

// "0192… buy 1 AAPL, group family: settled"
std::string describe_order(const boost::json::object& order);

// Why it is as it is: our reason, else what the broker said; empty where it simply went well.
std::string why_of_child_order(const boost::json::object& child_order);

// "mom AAPL: filled", for progress.
std::string describe_child_order(const boost::json::object& child_order);

}  // namespace tradeauto
