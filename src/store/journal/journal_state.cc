#include "store/journal/journal_state.h"

#include <utility>

#include <fmt/format.h>

namespace tradeauto::journal {

Result<void> JournalState::check(const Record& record) const {
  if (const auto* start = std::get_if<Start>(&record)) return check_start(*start);
  if (const auto* adopted = std::get_if<EpochAdopted>(&record)) return check_epoch(*adopted);
  return {};
}

Result<void> JournalState::check_start(const Start& start) const {
  for (const TaskChildOrder& child : start.task.child_orders) {
    if (const auto it = started_.find(child.id); it != started_.end()) {
      return make_error(ErrorCode::conflict, "already_started",
                        fmt::format("the child order {} was started here at {}", child.id, to_rfc3339(it->second)));
    }
  }
  const auto epoch = epochs_.find(start.task.account.group);
  if (epoch != epochs_.end() && start.task.epoch < epoch->second) {
    return make_error(ErrorCode::conflict, "stale_epoch",
                      fmt::format("the group \"{}\" has been assigned anew since", start.task.account.group));
  }
  return {};
}

Result<void> JournalState::check_epoch(const EpochAdopted& adopted) const {
  const auto it = epochs_.find(adopted.group);
  if (it == epochs_.end() || adopted.epoch > it->second) return {};
  return make_error(ErrorCode::conflict, "stale_epoch",
                    fmt::format("the assignment of the group \"{}\" is not newer than one seen before", adopted.group));
}

void JournalState::apply(std::uint64_t sequence, const Record& record) {
  std::visit([&](const auto& one) { take(sequence, one); }, record);
}

void JournalState::take(std::uint64_t sequence, const Start& start) {
  StartedTask task{.task = start.task, .started_at = start.at, .open = {}};
  for (const TaskChildOrder& child : start.task.child_orders) {
    started_.insert_or_assign(child.id, start.at);
    open_.insert_or_assign(child.id, sequence);
    task.open.push_back(child.id);
  }
  unfinished_.insert_or_assign(sequence, std::move(task));
}

void JournalState::take(std::uint64_t sequence, const Report& report) {
  unconfirmed_.insert_or_assign(sequence,
                                JournaledReport{.sequence = sequence, .task = report.task, .report = report.report});
  const auto open = open_.find(report.report.child_order);
  if (!report.report.complete || open == open_.end()) return;
  const auto task = unfinished_.find(open->second);
  std::erase(task->second.open, report.report.child_order);
  if (task->second.open.empty()) unfinished_.erase(task);
  open_.erase(open);
}

void JournalState::take(std::uint64_t /*sequence*/, const Confirmed& confirmed) {
  unconfirmed_.erase(confirmed.sequence);
}

void JournalState::take(std::uint64_t /*sequence*/, const SessionClosed& /*closed*/) {}

void JournalState::take(std::uint64_t /*sequence*/, const EpochAdopted& adopted) {
  epochs_.insert_or_assign(adopted.group, adopted.epoch);
}

void JournalState::take(std::uint64_t /*sequence*/, const NewIdentity& identity) { id_ = identity.id; }

void JournalState::take(std::uint64_t /*sequence*/, const RecordedTask& task) {
  recorded_.insert_or_assign(task.id, task);
}

std::optional<RecordedTask> JournalState::recorded(const TaskId& id) const {
  const auto it = recorded_.find(id);
  return it == recorded_.end() ? std::nullopt : std::optional(it->second);
}

void JournalState::forget_before(Timestamp time) {
  std::erase_if(recorded_, [&](const auto& entry) { return entry.second.at < time; });
  std::erase_if(started_, [&](const auto& entry) { return entry.second < time && !open_.contains(entry.first); });
}

std::vector<JournaledReport> JournalState::unconfirmed() const {
  std::vector<JournaledReport> all;
  for (const auto& [sequence, report] : unconfirmed_) all.push_back(report);
  return all;
}

std::vector<StartedTask> JournalState::unfinished() const {
  std::vector<StartedTask> all;
  for (const auto& [sequence, task] : unfinished_) all.push_back(task);
  return all;
}

}  // namespace tradeauto::journal
