#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "domain/credentials.h"
#include "domain/order.h"

namespace tradeauto {

// One child order inside a transaction task.
struct TaskChildOrder {
  ChildOrderId id;
  Symbol symbol;

  bool operator==(const TaskChildOrder&) const = default;
};

// The child orders of one account of one order: what an executor places in one go.
struct TransactionTask {
  TaskId id;
  Epoch epoch;  // of the group's assignment under which it was offered
  OrderId order_id;
  ClientOrderId client_order_id;
  AccountRef account;
  Brokerage brokerage = Brokerage::paper;
  Side side = Side::buy;
  Quantity quantity;  // for each sub-account
  bool dry_run = false;
  std::vector<TaskChildOrder> child_orders;  // at least one; all symbols differ
  std::chrono::nanoseconds start_within{};   // time left when it was sent; after it the start is not wanted
  std::chrono::nanoseconds run_for{};        // bound of the run, counted from its start
};

// An account as a worker needs it. Lives in the worker's memory only.
struct AccountActivation {
  AccountRef account;
  Brokerage brokerage = Brokerage::paper;
  Credentials credentials;
  Epoch epoch;
};

// Everything known so far about one child order: a snapshot, so that repeating it does no harm.
//
// While `complete` is false the child order stays `executing`, and `executions` is what has been seen so far.
// With `complete`, `status` is the child order's state. If `executions` is not empty it equals
// derive_status(executions).
struct ChildOrderReport {
  ChildOrderId child_order;
  bool complete = false;
  ChildOrderStatus status = ChildOrderStatus::executing;
  std::string reason;  // machine word for denied and in_doubt, e.g. "login_failed", "child_process_killed"
  std::string detail;  // the same for people
  std::vector<ExecutionReport> executions;
};

struct Holding {
  std::string sub_account;  // masked
  Symbol symbol;
  Quantity quantity;
  std::optional<Price> price;
};

// What a log-in holds. `complete` is false if any request for it failed: then it proves nothing about what is missing.
struct HoldingsReport {
  AccountRef account;
  bool complete = false;
  std::vector<std::string> sub_accounts;  // masked, in the broker's order
  std::vector<Holding> holdings;
  std::vector<std::pair<std::string, Money>> cash;  // by sub-account, where the brokerage tells it
  Timestamp as_of;
  std::string message;
};

}  // namespace tradeauto
