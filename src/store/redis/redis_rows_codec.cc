#include "store/redis/redis_rows_codec.h"

#include <fmt/format.h>

#include "store/journal/bytes.h"

namespace tradeauto::redis_rows {
namespace {

Error corrupt(std::string_view what) {
  return make_error(ErrorCode::internal, "database_corrupt", fmt::format("Redis holds {} that cannot be read", what));
}

template <typename Id>
void put_optional(ByteWriter& out, const std::optional<Id>& id) {
  out.u8(id ? 1 : 0);
  if (id) out.text(id->str());
}

template <typename Id>
std::optional<Id> optional_id(ByteReader& in) {
  auto text = in.optional_text();
  if (!text) return std::nullopt;
  return Id(std::move(*text));
}

void put_optional(ByteWriter& out, const std::optional<Timestamp>& time) {
  out.u8(time ? 1 : 0);
  if (time) out.time(*time);
}

std::optional<Timestamp> optional_time(ByteReader& in) {
  if (in.u8() == 0) return std::nullopt;
  return in.time();
}

void put(ByteWriter& out, const AccountRef& ref) {
  out.text(ref.group.str());
  out.text(ref.account.str());
}

AccountRef read_ref(ByteReader& in) {
  GroupName group(in.text());
  return {.group = std::move(group), .account = AccountName(in.text())};
}

Decimal read_decimal(ByteReader& in) {
  const auto value = Decimal::parse(in.text());
  if (!value.ok()) in.fail();
  return value.ok() ? *value : Decimal();
}

template <typename Value>
Value taken(ByteReader& in, std::optional<Value> value) {
  if (!value) in.fail();
  return value.value_or(Value{});
}

std::vector<std::string> read_texts(ByteReader& in) {
  std::vector<std::string> texts;
  for (std::uint32_t left = in.u32(); left > 0 && in.ok(); --left) texts.push_back(in.text());
  return texts;
}

void put(ByteWriter& out, const std::vector<std::string>& texts) {
  out.u32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) out.text(text);
}

void put(ByteWriter& out, const ExecutionReport& report) {
  out.text(report.sub_account);
  out.text(to_string(report.status));
  out.optional_text(report.broker_order_id);
  out.text(report.quantity.to_string());
  out.u8(report.price ? 1 : 0);
  if (report.price) out.text(report.price->to_string());
  out.text(report.message);
  out.text(report.evidence);
  out.time(report.at);
}

ExecutionReport read_report(ByteReader& in) {
  ExecutionReport report;
  report.sub_account = in.text();
  report.status = taken(in, parse_execution_status(in.text()));
  report.broker_order_id = in.optional_text();
  report.quantity = Quantity(read_decimal(in));
  if (in.u8() != 0) report.price = Price(read_decimal(in));
  report.message = in.text();
  report.evidence = in.text();
  report.at = in.time();
  return report;
}

void put(ByteWriter& out, const ChildOrder& child) {
  out.text(child.id.str());
  out.text(child.order_id.str());
  put(out, child.account);
  out.text(to_string(child.brokerage));
  out.text(child.symbol.str());
  out.text(to_string(child.status));
  out.text(child.reason);
  out.text(child.detail);
  put_optional(out, child.worker);
  out.u32(child.attempt);
  out.time(child.updated_at);
  out.u32(static_cast<std::uint32_t>(child.executions.size()));
  for (const ExecutionReport& report : child.executions) put(out, report);
}

Brokerage read_brokerage(ByteReader& in) {
  const auto brokerage = parse_brokerage(in.text());
  if (!brokerage.ok()) in.fail();
  return brokerage.ok() ? *brokerage : Brokerage::paper;
}

ChildOrder read_child_order(ByteReader& in) {
  ChildOrder child;
  child.id = ChildOrderId(in.text());
  child.order_id = OrderId(in.text());
  child.account = read_ref(in);
  child.brokerage = read_brokerage(in);
  child.symbol = Symbol(in.text());
  child.status = taken(in, parse_child_order_status(in.text()));
  child.reason = in.text();
  child.detail = in.text();
  child.worker = optional_id<WorkerName>(in);
  child.attempt = in.u32();
  child.updated_at = in.time();
  for (std::uint32_t left = in.u32(); left > 0 && in.ok(); --left) child.executions.push_back(read_report(in));
  return child;
}

void put(ByteWriter& out, const Order& order) {
  out.text(order.id.str());
  out.text(order.client_order_id.str());
  put_optional(out, order.group);
  out.u32(static_cast<std::uint32_t>(order.accounts.size()));
  for (const AccountRef& ref : order.accounts) put(out, ref);
  out.text(to_string(order.side));
  out.text(order.quantity.to_string());
  out.u32(static_cast<std::uint32_t>(order.symbols.size()));
  for (const Symbol& symbol : order.symbols) out.text(symbol.str());
  out.u8(order.dry_run ? 1 : 0);
  put(out, order.overrides);
  out.time(order.created_at);
  out.time(order.deadline);
  put_optional(out, order.retry_of);
}

Order read_order_alone(ByteReader& in) {
  Order order;
  order.id = OrderId(in.text());
  order.client_order_id = ClientOrderId(in.text());
  order.group = optional_id<GroupName>(in);
  for (std::uint32_t left = in.u32(); left > 0 && in.ok(); --left) order.accounts.push_back(read_ref(in));
  order.side = taken(in, parse_side(in.text()));
  order.quantity = Quantity(read_decimal(in));
  for (std::uint32_t left = in.u32(); left > 0 && in.ok(); --left) order.symbols.emplace_back(in.text());
  order.dry_run = in.u8() != 0;
  order.overrides = read_texts(in);
  order.created_at = in.time();
  order.deadline = in.time();
  order.retry_of = optional_id<OrderId>(in);
  return order;
}

}  // namespace

