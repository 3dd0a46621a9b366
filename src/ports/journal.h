#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "domain/task.h"

namespace tradeauto {

namespace asio = boost::asio;

// Where a journal stands; sent in the hello.
struct JournalPosition {
  JournalId id;
  std::uint64_t last_sequence = 0;
  bool tail_cut =
      false;  // the file ended in a torn or corrupt record, which was dropped: "not started" proves nothing now
};

// A report that main has not confirmed yet.
struct JournaledReport {
  std::uint64_t sequence = 0;
  TaskId task;
  ChildOrderReport report;
};

// A task that was started and whose every child order has not been reported complete. `running` is not a fact of the
// journal but of the process: after a restart all of these are dead.
struct StartedTask {
  TransactionTask task;  // without times
  Timestamp started_at;
  std::vector<ChildOrderId> open;  // child orders without a complete report
};

// A task whose sender may repeat it (an original main's Transaction): what it asked, and what a repeat is answered,
// each as the task source writes it.
struct RecordedTask {
  TaskId id;
  std::string request;
  std::string answer;  // first that of a worker that died over it, at its end the true one
  Timestamp at;
};

// What this worker has started and finished; survives a kill -9 and a power loss at any byte.
//
// Single writer; the file is locked for the life of the object. A record is on disk (fsync) when its awaitable returns.
// Failure: internal (journal_write_failed): then the journal refuses every later write, and nothing may be started.
class Journal {
 public:
  virtual ~Journal() = default;

  virtual JournalPosition position() const = 0;

  // Records that the task starts. Conflict (already_started) if any of its child orders was ever started here (90 days
  // are kept), or stale_epoch if the epoch is below the highest seen for the group; then nothing is written.
  virtual asio::awaitable<Result<void>> start(TransactionTask task, Timestamp now) = 0;
  // Records what is known of a child order; the number is what main confirms.
  virtual asio::awaitable<Result<std::uint64_t>> report(TaskId task, ChildOrderReport report) = 0;
  // Main has this report on disk. Written behind what was written before, but not waited for: repeating a report does
  // no harm.
  virtual void confirmed(std::uint64_t sequence) = 0;
  // Every permit of the session that was is void from now on (promise 3). Called before each hello.
  virtual asio::awaitable<Result<void>> close_session() = 0;
  // The group's fencing token. Conflict (stale_epoch) unless it is above the highest seen.
  virtual asio::awaitable<Result<void>> adopt_epoch(GroupName group, Epoch epoch) = 0;

  // Records the task; recorded() shows it from now on. Written behind what was written before, so on disk before any
  // start that is written after it, but not waited for: a task that started nothing may be forgotten, and a journal
  // that cannot take it takes no start either. 90 days are kept.
  virtual void record(RecordedTask task) = 0;
  // The same for its answer: the end of this process cannot lose it any more when the awaitable returns (a power loss
  // may, and then the one that was recorded first stands).
  virtual asio::awaitable<Result<void>> record_answer(RecordedTask task) = 0;

  // As of now; in the order of their sequence.
  virtual std::vector<JournaledReport> unconfirmed() const = 0;
  virtual std::vector<StartedTask> unfinished() const = 0;
  virtual bool was_started(const ChildOrderId& id) const = 0;
  virtual std::optional<RecordedTask> recorded(const TaskId& id) const = 0;
};

}  // namespace tradeauto
