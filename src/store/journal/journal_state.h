#pragma once

#include <map>
#include <vector>

#include "store/journal/journal_record.h"

namespace tradeauto::journal {

// What the records of a journal come to. Pure.
class JournalState {
 public:
  // May this record be written now? Conflict: already_started, stale_epoch.
  Result<void> check(const Record& record) const;

  void apply(std::uint64_t sequence, const Record& record);
  // Forgets what was started before `time`, finished and confirmed, and the tasks that were recorded before it.
  void forget_before(Timestamp time);

  const JournalId& id() const { return id_; }
  std::vector<JournaledReport> unconfirmed() const;
  std::vector<StartedTask> unfinished() const;
  bool was_started(const ChildOrderId& id) const { return started_.contains(id); }
  std::optional<RecordedTask> recorded(const TaskId& id) const;

 private:
  Result<void> check_start(const Start& start) const;
  Result<void> check_epoch(const EpochAdopted& adopted) const;
  void take(std::uint64_t sequence, const Start& start);
  void take(std::uint64_t sequence, const Report& report);
  void take(std::uint64_t sequence, const Confirmed& confirmed);
  void take(std::uint64_t sequence, const SessionClosed& closed);
  void take(std::uint64_t sequence, const EpochAdopted& adopted);
  void take(std::uint64_t sequence, const NewIdentity& identity);
  void take(std::uint64_t sequence, const RecordedTask& task);

  JournalId id_;
  std::map<ChildOrderId, Timestamp> started_;  // and when
  std::map<TaskId, RecordedTask> recorded_;
  std::map<GroupName, Epoch> epochs_;
  std::map<std::uint64_t, JournaledReport> unconfirmed_;
  std::map<std::uint64_t, StartedTask> unfinished_;  // by the sequence of their start
  std::map<ChildOrderId, std::uint64_t> open_;       // child order -> key in unfinished_
};

}  // namespace tradeauto::journal
