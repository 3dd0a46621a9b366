#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "base/log.h"
#include "net/signal.h"
#include "ports/executor.h"
#include "ports/journal.h"
#include "ports/main_link.h"

namespace tradeauto {

// Where every report of this worker goes: to the journal first, then to main, which confirms it.
// Strand: worker, save report(), which executors call from anywhere.
class ReportSink final : public ExecutionSink {
 public:
  // What is referred to outlives the sink. `failed` is notified when the journal cannot be written: then the worker
  // must end, for what it does could not be proven any more.
  ReportSink(Journal& journal, asio::any_io_executor strand, Signal& failed, Logger log);

  // While it lives, this process answers for the task. Reports of its child orders are counted.
  class Running {
   public:
    Running(ReportSink& sink, TaskId task) : sink_(sink), task_(std::move(task)) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { sink_.end(task_); }

   private:
    ReportSink& sink_;
    const TaskId task_;
  };
  Running begin(const TransactionTask& task);
  // The child orders of a running task that had no complete report.
  std::vector<ChildOrderId> silent(const TaskId& task) const;
  bool running(const TaskId& task) const { return running_.contains(task); }
  // Anybody may ask.
  std::size_t running_tasks() const { return running_tasks_; }

  // From now on reports go to `link`; first all that main has not confirmed.
  void connect(std::shared_ptr<MainLink> link);
  void disconnect() { link_.reset(); }

  asio::awaitable<void> report(ChildOrderReport report) override;

 private:
  asio::awaitable<void> do_report(ChildOrderReport report);
  void end(const TaskId& task);

  struct TaskOf {
    TaskId task;
    OrderId order;
  };
  Journal& journal_;
  const asio::any_io_executor strand_;
  Signal& failed_;
  const Logger log_;
  std::map<TaskId, std::set<ChildOrderId>> running_;  // child orders without a complete report
  std::map<ChildOrderId, TaskOf> task_of_;            // of running tasks
  std::atomic<std::size_t> running_tasks_ = 0;        // as running_, for other threads
  std::shared_ptr<MainLink> link_;
};

}  // namespace tradeauto
