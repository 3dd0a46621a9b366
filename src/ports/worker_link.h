#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "domain/task.h"
#include "ports/journal.h"

namespace tradeauto {

namespace asio = boost::asio;

// What a worker can run, told in its hello.
struct ExecutorInfo {
  std::string name;  // "paper", "autorsa"
  std::vector<Brokerage> brokerages;
  bool available = false;
  std::string version;
  std::string problem;
};

// How a task stands that this worker was permitted and that main has not confirmed to the end.
struct TaskStanding {
  enum class State : std::uint8_t { running, finished, dead };
  TaskId task;
  std::vector<ChildOrderId>
      child_orders;  // finished: all of the task; running and dead: those without a complete report
  State state = State::dead;
};

// The first message of a session (design.md, promise 3). Reports that main has not confirmed follow it as ordinary
// reports.
struct WorkerHello {
  // session: it dialled in. legacy: it pinged, and main dialled back; it has no journal, serves one group at most and
  // is offered tasks of one symbol each.
  enum class Kind : std::uint8_t { session, legacy };
  Kind kind = Kind::session;
  WorkerName name;
  std::string version;
  JournalPosition journal;
  std::vector<ExecutorInfo> executors;
  std::vector<GroupName> only_groups;  // WORKER_GROUPS; empty: any
  std::vector<TaskStanding> standings;
};

// What main grants with the start permit. `child_orders` is a subset of the task's; empty: refused, with the reason.
struct Permit {
  TaskId task;
  Epoch epoch;
  std::vector<ChildOrderId> child_orders;
  std::chrono::nanoseconds valid_for{};  // counted by the worker from when it asked
  std::chrono::nanoseconds run_for{};    // bound of the run
  std::string refusal;                   // reason of a refusal: machine word
  bool retry_later = false;              // refused for now only (account_busy): main offers it again
};

// Main's end of a connection to one worker; the transport is its own. A message is queued and sent in order; a send on
// a closed link does nothing: the session learns of the loss by WorkerSession::closed(). Thread-safe.
class WorkerLink {
 public:
  virtual ~WorkerLink() = default;

  virtual void assign(GroupName group, Epoch epoch) = 0;
  // The worker forgets the group's accounts and starts nothing more for it.
  virtual void release(GroupName group) = 0;
  virtual void activate(AccountActivation activation) = 0;
  virtual void deactivate(AccountRef account, Epoch epoch) = 0;
  virtual void offer(TransactionTask task) = 0;
  // The offer is void; a worker that has not asked for the permit forgets it.
  virtual void withdraw(TaskId task) = 0;
  // Accounts wait for their turn at the worker: `run_for` bounds the question from its turn on, so that one that hangs
  // does not use up the time of those behind it; after the deadline nobody waits for the answer.
  virtual asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                           std::chrono::nanoseconds run_for) = 0;
  // Ends the connection; `reason` is told to the worker (superseded, shutting_down, protocol_error).
  virtual void close(std::string reason) = 0;
};

// Main's policy for one session; the transport calls it. Calls come in the order of the messages, may overlap (the
// transport does not wait for one before it makes the next), and each runs to its first suspension before the next
// begins. Any thread.
class WorkerSession {
 public:
  virtual ~WorkerSession() = default;

  // How long the worker's lease lasts from when it sent the heartbeat.
  virtual std::chrono::nanoseconds heartbeat() = 0;
  // Answers after the ledger has it on disk. A failure of the ledger is an Error: the transport refuses with
  // retry_later.
  virtual asio::awaitable<Result<Permit>> permit(TaskId task, Epoch epoch) = 0;
  // Ok: the report is on disk and may be confirmed. Error: not taken; the worker keeps it and sends it again after the
  // next hello.
  virtual asio::awaitable<Result<void>> report(JournaledReport report) = 0;
  virtual asio::awaitable<void> activated(AccountRef account, Epoch epoch, Result<void> result) = 0;
  // The whole order of an offered task: a legacy worker trades all of its accounts or none.
  virtual asio::awaitable<Result<Order>> order(OrderId id) = 0;
  // The worker cannot start the offered task and proves that it did not: it becomes `denied` with the reason.
  virtual asio::awaitable<void> refused(TaskId task, Error error) = 0;
  // The connection is gone. The last call.
  virtual void closed(std::string reason) = 0;
};

// Where a transport brings a worker that has dialled in. Any thread.
class WorkerSessions {
 public:
  virtual ~WorkerSessions() = default;

  struct Opened {
    std::shared_ptr<WorkerSession> session;
    LedgerId ledger;
    std::uint64_t incarnation = 0;
    std::chrono::nanoseconds lease{};  // of this hello, counted from when it was sent
  };
  // `link` stays valid until WorkerSession::closed() has returned; the session keeps it no longer. A second session of
  // the same name supersedes the first, which is closed. Failure: permission_denied, conflict, unavailable (shutting
  // down).
  virtual asio::awaitable<Result<Opened>> open(WorkerHello hello, std::shared_ptr<WorkerLink> link) = 0;
};

}  // namespace tradeauto
