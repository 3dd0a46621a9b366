#pragma once

#include <map>

#include "base/log.h"
#include "ports/main_link.h"
#include "ports/worker_probe.h"
#include "worker/account_table.h"
#include "worker/executors.h"
#include "worker/report_sink.h"
#include "worker/session_state.h"

namespace tradeauto {

// The use case "transaction": runs one account's part of an order, once.
//
// In this order, and no other: the account's lock, a place in the executor's lane, the start permit, the journal (on
// disk), the permit and the lease checked again, the executor. What cannot start is refused with proof; what started
// and gave no answer is reported in doubt. Strand: worker.
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
    WorkerProbe* probe;  // null: nobody is told
  };
  explicit Transaction(Needs needs) : needs_(std::move(needs)) {}

  // Ends when the task has ended, was refused, or came to nothing (its session is over: main offers it again).
  asio::awaitable<void> run(TransactionTask task);
  // Forgets the task if its permit has not been asked for.
  void withdraw(const TaskId& task);
  // Tasks that wait or run.
  std::size_t count() const { return offers_.size(); }

 private:
  struct Offer {
    TransactionTask task;
    std::uint64_t generation = 0;  // of the session that brought it
    BootTime start_by;
    bool taken = false;  // by the coroutine that waits with it
    bool withdrawn = false;
  };

  asio::awaitable<void> run_alone(Offer offer);
  // Why the task must not start here; nothing if it may.
  std::optional<Error> refusal(const TransactionTask& task) const;
  bool still_wanted(const Offer& offer) const;
  // Tells the session that brought the offer, if it still stands.
  void drop(const Offer& offer) const;
  asio::awaitable<void> answer_from_record(TransactionTask task);
  asio::awaitable<std::optional<Permit>> ask_permit(Offer offer);
  asio::awaitable<void> start(Offer offer, Permit permit, BootTime asked_at);
  asio::awaitable<void> execute(TransactionTask task, Credentials credentials, Executor& executor, Deadline deadline);
  asio::awaitable<void> report_unrecorded(TransactionTask task, Error error);
  asio::awaitable<void> report_all(std::vector<ChildOrderId> ids, ChildOrderStatus status, std::string reason,
                                   std::string detail);

  Needs needs_;
  std::map<TaskId, Offer> offers_;  // not at their end; each the newest of its task
};

}  // namespace tradeauto
