#include "store/sqlite/sqlite_rows.h"

#include <utility>

#include "store/deeds.h"
#include "store/sqlite/row_codec.h"

namespace tradeauto {

Result<std::optional<StoredOrder>> SqliteRows::find_stored(const ClientOrderId& id) {
  Query query = database_.query("SELECT id, body_hash FROM orders WHERE client_order_id = ?");
  TRY(const bool row, query.bind(id).step());
  if (!row) return std::optional<StoredOrder>();
  return std::optional(StoredOrder{.id = OrderId(query.text(0)), .body_hash = query.text(1)});
}

Result<Order> SqliteRows::load_order(const OrderId& id) {
  row_codec::OrderRow read;
  {
    Query query = database_.query("SELECT " TRADEAUTO_ORDER_COLUMNS " FROM orders WHERE id = ?");
    TRY(const bool row, query.bind(id).step());
    if (!row) return rules::unknown_order(id);
    TRY(read, row_codec::read_order(query));
  }
  TRY(read.order.child_orders, children_of(read.number, id));
  return std::move(read.order);
}

Result<std::vector<OrderId>> SqliteRows::retries_of(const OrderId& id) {
  Query query = database_.query("SELECT id FROM orders WHERE retry_of = ? ORDER BY number");
  query.bind(id);
  std::vector<OrderId> ids;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return ids;
    ids.emplace_back(query.text(0));
  }
}

Result<void> SqliteRows::insert_order(const Order& order, const std::string& body_hash) {
  std::uint64_t number = 0;
  {
    Query query = database_.query(
        "INSERT INTO orders(id, client_order_id, body_hash, group_name, accounts, side, quantity, symbols, dry_run,"
        " overrides, created_at, deadline, retry_of) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
    query.bind(order.id, order.client_order_id, Blob{body_hash}, order.group, row_codec::write_accounts(order.accounts),
               to_string(order.side), order.quantity.to_string(), row_codec::write_symbols(order.symbols),
               order.dry_run, row_codec::join_lines(order.overrides), order.created_at, order.deadline, order.retry_of);
    TRY_VOID(query.run());
    number = database_.last_row();
  }
  std::uint64_t position = 0;
  for (const ChildOrder& child : order.child_orders) {
    TRY_VOID(insert_child_order(child, order, number, position++));
  }
  return {};
}

Result<void> SqliteRows::insert_child_order(const ChildOrder& child, const Order& order, std::uint64_t number,
                                            std::uint64_t position) {
  {
    Query query = database_.query(
        "INSERT INTO child_orders(id, order_number, position, group_name, account, brokerage, symbol, status, reason,"
        " detail, worker, attempt, updated_at, deadline) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    query.bind(child.id, number, position, child.account.group, child.account.account, to_string(child.brokerage),
               child.symbol, to_string(child.status), child.reason, child.detail, child.worker,
               std::uint64_t{child.attempt}, child.updated_at, order.deadline);
    TRY_VOID(query.run());
  }
  return insert_executions(child);
}

Result<bool> SqliteRows::account_enabled(const AccountRef& ref) {
  Query query = database_.query("SELECT enabled FROM accounts WHERE group_name = ? AND name = ?");
  TRY(const bool row, query.bind(ref.group, ref.account).step());
  return row && query.flag(0);
}

Result<ChildOrder> SqliteRows::load_child_order(const ChildOrderId& id) {
  ChildOrder child;
  {
    Query query =
        database_.query("SELECT " TRADEAUTO_CHILD_COLUMNS
                        ", o.id FROM child_orders c JOIN orders o ON o.number = c.order_number WHERE c.id = ?");
    TRY(const bool row, query.bind(id).step());
    if (!row) return rules::unknown_child_order(id);
    TRY(child, row_codec::read_child_order(query, OrderId(query.text(11))));
  }
  TRY(child.executions, executions_of(id));
  return child;
}

Result<std::vector<ChildOrder>> SqliteRows::children_of(std::uint64_t number, const OrderId& order) {
  std::vector<ChildOrder> children;
  {
    Query query = database_.query("SELECT " TRADEAUTO_CHILD_COLUMNS
                                  " FROM child_orders c WHERE c.order_number = ? ORDER BY c.position");
    query.bind(number);
    while (true) {
      TRY(const bool row, query.step());
      if (!row) break;
      TRY(ChildOrder child, row_codec::read_child_order(query, order));
      children.push_back(std::move(child));
    }
  }
  for (ChildOrder& child : children) {
    TRY(child.executions, executions_of(child.id));
  }
  return children;
}

Result<std::vector<ExecutionReport>> SqliteRows::executions_of(const ChildOrderId& id) {
  Query query =
      database_.query("SELECT " TRADEAUTO_EXECUTION_COLUMNS " FROM executions WHERE child_order = ? ORDER BY position");
  query.bind(id);
  std::vector<ExecutionReport> reports;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return reports;
    TRY(ExecutionReport report, row_codec::read_execution(query));
    reports.push_back(std::move(report));
  }
}

Result<rules::OrderTerms> SqliteRows::terms(const OrderId& id) {
  Query query = database_.query("SELECT side, dry_run, overrides, deadline FROM orders WHERE id = ?");
  TRY(const bool row, query.bind(id).step());
  if (!row) return rules::unknown_order(id);
  const auto side = parse_side(query.text(0));
  if (!side) return row_codec::corrupt("orders.side");
  return rules::OrderTerms{.side = *side,
                           .dry_run = query.flag(1),
                           .overrides = row_codec::split_lines(query.text(2)),
                           .deadline = query.time(3)};
}

