#pragma once

#include "domain/order.h"
#include "http/api_message.h"

namespace tradeauto {

// An order as the original answered a transaction: {"status": bool, "message": a line for each account}. The status is
// true when each account's part is good. A doubt, and what has not ended yet, is told as what must not be repeated.
ApiReply legacy_order_outcome(const Order& order);

}  // namespace tradeauto
