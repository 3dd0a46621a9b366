#pragma once

#include "store/ledger_rows.h"
#include "store/redis/redis_changes.h"
#include "store/redis/redis_rows_codec.h"

namespace tradeauto {

// LedgerRows over what one operation reads and changes; made for its time.
class RedisRows final : public LedgerRows {
 public:
  explicit RedisRows(RedisPart& part) : part_(part) {}

  Result<std::optional<StoredOrder>> find_stored(const ClientOrderId& id) override;
  Result<Order> load_order(const OrderId& id) override;
  Result<void> insert_order(const Order& order, const std::string& body_hash) override;
  Result<std::vector<OrderId>> retries_of(const OrderId& id) override;
  Result<bool> account_enabled(const AccountRef& ref) override;
  Result<ChildOrder> load_child_order(const ChildOrderId& id) override;
  Result<rules::OrderTerms> terms(const OrderId& id) override;
  Result<void> save_child_order(const ChildOrder& child, bool new_executions) override;
  Result<std::optional<PermitRecord>> permit_of(const ChildOrderId& id) override;
  Result<void> save_permit(const ChildOrderId& id, const PermitRecord& permit) override;
  Result<std::optional<ChildOrderId>> find_doubt(const AccountRef& ref, const Symbol& symbol, Side side) override;
  Result<bool> other_task_executing(const AccountRef& ref, const TaskId& task) override;
  Result<std::optional<Epoch>> newest_epoch(const GroupName& group) override;
  Result<std::vector<ChildOrderId>> due(Timestamp now) override;
  Result<void> append_event(const Event& event) override;

 private:
  // One more than the last.
  Result<std::uint64_t> next(const std::string& counter);
  Result<void> check_new(const Order& order);
  void list_order(const Order& order, const std::string& place);

  RedisPart& part_;
};

}  // namespace tradeauto
