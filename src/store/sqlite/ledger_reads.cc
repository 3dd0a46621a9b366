#include <string>
#include <utility>

#include "store/deeds.h"
#include "store/rules.h"
#include "store/sqlite/row_codec.h"
#include "store/sqlite/sqlite_reads.h"
#include "store/sqlite/sqlite_rows.h"

namespace tradeauto::reads {
namespace {

// Where an order stands in the list: newest first, by created_at and then as they came.
struct Place {
  Timestamp created_at = Timestamp::max();
  std::uint64_t number = INT64_MAX;
};

Result<Place> place_of(Database& database, const std::optional<OrderId>& cursor) {
  if (!cursor) return Place{};
  Query query = database.query("SELECT created_at, number FROM orders WHERE id = ?");
  TRY(const bool row, query.bind(*cursor).step());
  if (!row) return rules::unknown_order(*cursor);
  return Place{.created_at = query.time(0), .number = query.count(1)};
}

// Narrows what is read for the states that are rare; what the state is, domain's derive_status says.
std::string_view any_child_of(const std::optional<OrderStatus>& status) {
  if (status == OrderStatus::attention) return "attention";
  if (status == OrderStatus::working) return "working";
  return "";
}

// Each filter is off when its parameter is NULL (or empty for the state).
constexpr const char* kList =
    "SELECT " TRADEAUTO_ORDER_COLUMNS
    " FROM orders o WHERE (created_at, number) < (?1, ?2)"
    " AND (?3 IS NULL OR created_at >= ?3) AND (?4 IS NULL OR created_at < ?4)"
    " AND (?5 IS NULL OR client_order_id = ?5)"
    " AND (?6 IS NULL OR EXISTS (SELECT 1 FROM child_orders c WHERE c.order_number = o.number AND c.group_name = ?6))"
    " AND (?7 IS NULL OR EXISTS (SELECT 1 FROM child_orders c WHERE c.order_number = o.number AND c.group_name = ?7"
    "   AND c.account = ?8))"
    " AND (?9 IS NULL OR EXISTS (SELECT 1 FROM child_orders c WHERE c.order_number = o.number AND c.symbol = ?9))"
    " AND (?10 != 'attention' OR number IN (SELECT order_number FROM child_orders WHERE status = 'in_doubt'))"
    " AND (?10 != 'working' OR number IN (SELECT order_number FROM child_orders WHERE status = 'pending' UNION ALL"
    "   SELECT order_number FROM child_orders WHERE status = 'executing' UNION ALL"
    "   SELECT order_number FROM child_orders WHERE status = 'submitted'))"
    " AND (?11 = '' OR NOT EXISTS (SELECT 1 FROM child_orders c WHERE c.order_number = o.number"
    "   AND instr(char(10) || ?11 || char(10), char(10) || c.group_name || char(10)) = 0))"
    " ORDER BY created_at DESC, number DESC";

}  // namespace

Result<std::optional<Order>> find_order(Database& database, const ClientOrderId& id) {
  SqliteRows rows(database);
  TRY(const auto stored, rows.find_stored(id));
  if (!stored) return std::optional<Order>();
  TRY(Order order, rows.load_order(stored->id));
  return std::optional(std::move(order));
}

Result<std::vector<Order>> list_orders(Database& database, const OrderFilter& filter) {
  TRY(const Place from, place_of(database, filter.before));
  std::optional<GroupName> account_group;
  std::optional<AccountName> account;
  if (filter.account) {
    account_group = filter.account->group;
    account = filter.account->account;
  }
  Query query = database.query(kList);
  query.bind(from.created_at, from.number, filter.since, filter.until, filter.client_order_id, filter.group,
             account_group, account, filter.symbol, any_child_of(filter.status),
             row_codec::write_groups(filter.groups));
  SqliteRows rows(database);
  std::vector<Order> page;
  while (page.size() < filter.limit) {
    TRY(const bool row, query.step());
    if (!row) break;
    TRY(row_codec::OrderRow read, row_codec::read_order(query));
    TRY(read.order.child_orders, rows.children_of(read.number, read.order.id));
    if (!filter.status || derive_status(read.order.child_orders) == *filter.status) {
      page.push_back(std::move(read.order));
    }
  }
  return page;
}

Result<std::vector<Order>> pending(Database& database, const AccountRef& account, std::size_t limit) {
  std::vector<row_codec::OrderRow> found;
  {
    Query query = database.query("SELECT " TRADEAUTO_ORDER_COLUMNS
                                 " FROM orders WHERE number IN (SELECT DISTINCT order_number FROM child_orders WHERE"
                                 " status = 'pending' AND group_name = ? AND account = ? ORDER BY order_number LIMIT ?)"
                                 " ORDER BY number");
    query.bind(account.group, account.account, std::uint64_t{limit});
    while (true) {
      TRY(const bool row, query.step());
      if (!row) break;
      TRY(auto read, row_codec::read_order(query));
      found.push_back(std::move(read));
    }
  }
  SqliteRows rows(database);
  std::vector<Order> orders;
  for (row_codec::OrderRow& read : found) {
    TRY(read.order.child_orders, rows.children_of(read.number, read.order.id));
    std::erase_if(read.order.child_orders, [&](const ChildOrder& child) {
      return child.status != ChildOrderStatus::pending || child.account != account;
    });
    orders.push_back(std::move(read.order));
  }
  return orders;
}

Result<std::vector<Ledger::Permitted>> executing(Database& database) {
  Query query = database.query(
      "SELECT task, id, permitted_worker, journal, group_name, run_deadline FROM child_orders WHERE status = "
      "'executing'"
      " ORDER BY task, id");
  std::vector<Ledger::Permitted> all;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return all;
    all.push_back({.task = TaskId(query.text(0)),
                   .child_order = ChildOrderId(query.text(1)),
                   .worker = WorkerName(query.text(2)),
                   .journal = JournalId(query.text(3)),
                   .group = GroupName(query.text(4)),
                   .run_deadline = query.time(5)});
  }
}

