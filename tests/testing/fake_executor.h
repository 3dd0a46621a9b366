#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/timer.h"
#include "ports/executor.h"

namespace tradeauto {

// A broker in a test's hand. `placed` is the truth: what reached it.
class FakeExecutor final : public Executor {
 public:
  enum class Behaviour : std::uint8_t {
    fill,
    reject,
    refuse_login,      // proof that nothing was sent
    hang,              // nothing is sent, and nobody can know
    accept_then_hang,  // sent, and no answer
    accept_then_mute,  // sent, and the run ends without a word
    nonsense,          // sent, and reported complete without an outcome
  };
  struct Placement {
    ChildOrderId child_order;
    std::string account;
    std::string symbol;
    Behaviour behaviour = Behaviour::fill;
  };

  explicit FakeExecutor(const Clock& clock) : clock_(clock) {}

  ExecutorStatus status() const override { return {.available = true, .version = "1", .problem = {}}; }
  bool runs(Brokerage brokerage) const override { return brokerage == Brokerage::paper; }
  Lane lane(Brokerage /*brokerage*/) const override { return {.name = "fake", .width = lane_width}; }
  asio::awaitable<Result<void>> check(AccountActivation activation) override {
    const auto it = check_errors.find(activation.account.account.str());
    if (it != check_errors.end()) co_return it->second;
    co_return Result<void>{};
  }

  asio::awaitable<Result<void>> place(TransactionTask task, Credentials /*credentials*/, ExecutionSink& sink,
                                      Deadline deadline) override {
    if (before_place) before_place(task);
    std::size_t& running = running_[task.account];
    most_at_once = std::max(most_at_once, ++running);
    const Leave leave{running};
    for (const TaskChildOrder& child : task.child_orders) {
      if (pause) co_await pause();
      const Behaviour behaviour = choose ? choose(child) : behaviours[task.account.account.str()];
      if (behaviour == Behaviour::refuse_login) {
        co_return make_error(ErrorCode::unauthenticated, "login_failed", "the broker refused the log-in");
      }
      if (behaviour != Behaviour::hang) note(task, child, behaviour);
      if (pause) co_await pause();
      if (behaviour == Behaviour::hang || behaviour == Behaviour::accept_then_hang) {
        co_await sleep_until(clock_, deadline);
        co_return timed_out();
      }
      if (behaviour == Behaviour::accept_then_mute) co_return Result<void>{};
      co_await sink.report(answer(child, task, behaviour));
    }
    co_return Result<void>{};
  }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Brokerage /*brokerage*/,
                                                   Credentials /*credentials*/, Deadline deadline) override {
    if (behaviours[account.account.str()] == Behaviour::hang) {
      co_await sleep_until(clock_, deadline);
      co_return make_error(ErrorCode::deadline_exceeded, "no_answer", "the broker did not answer in time");
    }
    HoldingsReport report;
    report.account = std::move(account);
    report.complete = true;
    co_return report;
  }

  std::size_t lane_width = 8;                              // runs at once
  std::map<std::string, Behaviour> behaviours;             // by account
  std::function<Behaviour(const TaskChildOrder&)> choose;  // instead of these
  std::function<asio::awaitable<void>()> pause;            // how long a broker takes
  std::map<std::string, Error> check_errors;               // by account
  std::function<void(const TransactionTask&)> before_place;
  std::function<void(const Placement&)> on_placed;
  std::vector<std::pair<std::string, std::string>> placed;  // account, symbol
  std::size_t most_at_once = 0;                             // runs of one account
  bool dead = false;                                        // its process is gone: nothing reaches the broker

 private:
  struct Leave {
    std::size_t& running;
    ~Leave() { --running; }
  };

  static Error timed_out() {
    Error error = make_error(ErrorCode::deadline_exceeded, "run_timed_out", "the broker did not answer");
    error.effect = Effect::maybe;
    return error;
  }
  void note(const TransactionTask& task, const TaskChildOrder& child, Behaviour behaviour) {
    if (dead) return;
    placed.emplace_back(task.account.account.str(), child.symbol.str());
    if (on_placed) {
      on_placed({.child_order = child.id,
                 .account = task.account.account.str(),
                 .symbol = child.symbol.str(),
                 .behaviour = behaviour});
    }
  }
  ChildOrderReport answer(const TaskChildOrder& child, const TransactionTask& task, Behaviour behaviour) const {
    ChildOrderReport report;
    report.child_order = child.id;
    report.complete = true;
    if (behaviour == Behaviour::nonsense) return report;
    ExecutionReport execution;
    execution.sub_account = "xxxx0001";
    execution.status = behaviour == Behaviour::reject ? ExecutionStatus::rejected : ExecutionStatus::filled;
    execution.quantity = task.quantity;
    execution.at = clock_.now();
    report.status = behaviour == Behaviour::reject ? ChildOrderStatus::rejected : ChildOrderStatus::filled;
    report.executions.push_back(std::move(execution));
    return report;
  }

  const Clock& clock_;
  std::map<AccountRef, std::size_t> running_;
};

}  // namespace tradeauto
