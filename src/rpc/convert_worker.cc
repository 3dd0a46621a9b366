// Worker to main: the messages of proto/tradeauto/v1/worker.proto that a worker sends.
#include "rpc/convert.h"
#include "rpc/convert_fields.h"
#include "rpc/wire_text.h"

namespace tradeauto {

using wire::bad_field;
using wire::read_enum;
using wire::read_id;
using wire::read_list;
using wire::read_message;
using wire::read_with;
using wire::to_wire;
using wire::under;

namespace {

Result<JournalPosition> from_proto(const v1::JournalPosition& journal) {
  TRY(auto id, read_id<JournalId>("id", journal.id()));
  return JournalPosition{.id = std::move(id), .last_sequence = journal.last_sequence(), .tail_cut = journal.tail_cut()};
}

Result<ExecutorInfo> from_proto(const v1::ExecutorInfo& info) {
  TRY(auto name, read_id<std::string>("name", info.name()));
  TRY(auto brokerages, read_list<Brokerage>("brokerages", info.brokerages(), [](int value) {
        return read_enum<Brokerage>("value", value, v1::Brokerage_IsValid);
      }));
  return ExecutorInfo{.name = std::move(name),
                      .brokerages = std::move(brokerages),
                      .available = info.available(),
                      .version = info.version(),
                      .problem = info.problem()};
}

Result<TaskStanding> from_proto(const v1::TaskStanding& standing) {
  // Empty for a report of a task that the journal no longer names.
  TaskId task;
  if (!standing.task().empty()) {
    TRY(task, read_id<TaskId>("task", standing.task()));
  }
  TRY(auto child_orders, read_list<ChildOrderId>("child_orders", standing.child_orders(),
                                                 [](const auto& id) { return read_id<ChildOrderId>("id", id); }));
  TRY(const auto state, read_enum<TaskStanding::State>("state", standing.state(), v1::TaskStanding_State_IsValid));
  return TaskStanding{.task = std::move(task), .child_orders = std::move(child_orders), .state = state};
}

}  // namespace

v1::Hello to_proto(const WorkerHello& hello) {
  v1::Hello out;
  out.set_name(hello.name.str());
  out.set_version(wire_text(hello.version));
  out.mutable_journal()->set_id(hello.journal.id.str());
  out.mutable_journal()->set_last_sequence(hello.journal.last_sequence);
  out.mutable_journal()->set_tail_cut(hello.journal.tail_cut);
  for (const ExecutorInfo& info : hello.executors) {
    v1::ExecutorInfo& added = *out.add_executors();
    added.set_name(info.name);
    for (const Brokerage brokerage : info.brokerages) added.add_brokerages(to_wire<v1::Brokerage>(brokerage));
    added.set_available(info.available);
    added.set_version(wire_text(info.version));
    added.set_problem(wire_text(info.problem));
  }
  for (const GroupName& group : hello.only_groups) out.add_only_groups(group.str());
  for (const TaskStanding& standing : hello.standings) {
    v1::TaskStanding& added = *out.add_standings();
    added.set_task(standing.task.str());
    for (const ChildOrderId& id : standing.child_orders) added.add_child_orders(id.str());
    added.set_state(to_wire<v1::TaskStanding_State>(standing.state));
  }
  return out;
}

Result<WorkerHello> from_proto(const v1::Hello& hello) {
  WorkerHello out;
  TRY(out.name, read_with("name", hello.name(), parse_worker_name));
  out.version = hello.version();
  if (!hello.has_journal()) return bad_field("journal", "is missing");
  TRY(out.journal, under("journal", from_proto(hello.journal())));
  const auto convert = [](const auto& item) { return from_proto(item); };
  TRY(out.executors, read_list<ExecutorInfo>("executors", hello.executors(), convert));
  TRY(out.only_groups, read_list<GroupName>("only_groups", hello.only_groups(), [](const auto& name) {
        return read_with("name", name, parse_group_name);
      }));
  TRY(out.standings, read_list<TaskStanding>("standings", hello.standings(), convert));
  return out;
}

Result<PermitQuestion> from_proto(const v1::PermitRequest& request) {
  TRY(auto task, read_id<TaskId>("task", request.task()));
  TRY(const auto epoch, read_message("epoch", request.has_epoch(), request.epoch()));
  return PermitQuestion{.task = std::move(task), .epoch = epoch};
}

v1::Report to_proto(const JournaledReport& report) {
  v1::Report out;
  out.set_sequence(report.sequence);
  out.set_task(report.task.str());
  *out.mutable_report() = to_proto(report.report);
  return out;
}

Result<JournaledReport> from_proto(const v1::Report& report) {
  if (report.sequence() == 0) return bad_field("sequence", "is missing");
  JournaledReport out;
  out.sequence = report.sequence();
  if (!report.task().empty()) {
    TRY(out.task, read_id<TaskId>("task", report.task()));
  }
  TRY(out.report, read_message("report", report.has_report(), report.report()));
  return out;
}

v1::ActivationResult to_proto(const ActivationOutcome& outcome) {
  v1::ActivationResult out;
  *out.mutable_account() = to_proto(outcome.account);
  *out.mutable_epoch() = to_proto(outcome.epoch);
  if (!outcome.result.ok()) *out.mutable_error() = to_proto(outcome.result.error());
  return out;
}

Result<ActivationOutcome> from_proto(const v1::ActivationResult& result) {
  TRY(auto account, read_message("account", result.has_account(), result.account()));
  TRY(const auto epoch, read_message("epoch", result.has_epoch(), result.epoch()));
  ActivationOutcome out{.account = std::move(account), .epoch = epoch, .result = {}};
  if (result.has_error()) out.result = from_proto(result.error());
  return out;
}

v1::Refusal to_proto(const TaskRefusal& refusal) {
  v1::Refusal out;
  out.set_task(refusal.task.str());
  *out.mutable_error() = to_proto(refusal.error);
  return out;
}

Result<TaskRefusal> from_proto(const v1::Refusal& refusal) {
  TRY(auto task, read_id<TaskId>("task", refusal.task()));
  if (!refusal.has_error()) return bad_field("error", "is missing");
  return TaskRefusal{.task = std::move(task), .error = from_proto(refusal.error())};
}

}  // namespace tradeauto
