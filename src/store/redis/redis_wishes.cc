#include "store/redis/redis_wishes.h"

#include "store/redis/redis_rows_codec.h"
#include "store/rules.h"

namespace tradeauto::redis_wishes {
namespace {

RedisRange doubt(const AccountRef& account, const Symbol& symbol, Side side) {
  return {.index = redis_rows::doubt_index(account, symbol, side), .limit = 1};
}

}  // namespace

RedisWish accept(const Order& order) {
  RedisWish wish{.keys = {redis_rows::client_key(order.client_order_id), redis_rows::order_key(order.id),
                          redis_rows::kLastOrder, redis_rows::kLastEvent},
                 .ranges = {}};
  const bool guarded = rules::guarded_against_doubt(order.dry_run, order.overrides);
  for (const ChildOrder& child : order.child_orders) {
    wish.keys.push_back(redis_rows::child_key(child.id));
    wish.keys.push_back(redis_rows::account_key(child.account));
    if (guarded) wish.ranges.push_back(doubt(child.account, child.symbol, order.side));
  }
  return wish;
}

RedisWish permit(const PermitRequest& request) {
  const TransactionTask& task = request.task;
  RedisWish wish{.keys = {redis_rows::assignment_key(task.account.group), redis_rows::order_key(task.order_id),
                          redis_rows::kLastEvent},
                 .ranges = {{.index = redis_rows::executing_index(task.account)}}};
  for (const TaskChildOrder& child : task.child_orders) {
    wish.keys.push_back(redis_rows::child_key(child.id));
    wish.ranges.push_back(doubt(task.account, child.symbol, task.side));
  }
  return wish;
}

RedisWish change(const std::vector<ChildOrderId>& ids) {
  RedisWish wish{.keys = {redis_rows::kLastEvent}, .ranges = {}};
  for (const ChildOrderId& id : ids) wish.keys.push_back(redis_rows::child_key(id));
  return wish;
}

RedisWish confirm(const JournalId& journal) { return {.keys = {redis_rows::journal_key(journal)}, .ranges = {}}; }

}  // namespace tradeauto::redis_wishes
