#pragma once

#include "ports/ledger.h"

namespace tradeauto {

// Whether the order is one that the filter asks for; `before` and `limit` are the caller's.
bool matches(const Order& order, const OrderFilter& filter);

}  // namespace tradeauto
