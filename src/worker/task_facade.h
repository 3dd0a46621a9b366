#pragma once

#include "base/log.h"
#include "net/signal.h"
#include "net/task_group.h"
#include "worker/holdings.h"
#include "worker/transaction.h"

namespace tradeauto {

// Task → use case. Whatever brings tasks (a session, a legacy servicer) hands them over here.
//
// Strand: worker; public functions may be called from any thread. stop() before destruction.
class TaskFacade final : public TaskSink {
 public:
  struct Needs {
    AccountTable& accounts;
    Executors& executors;
    ReportSink& sink;
    Journal& journal;
    SessionState& session;
    Signal& session_over;  // notified when a session has ended
    const Clock& clock;
    Logger log;
    asio::any_io_executor strand;
    WorkerProbe* probe;  // null: nobody is told
  };
  explicit TaskFacade(Needs needs);

  asio::awaitable<void> assigned(GroupName group, Epoch epoch) override;
  asio::awaitable<void> released(GroupName group) override;
  asio::awaitable<Result<void>> activate(AccountActivation activation) override;
  asio::awaitable<void> deactivate(AccountRef account, Epoch epoch) override;
  void offered(TransactionTask task) override;
  void withdrawn(TaskId task) override;
  void confirmed(std::uint64_t sequence) override;
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                   std::chrono::nanoseconds run_for) override;
  void session_closed(std::string reason) override;

  // Tasks that wait or run. Strand: worker.
  std::size_t tasks() const { return transaction_.count(); }
  // Cancels every task and waits for their ends.
  asio::awaitable<void> stop();

 private:
  asio::awaitable<void> do_assigned(GroupName group, Epoch epoch);
  asio::awaitable<Result<void>> do_activate(AccountActivation activation);
  asio::awaitable<void> do_deactivate(AccountRef account, Epoch epoch);

  Needs needs_;
  Transaction transaction_;
  Holdings holdings_;
  TaskGroup tasks_;
};

}  // namespace tradeauto
