#pragma once

#include "ports/ledger.h"
#include "store/redis/redis_read_ahead.h"

// What the operations that make an order's life read (ledger_operations.cc over RedisRows).
namespace tradeauto::redis_wishes {

RedisWish accept(const Order& order);
RedisWish permit(const PermitRequest& request);
// For whatever changes these child orders.
RedisWish change(const std::vector<ChildOrderId>& ids);
RedisWish confirm(const JournalId& journal);

}  // namespace tradeauto::redis_wishes