Result<void> SqliteRows::save_child_order(const ChildOrder& child, bool new_executions) {
  {
    Query query = database_.query(
        "UPDATE child_orders SET status = ?, reason = ?, detail = ?, worker = ?, attempt = ?, updated_at = ? WHERE id "
        "= ?");
    query.bind(to_string(child.status), child.reason, child.detail, child.worker, std::uint64_t{child.attempt},
               child.updated_at, child.id);
    TRY_VOID(query.run());
  }
  if (child.status == ChildOrderStatus::pending) {
    Query query = database_.query(
        "UPDATE child_orders SET task = NULL, permitted_worker = NULL, journal = NULL, run_deadline = NULL WHERE id = "
        "?");
    TRY_VOID(query.bind(child.id).run());
  }
  return new_executions ? replace_executions(child) : Result<void>{};
}

Result<void> SqliteRows::replace_executions(const ChildOrder& child) {
  {
    Query query = database_.query("DELETE FROM executions WHERE child_order = ?");
    TRY_VOID(query.bind(child.id).run());
  }
  return insert_executions(child);
}

Result<void> SqliteRows::insert_executions(const ChildOrder& child) {
  std::uint64_t position = 0;
  for (const ExecutionReport& report : child.executions) {
    Query query = database_.query("INSERT INTO executions(child_order, position, " TRADEAUTO_EXECUTION_COLUMNS
                                  ") VALUES (?,?,?,?,?,?,?,?,?,?)");
    std::optional<std::string> price;
    if (report.price) price = report.price->to_string();
    query.bind(child.id, position++, report.sub_account, to_string(report.status), report.broker_order_id,
               report.quantity.to_string(), price, report.message, report.evidence, report.at);
    TRY_VOID(query.run());
  }
  return {};
}

Result<std::optional<PermitRecord>> SqliteRows::permit_of(const ChildOrderId& id) {
  Query query = database_.query(
      "SELECT task, permitted_worker, journal, run_deadline FROM child_orders WHERE id = ? AND run_deadline IS NOT "
      "NULL");
  TRY(const bool row, query.bind(id).step());
  if (!row) return std::optional<PermitRecord>();
  return std::optional(PermitRecord{.task = TaskId(query.text(0)),
                                    .worker = WorkerName(query.text(1)),
                                    .journal = JournalId(query.text(2)),
                                    .run_deadline = query.time(3)});
}

Result<void> SqliteRows::save_permit(const ChildOrderId& id, const PermitRecord& permit) {
  Query query = database_.query(
      "UPDATE child_orders SET task = ?, permitted_worker = ?, journal = ?, run_deadline = ? WHERE id = ?");
  return query.bind(permit.task, permit.worker, permit.journal, permit.run_deadline, id).run();
}

Result<std::optional<ChildOrderId>> SqliteRows::find_doubt(const AccountRef& ref, const Symbol& symbol, Side side) {
  Query query = database_.query(
      "SELECT c.id FROM child_orders c JOIN orders o ON o.number = c.order_number WHERE c.status = 'in_doubt'"
      " AND c.group_name = ? AND c.account = ? AND c.symbol = ? AND o.side = ? ORDER BY c.id LIMIT 1");
  TRY(const bool row, query.bind(ref.group, ref.account, symbol, to_string(side)).step());
  if (!row) return std::optional<ChildOrderId>();
  return std::optional(ChildOrderId(query.text(0)));
}

Result<bool> SqliteRows::other_task_executing(const AccountRef& ref, const TaskId& task) {
  Query query = database_.query(
      "SELECT 1 FROM child_orders WHERE status = 'executing' AND group_name = ? AND account = ? AND task != ? LIMIT 1");
  return query.bind(ref.group, ref.account, task).step();
}

Result<std::optional<Epoch>> SqliteRows::newest_epoch(const GroupName& group) {
  Query query = database_.query("SELECT incarnation, counter FROM assignments WHERE group_name = ?");
  TRY(const bool row, query.bind(group).step());
  if (!row) return std::optional<Epoch>();
  return std::optional(Epoch{.incarnation = query.count(0), .counter = query.count(1)});
}

Result<std::vector<ChildOrderId>> SqliteRows::due(Timestamp now) {
  Query query =
      database_.query("SELECT id FROM child_orders WHERE status = 'pending' AND deadline <= ? ORDER BY deadline, id");
  query.bind(now);
  std::vector<ChildOrderId> ids;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return ids;
    ids.emplace_back(query.text(0));
  }
}

Result<void> SqliteRows::append_event(const Event& event) {
  Query query = database_.query(
      "INSERT INTO events(at, type, order_id, child_order, group_name, worker, detail, actor_kind, actor, account, "
      "token,"
      " deed) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
  std::optional<std::string_view> kind;
  std::optional<std::string_view> name;
  if (event.actor) {
    kind = to_string(event.actor->kind);
    name = event.actor->name;
  }
  query.bind(event.at, event.type, event.order, event.child_order, event.group, event.worker, event.detail, kind, name,
             event.account, event.token, deeds::is_deed(event));
  return query.run();
}

}  // namespace tradeauto
