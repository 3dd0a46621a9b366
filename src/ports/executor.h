#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "domain/credentials.h"
#include "domain/task.h"

namespace tradeauto {

namespace asio = boost::asio;

// Takes what an executor learns, as it learns it. A report is on disk when its awaitable returns.
// An executor that goes on learning after place() has returned (fills) keeps the sink only as long as the executor
// lives.
class ExecutionSink {
 public:
  virtual ~ExecutionSink() = default;
  virtual asio::awaitable<void> report(ChildOrderReport report) = 0;
};

// How many runs may overlap. Runs with the same lane share its width.
struct Lane {
  std::string name;
  std::size_t width = 1;  // at least 1
};

// What an executor can do right now, for the hello and for `worker list`.
struct ExecutorStatus {
  bool available = false;
  std::string version;  // of the tool behind it, e.g. "2.2.0"
  std::string problem;  // what is missing and the remedy; empty when all is well
};

// Runs one account's part of an order and says what came of each child order.
//
// An executor knows its brokerages and nothing of groups' workers, gRPC or the main server.
// Strand: none. Calls for different accounts overlap; calls for one account never do.
class Executor {
 public:
  virtual ~Executor() = default;

  virtual ExecutorStatus status() const = 0;
  virtual bool runs(Brokerage brokerage) const = 0;
  virtual Lane lane(Brokerage brokerage) const = 0;

  // Can this account be run here with these credentials? Says so without logging in and without keeping them.
  // Failure: unprocessable with fields, or unavailable (executor_unavailable) with the remedy.
  virtual asio::awaitable<Result<void>> check(AccountActivation activation) = 0;

  // Starts `task` at the broker; reports go to `sink` as they become known. When it returns ok, every child order of
  // the task has had a report with `complete` set (later ones may follow: fills). The caller holds a start permit and
  // has written the start to the journal before this call.
  //
  // Failure: Error::effect == none only if nothing can have reached the broker; every doubt (time-out after the spawn,
  // unreadable output, killed child) is `maybe`. It stands for the child orders that had no complete report.
  virtual asio::awaitable<Result<void>> place(TransactionTask task, Credentials credentials, ExecutionSink& sink,
                                              Deadline deadline) = 0;

  // Asks the broker what the log-in holds. Failure: unavailable, deadline_exceeded, unauthenticated.
  virtual asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Brokerage brokerage,
                                                           Credentials credentials, Deadline deadline) = 0;

  // Where reports go that belong to no call of place(): fills that come later, also of tasks of an earlier process.
  // Called once, before the first task; the sink is the one that place() gets, and outlives the executor's stop().
  virtual asio::awaitable<void> attach(ExecutionSink& sink);

  // Ends what runs in the background. No report comes after it has returned; no call is made after it.
  virtual asio::awaitable<void> stop();

  // After a restart: what this executor can still find out about a task that was started before and not finished, e.g.
  // from its own records. Reports go to `sink`; what stays unknown gets no report. The default knows nothing.
  virtual asio::awaitable<Result<void>> recover(TransactionTask task, ExecutionSink& sink);
};

inline asio::awaitable<void> Executor::attach(ExecutionSink& /*sink*/) { co_return; }

inline asio::awaitable<void> Executor::stop() { co_return; }

inline asio::awaitable<Result<void>> Executor::recover(TransactionTask /*task*/, ExecutionSink& /*sink*/) {
  co_return Result<void>{};
}

}  // namespace tradeauto
