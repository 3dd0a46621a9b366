#pragma once

#include <map>
#include <memory>
#include <set>

#include "executors/paper/paper_parts.h"
#include "executors/paper/report.h"
#include "net/semaphore.h"
#include "net/task_group.h"
#include "ports/executor.h"

namespace tradeauto {

// Tells the sink what is known of child orders, one report of a child order at a time, so that none takes back an
// earlier one. Strand: the executor's. `parts` outlives it; stop() before it dies.
class PaperReporter {
 public:
  PaperReporter(PaperParts& parts, asio::any_io_executor strand)
      : parts_(parts), strand_(strand), tasks_(std::move(strand)) {}

  // Looks and reports. A run that goes on is reported if there is anything to say. What is settled is forgotten
  // afterwards. Failure: what the ledger says when it cannot be read; then nothing was reported.
  asio::awaitable<Result<PaperSnapshot>> tell(ChildOrderId child_order, ExecutionSink& sink);

  // Goes on in the background: reports at `next` and at each fill after it. Does nothing for one that is followed
  // already.
  void follow(const ChildOrderId& child_order, ExecutionSink& sink, Timestamp next);

  // No report is made after it returns.
  asio::awaitable<void> stop();

 private:
  asio::awaitable<void> follow_run(ChildOrderId child_order, ExecutionSink& sink, Timestamp next);
  // On the pool.
  Result<PaperSnapshot> look(const ChildOrderId& child_order);

  PaperParts& parts_;
  const asio::any_io_executor strand_;
  std::map<ChildOrderId, std::shared_ptr<Semaphore>> turns_;  // of those that are being reported
  std::set<ChildOrderId> followed_;
  TaskGroup tasks_;
};

}  // namespace tradeauto
