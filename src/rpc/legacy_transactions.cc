#include "rpc/legacy_transactions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "domain/legacy_outcome.h"
#include "rpc/wire_text.h"

namespace tradeauto::legacy {

Answer Transaction::answer() const {
  std::vector<ChildOrder> children;
  for (const Part& part : parts) children.push_back(part.child);
  LegacyOutcome outcome = legacy_outcome(children, "IN DOUBT - may have been sent, do not repeat: ");
  return {.good = outcome.good, .message = wire_text(outcome.message)};
}

Answer Transaction::answer_if_dead() const {
  Transaction dead{.request = request, .parts = parts, .callers = {}, .reports = {}};
  for (Part& part : dead.parts) {
    if (part.settled) continue;
    part.child.status = ChildOrderStatus::in_doubt;
    part.child.reason = "worker_died";
    part.child.detail = "the worker ended while the order ran; it may have been sent";
  }
  return dead.answer();
}

void Transaction::reply() const {
  const Answer told = answer();
  for (const Caller& caller : callers) caller.reply(told);
}

bool Transaction::wanted() const {
  return std::ranges::any_of(callers, [](const Caller& caller) { return caller.waits(); });
}

Transaction* Transactions::find(const TaskId& task) {
  const auto it = all_.find(task);
  return it == all_.end() ? nullptr : &it->second;
}

const Transaction* Transactions::find(const TaskId& task) const {
  const auto it = all_.find(task);
  return it == all_.end() ? nullptr : &it->second;
}

void Transactions::begin(Transaction transaction) {
  const TaskId id = transaction.request.task;
  bool settled = true;
  for (std::size_t i = 0; i < transaction.parts.size(); ++i) {
    const Transaction::Part& part = transaction.parts[i];
    if (part.settled) continue;
    settled = false;
    parts_[TaskId(part.child.id.str())] = {.transaction = id, .part = i};
  }
  all_.insert_or_assign(id, std::move(transaction));
  if (settled) done_(id);
}

Transaction Transactions::take(const TaskId& task) { return std::move(all_.extract(task).mapped()); }

Transaction::Part* Transactions::find_part(const TaskId& part) {
  const auto place = parts_.find(part);
  return place == parts_.end() ? nullptr : &all_.at(place->second.transaction).parts.at(place->second.part);
}

const Transaction::Part* Transactions::permit(const TaskId& part) {
  Transaction::Part* found = find_part(part);
  if (found == nullptr || found->permitted) return nullptr;
  if (!all_.at(parts_.at(part).transaction).wanted()) {
    unsent(part, "canceled", "the main server gave up before the start");
    return nullptr;
  }
  found->permitted = true;
  found->child.status = ChildOrderStatus::executing;
  return found;
}

bool Transactions::report(const JournaledReport& report) {
  const TaskId id(report.report.child_order.str());
  Transaction::Part* part = find_part(id);
  if (part == nullptr) return false;
  part->child.reason = report.report.reason;
  part->child.detail = report.report.detail;
  part->child.executions = report.report.executions;
  all_.at(parts_.at(id).transaction).reports.push_back(report.sequence);
  if (!report.report.complete) return true;
  part->child.status = report.report.status;
  settle(id);
  return true;
}

void Transactions::unsent(const TaskId& part, std::string reason, std::string detail) {
  Transaction::Part* found = find_part(part);
  if (found == nullptr) return;
  found->child.status = ChildOrderStatus::denied;
  found->child.reason = std::move(reason);
  found->child.detail = std::move(detail);
  settle(part);
}

void Transactions::settle(const TaskId& part) {
  const Place place = parts_.extract(part).mapped();
  Transaction& transaction = all_.at(place.transaction);
  transaction.parts.at(place.part).settled = true;
  if (std::ranges::all_of(transaction.parts, &Transaction::Part::settled)) done_(place.transaction);
}

void Transactions::session_over() {
  std::vector<TaskId> waiting;
  for (const auto& [part, place] : parts_) {
    if (!all_.at(place.transaction).parts.at(place.part).permitted) waiting.push_back(part);
  }
  for (const TaskId& part : waiting) unsent(part, "session_lost", "the main server hung up before the start");
}

void Transactions::reconcile(const std::vector<TaskStanding>& standings) {
  std::set<TaskId> known;
  for (const TaskStanding& standing : standings) known.insert(standing.task);
  std::vector<TaskId> unstarted;
  for (const auto& [part, place] : parts_) {
    if (!known.contains(part)) unstarted.push_back(part);
  }
  for (const TaskId& part : unstarted) unsent(part, "permit_lapsed", "the main server hung up before the start");
}

void Transactions::abandon() {
  for (auto& [task, transaction] : std::exchange(all_, {})) {
    for (Transaction::Part& part : transaction.parts) {
      if (part.settled) continue;
      part.child.status = part.permitted ? ChildOrderStatus::in_doubt : ChildOrderStatus::denied;
      part.child.reason = "worker_stopped";
      part.child.detail = part.permitted ? "the worker ended while the order ran; it may have been sent"
                                         : "the worker ended before the start";
    }
    transaction.reply();
  }
  parts_.clear();
}

}  // namespace tradeauto::legacy
