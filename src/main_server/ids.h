#pragma once

#include <vector>

#include "domain/order.h"

namespace tradeauto {

// design.md, "Money, time, identity": the same order means the same child orders even to a ledger that forgot it.
ChildOrderId make_child_order_id(const LedgerId& ledger, const ClientOrderId& client_order_id,
                                 const AccountRef& account, const Symbol& symbol);

// From the child orders and their attempts, whatever their order in the list.
TaskId make_task_id(const std::vector<ChildOrder>& child_orders);

}  // namespace tradeauto
