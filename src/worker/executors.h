#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/semaphore.h"
#include "ports/executor.h"
#include "ports/worker_link.h"

namespace tradeauto {

// One kind of executor that this worker has.
struct NamedExecutor {
  std::string name;  // "paper", "autorsa"
  std::unique_ptr<Executor> executor;
};

// The executors of a worker and their lanes. Strand: worker, but for what an Executor itself allows.
class Executors {
 public:
  explicit Executors(std::vector<NamedExecutor> executors) : executors_(std::move(executors)) {}

  // nullptr when none runs this brokerage.
  Executor* find(Brokerage brokerage) const;
  // Of the executor that runs this brokerage, which must exist.
  std::string_view name_of(Brokerage brokerage) const;
  // A place in the lane of the brokerage's executor, which must exist.
  asio::awaitable<Semaphore::Slot> enter_lane(Executor& executor, Brokerage brokerage);
  // A turn to ask what an account holds, before its place in the lane. Questions queue here, so that an order finds no
  // more of them before it in the lane than run already.
  asio::awaitable<Semaphore::Slot> take_turn(Executor& executor, Brokerage brokerage);
  std::vector<ExecutorInfo> describe() const;

  asio::awaitable<void> attach(ExecutionSink& sink);
  asio::awaitable<void> stop();

 private:
  std::vector<NamedExecutor> executors_;
  using Lanes = std::map<std::string, std::shared_ptr<Semaphore>>;
  static asio::awaitable<Semaphore::Slot> enter(Lanes& lanes, const Lane& lane);

  Lanes lanes_;
  Lanes turns_;  // of questions, by lane
};

}  // namespace tradeauto