std::string write(const OrderRow& row) {
  ByteWriter out;
  put(out, row.order);
  out.u64(row.number);
  out.text(row.body_hash);
  out.u32(static_cast<std::uint32_t>(row.children.size()));
  for (const ChildOrderId& id : row.children) out.text(id.str());
  return out.bytes();
}

Result<OrderRow> read_order(std::string_view bytes) {
  ByteReader in(bytes);
  OrderRow row;
  row.order = read_order_alone(in);
  row.number = in.u64();
  row.body_hash = in.text();
  for (std::uint32_t left = in.u32(); left > 0 && in.ok(); --left) row.children.emplace_back(in.text());
  if (!in.at_end()) return corrupt("an order");
  return row;
}

std::string write(const ChildRow& row) {
  ByteWriter out;
  put(out, row.child);
  out.text(to_string(row.terms.side));
  out.u8(row.terms.dry_run ? 1 : 0);
  put(out, row.terms.overrides);
  out.time(row.terms.deadline);
  out.text(row.place);
  out.u8(row.permit ? 1 : 0);
  if (row.permit) {
    out.text(row.permit->task.str());
    out.text(row.permit->worker.str());
    out.text(row.permit->journal.str());
    out.time(row.permit->run_deadline);
  }
  return out.bytes();
}

Result<ChildRow> read_child(std::string_view bytes) {
  ByteReader in(bytes);
  ChildRow row;
  row.child = read_child_order(in);
  row.terms.side = taken(in, parse_side(in.text()));
  row.terms.dry_run = in.u8() != 0;
  row.terms.overrides = read_texts(in);
  row.terms.deadline = in.time();
  row.place = in.text();
  if (in.u8() != 0) {
    row.permit.emplace();
    row.permit->task = TaskId(in.text());
    row.permit->worker = WorkerName(in.text());
    row.permit->journal = JournalId(in.text());
    row.permit->run_deadline = in.time();
  }
  if (!in.at_end()) return corrupt("a child order");
  return row;
}

std::string write(const GroupRow& row) {
  ByteWriter out;
  out.time(row.created_at);
  out.u64(row.accounts);
  return out.bytes();
}

Result<GroupRow> read_group(std::string_view bytes) {
  ByteReader in(bytes);
  GroupRow row;
  row.created_at = in.time();
  row.accounts = in.u64();
  if (!in.at_end()) return corrupt("a group");
  return row;
}

std::string write(const RegisteredAccount& account) {
  ByteWriter out;
  put(out, account.ref);
  out.text(to_string(account.brokerage));
  out.u8(account.enabled ? 1 : 0);
  put(out, account.credential_fields);
  out.text(account.sealed_credentials);
  out.text(account.login_fingerprint);
  out.u64(account.version);
  out.time(account.created_at);
  out.time(account.updated_at);
  return out.bytes();
}

