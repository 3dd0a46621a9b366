#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/rules.h"

namespace tradeauto {

// Under what a child order was permitted.
struct PermitRecord {
  TaskId task;
  WorkerName worker;
  JournalId journal;
  Timestamp run_deadline;  // rules::kRunEnded once its worker has said that the run is over
};

struct StoredOrder {
  OrderId id;
  std::string body_hash;
};

// What the ledger's operations read and write, inside of one transaction that the engine opens, and rolls back if the
// operation fails. Engines implement this; what may be written when is decided in ledger_operations.cc, once for all of
// them.
class LedgerRows {
 public:
  virtual ~LedgerRows() = default;

  virtual Result<std::optional<StoredOrder>> find_stored(const ClientOrderId& id) = 0;
  virtual Result<Order> load_order(const OrderId& id) = 0;  // unknown_order
  virtual Result<std::vector<OrderId>> retries_of(const OrderId& id) = 0;
  virtual Result<void> insert_order(const Order& order, const std::string& body_hash) = 0;
  virtual Result<bool> account_enabled(const AccountRef& ref) = 0;  // false also if there is none

  virtual Result<ChildOrder> load_child_order(const ChildOrderId& id) = 0;  // unknown_child_order
  virtual Result<rules::OrderTerms> terms(const OrderId& id) = 0;           // unknown_order
  // State, words, worker, attempt, time; the execution reports too if `new_executions`.
  virtual Result<void> save_child_order(const ChildOrder& child, bool new_executions) = 0;
  // Nothing if none was ever given.
  virtual Result<std::optional<PermitRecord>> permit_of(const ChildOrderId& id) = 0;
  virtual Result<void> save_permit(const ChildOrderId& id, const PermitRecord& permit) = 0;

  virtual Result<std::optional<ChildOrderId>> find_doubt(const AccountRef& ref, const Symbol& symbol, Side side) = 0;
  virtual Result<bool> other_task_executing(const AccountRef& ref, const TaskId& task) = 0;
  virtual Result<std::optional<Epoch>> newest_epoch(const GroupName& group) = 0;
  // Pending child orders whose deadline is at or before `now`.
  virtual Result<std::vector<ChildOrderId>> due(Timestamp now) = 0;

  virtual Result<void> append_event(const Event& event) = 0;
};

}  // namespace tradeauto
