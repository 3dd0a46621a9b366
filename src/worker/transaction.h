#pragma once

#include <map>
#include <set>

#include "base/log.h"
#include "ports/main_link.h"
#include "worker/account_table.h"
#include "worker/executors.h"
#include "worker/report_sink.h"
#include "worker/session_state.h"

namespace tradeauto {

// The use case "transaction": runs one account's part of an order, once.
//
// In this order, and no other: the account's lock, a place in the executor's lane, the start permit, the journal (on disk), the
// permit and the lease checked again, the executor. What cannot start is refused with proof; what started and gave no answer is
// reported in doubt.
// Strand: worker.
class Transaction {
 public:
  struct Needs {
    AccountTable& accounts;
    Executors& executors;
    ReportSink& sink;
    Journal& journal;
    SessionState& session;
    const Clock& clock;
    Logger log;
  };
  explicit Transaction(Needs needs) : needs_(std::move(needs)) {}

  // Ends when the task has ended, was refused, or came to nothing (its session is over: main offers it again).
  asio::awaitable<void> run(TransactionTask task);
  // Forgets the task if its permit has not been asked for.
  void withdraw(const TaskId& task);
  // Tasks that wait or run.
  std::size_t count() const { return known_.size(); }

 private:
  asio::awaitable<void> run_alone(TransactionTask task, std::uint64_t generation, BootTime start_by);
  // Why the task must not start here; nothing if it may.
  std::optional<Error> refusal(const TransactionTask& task) const;
  bool still_wanted(const TaskId& task, std::uint64_t generation, BootTime start_by) const;
  asio::awaitable<bool> report_if_started_before(const TransactionTask& task);
  asio::awaitable<void> start(TransactionTask task, Permit permit, BootTime asked_at, std::uint64_t generation);
  asio::awaitable<void> execute(TransactionTask task, Credentials credentials, Executor& executor, Deadline deadline);
  asio::awaitable<void> report_all(std::vector<ChildOrderId> ids, ChildOrderStatus status, std::string reason,
                                   std::string detail);

  Needs needs_;
  std::set<TaskId> known_;      // offered here and not at their end
  std::set<TaskId> withdrawn_;  // of these
};

}  // namespace tradeauto