Result<RegisteredAccount> read_account(std::string_view bytes) {
  ByteReader in(bytes);
  RegisteredAccount account;
  account.ref = read_ref(in);
  account.brokerage = read_brokerage(in);
  account.enabled = in.u8() != 0;
  account.credential_fields = read_texts(in);
  account.sealed_credentials = in.text();
  account.login_fingerprint = in.text();
  account.version = in.u64();
  account.created_at = in.time();
  account.updated_at = in.time();
  if (!in.at_end()) return corrupt("an account");
  return account;
}

std::string write(const Registry::Assignment& assignment) {
  ByteWriter out;
  out.text(assignment.group.str());
  out.text(assignment.worker.str());
  out.u64(assignment.epoch.incarnation);
  out.u64(assignment.epoch.counter);
  out.time(assignment.at);
  return out.bytes();
}

Result<Registry::Assignment> read_assignment(std::string_view bytes) {
  ByteReader in(bytes);
  Registry::Assignment assignment;
  assignment.group = GroupName(in.text());
  assignment.worker = WorkerName(in.text());
  assignment.epoch.incarnation = in.u64();
  assignment.epoch.counter = in.u64();
  assignment.at = in.time();
  if (!in.at_end()) return corrupt("an assignment");
  return assignment;
}

std::string write(const Event& event) {
  ByteWriter out;
  out.u64(event.sequence);
  out.time(event.at);
  out.text(event.type);
  put_optional(out, event.order);
  put_optional(out, event.child_order);
  put_optional(out, event.group);
  put_optional(out, event.worker);
  out.text(event.detail);
  out.u8(event.actor ? 1 : 0);
  if (event.actor) {
    out.text(to_string(event.actor->kind));
    out.text(event.actor->name);
  }
  put_optional(out, event.account);
  put_optional(out, event.token);
  return out.bytes();
}

Result<Event> read_event(std::string_view bytes) {
  ByteReader in(bytes);
  Event event;
  event.sequence = in.u64();
  event.at = in.time();
  event.type = in.text();
  event.order = optional_id<OrderId>(in);
  event.child_order = optional_id<ChildOrderId>(in);
  event.group = optional_id<GroupName>(in);
  event.worker = optional_id<WorkerName>(in);
  event.detail = in.text();
  if (in.at_end()) return event;  // of format 1
  if (in.u8() != 0) {
    const auto kind = taken(in, parse_actor_kind(in.text()));
    event.actor = Actor{.kind = kind, .name = in.text()};
  }
  event.account = optional_id<AccountName>(in);
  event.token = optional_id<TokenName>(in);
  if (!in.at_end()) return corrupt("an event");
  return event;
}

std::string write(const AccessToken& token) {
  ByteWriter out;
  out.text(token.name.str());
  out.text(token.hash);
  std::vector<std::string> scopes;
  for (const Scope scope : token.scopes.list()) scopes.emplace_back(to_string(scope));
  put(out, scopes);
  out.u32(static_cast<std::uint32_t>(token.groups.size()));
  for (const GroupName& group : token.groups) out.text(group.str());
  put_optional(out, token.expires_at);
  out.time(token.created_at);
  put_optional(out, token.last_used_at);
  return out.bytes();
}

Result<AccessToken> read_token(std::string_view bytes) {
  ByteReader in(bytes);
  AccessToken token;
  token.name = TokenName(in.text());
  token.hash = in.text();
  for (const std::string& word : read_texts(in)) token.scopes.add(taken(in, parse_scope(word)));
  for (std::string& group : read_texts(in)) token.groups.emplace_back(std::move(group));
  token.expires_at = optional_time(in);
  token.created_at = in.time();
  token.last_used_at = optional_time(in);
  if (!in.at_end()) return corrupt("a token");
  return token;
}

std::string write_number(std::uint64_t number) {
  ByteWriter out;
  out.u64(number);
  return out.bytes();
}

Result<std::uint64_t> read_number(std::string_view bytes) {
  ByteReader in(bytes);
  const std::uint64_t number = in.u64();
  if (!in.at_end()) return corrupt("a number");
  return number;
}

}  // namespace tradeauto::redis_rows
