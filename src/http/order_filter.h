#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/api_message.h"
#include "ports/holdings_api.h"
#include "ports/ledger.h"

namespace tradeauto {

// The query of a list of orders. Error: invalid_argument (bad_query) with every faulty parameter; pointers are
// "?limit".
Result<OrderFilter> parse_order_filter(const NameValues& query);

// Where a list goes on: opaque to clients.
std::string order_cursor(const OrderId& last);

// The query of a list of execution reports. `orders` says of which orders, without their status and place.
struct ExecutionQuery {
  // How far a list has come: so many reports of this order, whether they were wanted or not.
  struct Place {
    OrderId order;
    std::size_t taken = 0;
  };
  OrderFilter orders;
  std::optional<ExecutionStatus> status;
  std::optional<Place> after;
  std::size_t limit = 50;
};
Result<ExecutionQuery> parse_execution_query(const NameValues& query);
std::string execution_cursor(const ExecutionQuery::Place& last);

// The query of the event log. `after` is where it begins, or goes on: a cursor is the stronger one.
struct EventQuery {
  std::optional<GroupName> group;
  std::optional<OrderId> order;
  std::optional<std::string> type;
  std::optional<std::uint64_t> after;
  std::size_t limit = 50;
};
Result<EventQuery> parse_event_query(const NameValues& query);
std::string event_cursor(std::uint64_t last);
// The query of the audit trail, without the caller's groups.
Result<DeedFilter> parse_audit_query(const NameValues& query);
std::string audit_cursor(std::uint64_t last);
// Error: invalid_argument (bad_sequence) for what can be no event's.
Result<std::uint64_t> parse_sequence(std::string_view text);

// For lists that are short and ordered by name: which page of them.
struct NamePage {
  std::size_t limit = 50;
  std::optional<std::string> after;
};
Result<NamePage> parse_name_page(const NameValues& query);
std::string name_cursor(std::string_view last);

// The query of a list of holdings. `filter` says of which accounts, without who asks.
struct HoldingsQuery {
  HoldingsFilter filter;
  std::optional<Symbol> symbol;
  NamePage page;
};
Result<HoldingsQuery> parse_holdings_query(const NameValues& query);

// For paths that take no query.
Result<void> refuse_query(const NameValues& query);

}  // namespace tradeauto
