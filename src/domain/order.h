#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "domain/brokerage.h"
#include "domain/decimal.h"
#include "domain/names.h"

namespace tradeauto {

enum class Side : std::uint8_t { buy, sell };

// design.md, "The life of an order".
enum class ChildOrderStatus : std::uint8_t {
  pending,    // on disk here, started by nobody
  executing,  // a start permit was given
  submitted,  // the broker took it
  filled,     // the fill has been seen
  rejected,   // the broker refused
  closed,     // the broker ended it unfilled or part filled
  mixed,      // the sub-accounts differ: see the reports
  dry_run,    // a rehearsal went through; nothing was sent
  denied,     // we refused, or it is proven that nothing was sent
  in_doubt,   // it may have reached the broker; nobody knows
  canceled,   // withdrawn before its start
  expired,    // its deadline for the start passed
};

enum class ExecutionStatus : std::uint8_t { submitted, filled, rejected, closed, not_sent, dry_run, in_doubt };

enum class OrderStatus : std::uint8_t { attention, working, failed, settled };

// Did anything reach a broker?
enum class Sent : std::uint8_t { no, maybe, yes };

// What one sub-account answered for one child order.
struct ExecutionReport {
  std::string sub_account;  // masked, e.g. "xxxx1234"; two sub-accounts may have the same mask
  ExecutionStatus status = ExecutionStatus::in_doubt;
  std::optional<std::string> broker_order_id;
  Quantity quantity;
  std::optional<Price> price;
  std::string message;   // for people; the broker's own words where there are any
  std::string evidence;  // the raw line(s) it rests on; redacted of full account numbers
  Timestamp at;

  bool operator==(const ExecutionReport&) const = default;
};

struct ChildOrder {
  ChildOrderId id;
  OrderId order_id;
  AccountRef account;
  Brokerage brokerage = Brokerage::paper;
  Symbol symbol;
  ChildOrderStatus status = ChildOrderStatus::pending;
  std::string reason;                // machine word for `denied`, `in_doubt`, `expired` …; empty else
  std::string detail;                // the same for people
  std::optional<WorkerName> worker;  // offered to, or started by
  std::uint32_t attempt = 1;         // grows only after proof that the last one never started
  Timestamp updated_at;
  std::vector<ExecutionReport> executions;
};

// A parent order. Its status is derived, never stored.
struct Order {
  OrderId id;
  ClientOrderId client_order_id;
  std::optional<GroupName> group;    // exactly one of `group` and `accounts`
  std::vector<AccountRef> accounts;  // empty when `group` is set
  Side side = Side::buy;
  Quantity quantity;  // for each sub-account
  std::vector<Symbol> symbols;
  bool dry_run = false;
  std::vector<std::string> overrides;  // same_order_again, in_doubt_open, dance
  Timestamp created_at;
  Timestamp deadline;  // for the start
  std::optional<OrderId> retry_of;
  std::vector<ChildOrder> child_orders;
};

std::string_view to_string(Side side);
std::string_view to_string(ChildOrderStatus status);
std::string_view to_string(ExecutionStatus status);
std::string_view to_string(OrderStatus status);
std::string_view to_string(Sent sent);
std::optional<Side> parse_side(std::string_view text);
std::optional<ChildOrderStatus> parse_child_order_status(std::string_view text);
std::optional<ExecutionStatus> parse_execution_status(std::string_view text);
std::optional<OrderStatus> parse_order_status(std::string_view text);

// All but pending, executing, submitted, in_doubt.
bool is_final(ChildOrderStatus status);
Sent sent(ChildOrderStatus status);

// conventions.md: the first that fits of attention, working, failed, settled.
OrderStatus derive_status(const std::vector<ChildOrder>& child_orders);
Sent sent(const std::vector<ChildOrder>& child_orders);

}  // namespace tradeauto
