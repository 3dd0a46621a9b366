#pragma once

#include <set>
#include <vector>

#include "executors/paper/account_settings.h"
#include "executors/paper/paper_parts.h"
#include "executors/paper/reporter.h"

namespace tradeauto {

// One call of place(): asks the broker for every sub-account of every child order, as far as the fault lets it.
// Strand: the executor's. What is referred to outlives run().
class PlaceRun {
 public:
  PlaceRun(PaperParts& parts, PaperReporter& reporter, TransactionTask task, AccountSettings settings,
           ExecutionSink& sink, Deadline deadline)
      : parts_(parts),
        reporter_(reporter),
        task_(std::move(task)),
        settings_(settings),
        sink_(sink),
        deadline_(deadline) {}

  // As Executor::place().
  asio::awaitable<Result<void>> run();

 private:
  struct Child {
    PaperRun run;
    Symbol symbol;
    Fault fault;
  };
  using Numbers = std::set<int>;

  // On the pool: remembers every child order before anything is sent.
  Result<void> begin();
  // What is asked at once; what the broker will be silent about is marked.
  std::vector<PaperOrder> first_orders();
  PaperOrder order_of(const Child& child, int number) const;
  Numbers hit_by(const Child& child) const;

  asio::awaitable<Result<void>> ask_at_once();
  asio::awaitable<Result<void>> ask_late(Child& child, BootTime started);
  asio::awaitable<Result<void>> finish(Child& child);
  // After a failure: a run of which nothing was placed is forgotten, another one is in doubt.
  asio::awaitable<void> abandon(Effect effect);

  PaperParts& parts_;
  PaperReporter& reporter_;
  const TransactionTask task_;
  const AccountSettings settings_;
  ExecutionSink& sink_;
  const Deadline deadline_;
  std::vector<Child> children_;
};

}  // namespace tradeauto
