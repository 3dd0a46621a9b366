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
  enum class Behaviour : std::uint8_t { fill, reject, hang, accept_then_hang, refuse_login };

  explicit FakeExecutor(const Clock& clock) : clock_(clock) {}

  ExecutorStatus status() const override { return {.available = true, .version = "1", .problem = {}}; }
  bool runs(Brokerage brokerage) const override { return brokerage == Brokerage::paper; }
  Lane lane(Brokerage /*brokerage*/) const override { return {.name = "fake", .width = 8}; }
  asio::awaitable<Result<void>> check(AccountActivation /*activation*/) override { co_return Result<void>{}; }

  asio::awaitable<Result<void>> place(TransactionTask task, Credentials /*credentials*/, ExecutionSink& sink,
                                      Deadline deadline) override {
    if (before_place) before_place(task);
    for (const TaskChildOrder& child : task.child_orders) {
      const Behaviour behaviour = behaviours[task.account.account.str()];
      if (behaviour == Behaviour::refuse_login) {
        co_return make_error(ErrorCode::unauthenticated, "login_failed", "the broker refused the log-in");
      }
      if (behaviour != Behaviour::hang) placed.emplace_back(task.account.account.str(), child.symbol.str());
      if (behaviour == Behaviour::hang || behaviour == Behaviour::accept_then_hang) {
        co_await sleep_until(clock_, deadline);
        Error error = make_error(ErrorCode::deadline_exceeded, "run_timed_out", "the broker did not answer");
        error.effect = Effect::maybe;
        co_return error;
      }
      co_await sink.report(answer(child, task, behaviour));
    }
    co_return Result<void>{};
  }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Brokerage /*brokerage*/,
                                                   Credentials /*credentials*/, Deadline /*deadline*/) override {
    HoldingsReport report;
    report.account = std::move(account);
    report.complete = true;
    co_return report;
  }

  std::map<std::string, Behaviour> behaviours;  // by account
  std::function<void(const TransactionTask&)> before_place;
  std::vector<std::pair<std::string, std::string>> placed;  // account, symbol

 private:
  ChildOrderReport answer(const TaskChildOrder& child, const TransactionTask& task, Behaviour behaviour) const {
    ExecutionReport execution;
    execution.sub_account = "xxxx0001";
    execution.status = behaviour == Behaviour::reject ? ExecutionStatus::rejected : ExecutionStatus::filled;
    execution.quantity = task.quantity;
    execution.at = clock_.now();
    ChildOrderReport report;
    report.child_order = child.id;
    report.complete = true;
    report.status = behaviour == Behaviour::reject ? ChildOrderStatus::rejected : ChildOrderStatus::filled;
    report.executions.push_back(std::move(execution));
    return report;
  }

  const Clock& clock_;
};

}  // namespace tradeauto
