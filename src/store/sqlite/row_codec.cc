#include "store/sqlite/row_codec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tradeauto::row_codec {
namespace {

Result<Decimal> read_decimal(const Query& row, int column, std::string_view name) {
  auto value = Decimal::parse(row.text(column));
  if (!value.ok()) return corrupt(name);
  return value;
}

template <typename Name>
std::optional<Name> optional_name(const Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Name(row.text(column));
}

}  // namespace

Error corrupt(std::string_view column) {
  return make_error(ErrorCode::internal, "corrupt_database",
                    fmt::format("the database holds a value of {} that tradeauto cannot have written", column));
}

std::string join_lines(const std::vector<std::string>& items) { return fmt::format("{}", fmt::join(items, "\n")); }

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto end = text.find('\n');
    items.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return items;
}

std::string write_accounts(const std::vector<AccountRef>& accounts) {
  std::vector<std::string> items;
  for (const AccountRef& ref : accounts) items.push_back(fmt::format("{}/{}", ref.group, ref.account));
  return join_lines(items);
}

std::string write_symbols(const std::vector<Symbol>& symbols) {
  std::vector<std::string> items;
  for (const Symbol& symbol : symbols) items.push_back(symbol.str());
  return join_lines(items);
}

std::string write_groups(const Groups& groups) {
  std::vector<std::string> items;
  for (const GroupName& group : groups) items.push_back(group.str());
  return join_lines(items);
}

Result<OrderRow> read_order(const Query& row) {
  OrderRow read;
  read.number = row.count(0);
  Order& order = read.order;
  order.id = OrderId(row.text(1));
  order.client_order_id = ClientOrderId(row.text(2));
  order.group = optional_name<GroupName>(row, 3);
  for (const std::string& text : split_lines(row.text(4))) {
    auto ref = parse_account_ref(text);
    if (!ref.ok()) return corrupt("orders.accounts");
    order.accounts.push_back(std::move(*ref));
  }
  const auto side = parse_side(row.text(5));
  if (!side) return corrupt("orders.side");
  order.side = *side;
  TRY(const Decimal quantity, read_decimal(row, 6, "orders.quantity"));
  order.quantity = Quantity(quantity);
  for (std::string& text : split_lines(row.text(7))) order.symbols.emplace_back(std::move(text));
  order.dry_run = row.flag(8);
  order.overrides = split_lines(row.text(9));
  order.created_at = row.time(10);
  order.deadline = row.time(11);
  order.retry_of = optional_name<OrderId>(row, 12);
  return read;
}

Result<ChildOrder> read_child_order(const Query& row, OrderId order) {
  ChildOrder child;
  child.id = ChildOrderId(row.text(0));
  child.order_id = std::move(order);
  child.account = {.group = GroupName(row.text(1)), .account = AccountName(row.text(2))};
  const auto brokerage = parse_brokerage(row.text(3));
  if (!brokerage.ok()) return corrupt("child_orders.brokerage");
  child.brokerage = *brokerage;
  child.symbol = Symbol(row.text(4));
  const auto status = parse_child_order_status(row.text(5));
  if (!status) return corrupt("child_orders.status");
  child.status = *status;
  child.reason = row.text(6);
  child.detail = row.text(7);
  child.worker = optional_name<WorkerName>(row, 8);
  child.attempt = static_cast<std::uint32_t>(row.number(9));
  child.updated_at = row.time(10);
  return child;
}

Result<ExecutionReport> read_execution(const Query& row) {
  ExecutionReport report;
  report.sub_account = row.text(0);
  const auto status = parse_execution_status(row.text(1));
  if (!status) return corrupt("executions.status");
  report.status = *status;
  if (!row.is_null(2)) report.broker_order_id = row.text(2);
  TRY(const Decimal quantity, read_decimal(row, 3, "executions.quantity"));
  report.quantity = Quantity(quantity);
  if (!row.is_null(4)) {
    TRY(const Decimal price, read_decimal(row, 4, "executions.price"));
    report.price = Price(price);
  }
  report.message = row.text(5);
  report.evidence = row.text(6);
  report.at = row.time(7);
  return report;
}

Result<Event> read_event(const Query& row) {
  Event event;
  event.sequence = row.count(0);
  event.at = row.time(1);
  event.type = row.text(2);
  event.order = optional_name<OrderId>(row, 3);
  event.child_order = optional_name<ChildOrderId>(row, 4);
  event.group = optional_name<GroupName>(row, 5);
  event.worker = optional_name<WorkerName>(row, 6);
  event.detail = row.text(7);
  if (!row.is_null(8)) {
    const auto kind = parse_actor_kind(row.text(8));
    if (!kind) return corrupt("events.actor_kind");
    event.actor = Actor{.kind = *kind, .name = row.text(9)};
  }
  event.account = optional_name<AccountName>(row, 10);
  event.token = optional_name<TokenName>(row, 11);
  return event;
}

Result<RegisteredAccount> read_account(const Query& row) {
  RegisteredAccount account;
  account.ref = {.group = GroupName(row.text(0)), .account = AccountName(row.text(1))};
  const auto brokerage = parse_brokerage(row.text(2));
  if (!brokerage.ok()) return corrupt("accounts.brokerage");
  account.brokerage = *brokerage;
  account.enabled = row.flag(3);
  account.credential_fields = split_lines(row.text(4));
  account.sealed_credentials = row.text(5);
  account.login_fingerprint = row.text(6);
  account.version = row.count(7);
  account.created_at = row.time(8);
  account.updated_at = row.time(9);
  return account;
}

}  // namespace tradeauto::row_codec
