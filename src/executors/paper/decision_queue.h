#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/deadline.h"
#include "executors/paper/paper_broker.h"
#include "executors/paper/run_memory.h"
#include "net/pool.h"

namespace tradeauto {

// The way to the broker for coroutines: what waits at the same time is decided in one go, with one fsync.
// Thread-safe. What is referred to outlives it; the pool has one thread.
class DecisionQueue {
 public:
  DecisionQueue(PaperBroker& broker, RunMemory& memory, BlockingPool& pool, const Clock& clock)
      : broker_(broker), memory_(memory), pool_(pool), clock_(clock) {}

  // The answers stand in the order of `orders`. Everything in RunMemory is on disk before the broker is asked.
  // Failure: unavailable (paper_ledger_busy) if another process keeps the ledger locked up to `deadline`; what
  // PaperBroker says. Effect none: nothing was placed, and nothing will be. A caller that is cancelled withdraws what
  // was not yet being decided.
  asio::awaitable<Result<std::vector<RecordedPlacement>>> decide(std::vector<PaperOrder> orders, Deadline deadline);

 private:
  struct Batch {
    std::vector<PaperOrder> orders;
    std::optional<Result<std::vector<RecordedPlacement>>> answer;
  };
  using Batches = std::deque<std::shared_ptr<Batch>>;
  class Waiting;  // one batch's place in the queue

  // On the pool: decides all that waits. Leaves it waiting if the ledger is locked.
  void flush();
  Result<std::optional<std::vector<RecordedPlacement>>> ask(const Batches& batches);

  PaperBroker& broker_;
  RunMemory& memory_;
  BlockingPool& pool_;
  const Clock& clock_;
  std::mutex mutex_;
  Batches waiting_;  // guarded by mutex_
};

}  // namespace tradeauto
