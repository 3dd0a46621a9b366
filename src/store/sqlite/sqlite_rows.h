#pragma once

#include "store/ledger_rows.h"
#include "store/sqlite/database.h"

namespace tradeauto {

// LedgerRows over one connection; made for the time of one operation.
class SqliteRows final : public LedgerRows {
 public:
  explicit SqliteRows(Database& database) : database_(database) {}

  Result<std::optional<StoredOrder>> find_stored(const ClientOrderId& id) override;
  Result<Order> load_order(const OrderId& id) override;
  Result<std::vector<OrderId>> retries_of(const OrderId& id) override;
  Result<void> insert_order(const Order& order, const std::string& body_hash) override;
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

  // The child orders of the order with this row number, in their order; with their execution reports.
  Result<std::vector<ChildOrder>> children_of(std::uint64_t number, const OrderId& order);

 private:
  Result<void> insert_child_order(const ChildOrder& child, const Order& order, std::uint64_t number,
                                  std::uint64_t position);
  Result<std::vector<ExecutionReport>> executions_of(const ChildOrderId& id);
  Result<void> replace_executions(const ChildOrder& child);
  Result<void> insert_executions(const ChildOrder& child);

  Database& database_;
};

}  // namespace tradeauto
