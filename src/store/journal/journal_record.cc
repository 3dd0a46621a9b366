#include "store/journal/journal_record.h"

#include <utility>

#include "store/journal/bytes.h"

namespace tradeauto::journal {
namespace {

// In the file for ever: a number is never given another meaning.
enum class Kind : std::uint8_t {
  start = 1,
  report = 2,
  confirmed = 3,
  session_closed = 4,
  epoch_adopted = 5,
  new_identity = 6,
  recorded_task = 7,
};

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

void write(ByteWriter& out, const Epoch& epoch) {
  out.u64(epoch.incarnation);
  out.u64(epoch.counter);
}

void write(ByteWriter& out, const ExecutionReport& report) {
  out.text(report.sub_account);
  out.text(to_string(report.status));
  out.optional_text(report.broker_order_id);
  out.text(report.quantity.to_string());
  out.optional_text(report.price ? std::optional(report.price->to_string()) : std::nullopt);
  out.text(report.message);
  out.text(report.evidence);
  out.time(report.at);
}

void write(ByteWriter& out, const Start& start) {
  const TransactionTask& task = start.task;
  out.u8(static_cast<std::uint8_t>(Kind::start));
  out.time(start.at);
  out.text(task.id.str());
  write(out, task.epoch);
  out.text(task.order_id.str());
  out.text(task.client_order_id.str());
  out.text(task.account.group.str());
  out.text(task.account.account.str());
  out.text(to_string(task.brokerage));
  out.text(to_string(task.side));
  out.text(task.quantity.to_string());
  out.u8(task.dry_run ? 1 : 0);
  out.u32(static_cast<std::uint32_t>(task.child_orders.size()));
  for (const TaskChildOrder& child : task.child_orders) {
    out.text(child.id.str());
    out.text(child.symbol.str());
  }
}

void write(ByteWriter& out, const Report& record) {
  const ChildOrderReport& report = record.report;
  out.u8(static_cast<std::uint8_t>(Kind::report));
  out.text(record.task.str());
  out.text(report.child_order.str());
  out.u8(report.complete ? 1 : 0);
  out.text(to_string(report.status));
  out.text(report.reason);
  out.text(report.detail);
  out.u32(static_cast<std::uint32_t>(report.executions.size()));
  for (const ExecutionReport& execution : report.executions) write(out, execution);
}

void write(ByteWriter& out, const RecordedTask& task) {
  out.u8(static_cast<std::uint8_t>(Kind::recorded_task));
  out.time(task.at);
  out.text(task.id.str());
  out.text(task.request);
  out.text(task.answer);
}

// The value of a word or decimal that must be one that we know.
template <typename T>
T known(ByteReader& in, const std::optional<T>& value) {
  if (value) return *value;
  in.fail();
  return {};
}

Decimal read_decimal(ByteReader& in, std::string_view text) {
  const auto value = Decimal::parse(text);
  if (value.ok()) return *value;
  in.fail();
  return {};
}

Brokerage read_brokerage(ByteReader& in) {
  const auto value = parse_brokerage(in.text());
  if (value.ok()) return *value;
  in.fail();
  return {};
}

Epoch read_epoch(ByteReader& in) {
  Epoch epoch;
  epoch.incarnation = in.u64();
  epoch.counter = in.u64();
  return epoch;
}

ExecutionReport read_execution(ByteReader& in) {
  ExecutionReport report;
  report.sub_account = in.text();
  report.status = known(in, parse_execution_status(in.text()));
  report.broker_order_id = in.optional_text();
  report.quantity = Quantity(read_decimal(in, in.text()));
  if (const auto price = in.optional_text()) report.price = Price(read_decimal(in, *price));
  report.message = in.text();
  report.evidence = in.text();
  report.at = in.time();
  return report;
}

Start read_start(ByteReader& in) {
  Start start;
  TransactionTask& task = start.task;
  start.at = in.time();
  task.id = TaskId(in.text());
  task.epoch = read_epoch(in);
  task.order_id = OrderId(in.text());
  task.client_order_id = ClientOrderId(in.text());
  task.account.group = GroupName(in.text());
  task.account.account = AccountName(in.text());
  task.brokerage = read_brokerage(in);
  task.side = known(in, parse_side(in.text()));
  task.quantity = Quantity(read_decimal(in, in.text()));
  task.dry_run = in.u8() != 0;
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    TaskChildOrder child;
    child.id = ChildOrderId(in.text());
    child.symbol = Symbol(in.text());
    task.child_orders.push_back(std::move(child));
  }
  return start;
}

Report read_report(ByteReader& in) {
  Report record;
  ChildOrderReport& report = record.report;
  record.task = TaskId(in.text());
  report.child_order = ChildOrderId(in.text());
  report.complete = in.u8() != 0;
  report.status = known(in, parse_child_order_status(in.text()));
  report.reason = in.text();
  report.detail = in.text();
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) report.executions.push_back(read_execution(in));
  return record;
}

RecordedTask read_recorded_task(ByteReader& in) {
  RecordedTask task;
  task.at = in.time();
  task.id = TaskId(in.text());
  task.request = in.text();
  task.answer = in.text();
  return task;
}

std::optional<Record> read_record(ByteReader& in) {
  switch (static_cast<Kind>(in.u8())) {
    case Kind::start: return read_start(in);
    case Kind::report: return read_report(in);
    case Kind::confirmed: return Confirmed{.sequence = in.u64()};
    case Kind::session_closed: return SessionClosed{};
    case Kind::epoch_adopted: {
      EpochAdopted adopted{.group = GroupName(in.text()), .epoch = {}};
      adopted.epoch = read_epoch(in);
      return adopted;
    }
    case Kind::new_identity: return NewIdentity{.id = JournalId(in.text())};
    case Kind::recorded_task: return read_recorded_task(in);
  }
  return std::nullopt;
}

}  // namespace

std::string encode(const Record& record) {
  ByteWriter out;
  const auto kind = [&out](Kind value) { out.u8(static_cast<std::uint8_t>(value)); };
  std::visit(
      Overloaded{[&](const Start& start) { write(out, start); }, [&](const Report& report) { write(out, report); },
                 [&](const RecordedTask& task) { write(out, task); },
                 [&](const Confirmed& confirmed) {
                   kind(Kind::confirmed);
                   out.u64(confirmed.sequence);
                 },
                 [&](const SessionClosed&) { kind(Kind::session_closed); },
                 [&](const EpochAdopted& adopted) {
                   kind(Kind::epoch_adopted);
                   out.text(adopted.group.str());
                   write(out, adopted.epoch);
                 },
                 [&](const NewIdentity& identity) {
                   kind(Kind::new_identity);
                   out.text(identity.id.str());
                 }},
      record);
  return out.bytes();
}

Result<Record> decode(std::string_view bytes) {
  ByteReader in(bytes);
  auto record = read_record(in);
  if (!record || !in.at_end()) {
    return make_error(ErrorCode::internal, "journal_record_unknown", "a record that this program cannot read");
  }
  return std::move(*record);
}

}  // namespace tradeauto::journal