Result<std::optional<Timestamp>> next_expiry(Database& database) {
  Query query = database.query("SELECT deadline FROM child_orders WHERE status = 'pending' ORDER BY deadline LIMIT 1");
  TRY(const bool row, query.step());
  if (!row) return std::optional<Timestamp>();
  return std::optional(query.time(0));
}

Result<std::uint64_t> confirmed_sequence(Database& database, const JournalId& journal) {
  Query query = database.query("SELECT confirmed FROM journals WHERE id = ?");
  TRY(const bool row, query.bind(journal).step());
  return row ? query.count(0) : 0;
}

Result<std::vector<Event>> events(Database& database, std::uint64_t after, std::size_t limit) {
  Query query =
      database.query("SELECT " TRADEAUTO_EVENT_COLUMNS " FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?");
  query.bind(after, std::uint64_t{limit});
  std::vector<Event> all;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return all;
    TRY(Event event, row_codec::read_event(query));
    all.push_back(std::move(event));
  }
}

Result<std::uint64_t> newest_event(Database& database) {
  Query query = database.query("SELECT max(sequence) FROM events");
  TRY(const bool row, query.step());
  return row && !query.is_null(0) ? query.count(0) : 0;
}

Result<std::vector<Event>> deeds(Database& database, const DeedFilter& filter) {
  // Without the hint the planner may go through the whole log backwards, since that is in order already.
  Query query = database.query("SELECT " TRADEAUTO_EVENT_COLUMNS
                               " FROM events INDEXED BY events_deeds WHERE deed = 1 AND (?1 IS NULL OR sequence < ?1)"
                               " ORDER BY sequence DESC");
  query.bind(filter.before);
  std::vector<Event> page;
  while (page.size() < filter.limit) {
    TRY(const bool row, query.step());
    if (!row) break;
    TRY(Event event, row_codec::read_event(query));
    if (tradeauto::deeds::matches(event, filter)) page.push_back(std::move(event));
  }
  return page;
}

}  // namespace tradeauto::reads
