#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "domain/child_order.h"
#include "net/task_group.h"
#include "ports/executor.h"
#include "testing/collecting_sink.h"
#include "testing/end_test.h"
#include "testing/run_async.h"

// What every executor owes to the worker, as numbered cases that run on each of them.
// An executor's room includes this header in one test file and instantiates ExecutorContractTest with its bench.
namespace tradeauto {

// An account at a broker that behaves in one of these ways. Its own for each case: nothing was ever ordered in it.
struct ContractAccount {
  AccountRef ref;
  Credentials credentials;
  std::size_t sub_accounts = 1;
};

// An executor with the broker behind it, in a test's hand.
class ExecutorBench {
 public:
  enum class Broker : std::uint8_t {
    well,              // takes and answers
    refuses,           // answers every order with no
    silent,            // takes no order and answers none
    takes_and_silent,  // takes orders and never says so
  };

  virtual ~ExecutorBench() = default;

  // Lives until restart() or the bench's end.
  virtual Executor& executor() = 0;
  virtual Brokerage brokerage() const = 0;
  virtual std::optional<ContractAccount> account(std::string name, Broker broker) = 0;
  // Credentials that cannot be used, and the field that is at fault ("/credentials/…").
  virtual std::pair<Credentials, std::string> bad_credentials() = 0;
  // The truth, not asked of the executor: in how many sub-accounts the broker took an order for the symbol.
  virtual std::size_t placed(const ContractAccount& account, const Symbol& symbol) = 0;
  // A new process on the same state: the old executor has been stopped.
  virtual void restart() = 0;
  // How long a silent broker is waited for: by then it has been asked.
  virtual std::chrono::nanoseconds run_time() const = 0;
};

struct ExecutorContractParam {
  std::string name;
  std::function<std::unique_ptr<ExecutorBench>(asio::io_context&)> make;
};

class ExecutorContractTest : public ::testing::TestWithParam<ExecutorContractParam> {
 protected:
  using Broker = ExecutorBench::Broker;

  void SetUp() override {
    bench_ = GetParam().make(context_);
    run_async(context_, bench_->executor().attach(sink_));
  }
  void TearDown() override {
    if (bench_ && !stopped_) stop();
  }
  void stop() {
    run_async(context_, bench_->executor().stop());
    stopped_ = true;
  }

  TransactionTask task_for(const ContractAccount& account, std::vector<std::string> symbols = {"AAPL"}) {
    TransactionTask task;
    task.id = TaskId("task-" + account.ref.account.str() + std::to_string(++tasks_));
    task.account = account.ref;
    task.brokerage = bench_->brokerage();
    task.side = Side::buy;
    task.quantity = Quantity(Decimal::from_int(1));
    for (std::string& symbol : symbols) {
      const ChildOrderId id("child-" + account.ref.account.str() + "-" + symbol + std::to_string(tasks_));
      task.child_orders.push_back({.id = id, .symbol = Symbol(std::move(symbol))});
    }
    return task;
  }

  Result<void> place(const TransactionTask& task, const ContractAccount& account) {
    return place(task, account, kPatience);
  }
  Result<void> place(const TransactionTask& task, const ContractAccount& account, std::chrono::nanoseconds time) {
    return run_async(context_, bench_->executor().place(task, account.credentials, sink_, in(time)));
  }
  Deadline in(std::chrono::nanoseconds time) const { return Deadline::after(clock_, time); }

  // The last report of the task's first child order, which must be consistent in itself.
  ChildOrderReport answer(const TransactionTask& task, std::size_t index = 0) {
    const ChildOrderReport report = sink_.last(task.child_orders.at(index).id);
    EXPECT_TRUE(report.complete) << "no complete report";
    if (!report.executions.empty()) EXPECT_EQ(report.status, derive_status(report.executions).value());
    return report;
  }
  static bool is_taken(ChildOrderStatus status) {
    return status == ChildOrderStatus::submitted || status == ChildOrderStatus::filled;
  }

  // The status of the task for the worker: the last report's, or what the error stands for.
  ChildOrderStatus outcome(const TransactionTask& task, const Result<void>& placed) {
    const ChildOrderReport report = sink_.last(task.child_orders.at(0).id);
    if (report.complete) return report.status;
    EXPECT_FALSE(placed.ok()) << "ok without a complete report";
    const bool proof = !placed.ok() && placed.error().effect == Effect::none;
    return proof ? ChildOrderStatus::denied : ChildOrderStatus::in_doubt;
  }

  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
  SystemClock clock_;
  CollectingSink sink_;
  int tasks_ = 0;
  bool stopped_ = false;
  std::unique_ptr<ExecutorBench> bench_;
};

#define TRADEAUTO_CONTRACT_ACCOUNT(variable, name, broker)                        \
  const auto variable##_made = bench_->account(name, broker);                     \
  ASSERT_TRUE(variable##_made.has_value()) << "a bench has every kind of broker"; \
  const ContractAccount& variable = *variable##_made

TEST_P(ExecutorContractTest, C01EveryChildOrderHasACompleteReport) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c01", Broker::well);
  const TransactionTask task = task_for(account, {"AAPL", "MSFT", "F"});
  const auto placed = place(task, account);
  ASSERT_TRUE(placed.ok()) << placed.error().message;
  for (std::size_t i = 0; i < task.child_orders.size(); ++i) {
    const ChildOrderReport report = answer(task, i);
    EXPECT_TRUE(is_taken(report.status)) << to_string(report.status) << " " << report.detail;
    ASSERT_EQ(report.executions.size(), account.sub_accounts);
    for (const ExecutionReport& execution : report.executions) {
      EXPECT_FALSE(execution.sub_account.empty());
      EXPECT_FALSE(execution.evidence.empty());
      EXPECT_EQ(execution.quantity, task.quantity);
    }
    EXPECT_EQ(bench_->placed(account, task.child_orders[i].symbol), account.sub_accounts);
  }
}

TEST_P(ExecutorContractTest, C02FillsAreReportedWhereTheBrokerageReportsThem) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c02", Broker::well);
  const TransactionTask task = task_for(account);
  ASSERT_TRUE(place(task, account).ok());
  if (!info(bench_->brokerage()).reports_fills) {
    EXPECT_EQ(answer(task).status, ChildOrderStatus::submitted) << "a fill that was not seen is no fill";
    return;
  }
  const ChildOrderId id = task.child_orders[0].id;
  EXPECT_TRUE(run_async(context_, sink_.wait_for(id, ChildOrderStatus::filled, kPatience)));
  // Nothing that was said is taken back.
  ChildOrderStatus before = ChildOrderStatus::executing;
  for (const ChildOrderReport& report : sink_.of(id)) {
    EXPECT_GE(report.status, before);
    before = report.status;
  }
}

TEST_P(ExecutorContractTest, C03ADryRunSendsNothing) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c03", Broker::well);
  TransactionTask task = task_for(account, {"AAPL", "MSFT"});
  task.dry_run = true;
  ASSERT_TRUE(place(task, account).ok());
  EXPECT_EQ(answer(task, 0).status, ChildOrderStatus::dry_run);
  EXPECT_EQ(answer(task, 1).status, ChildOrderStatus::dry_run);
  EXPECT_EQ(bench_->placed(account, Symbol("AAPL")) + bench_->placed(account, Symbol("MSFT")), 0U);
}

TEST_P(ExecutorContractTest, C04ARefusalByTheBrokerIsRejectedNotDenied) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c04", Broker::refuses);
  const TransactionTask task = task_for(account);
  ASSERT_TRUE(place(task, account).ok());
  const ChildOrderReport report = answer(task);
  EXPECT_EQ(report.status, ChildOrderStatus::rejected);
  ASSERT_FALSE(report.executions.empty());
  EXPECT_FALSE(report.executions[0].message.empty()) << "the broker's words are missing";
  EXPECT_EQ(bench_->placed(account, Symbol("AAPL")), 0U);
}

TEST_P(ExecutorContractTest, C05TakenWithoutAnAnswerIsInDoubtAtTheDeadline) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c05", Broker::takes_and_silent);
  const TransactionTask task = task_for(account);
  const auto placed = place(task, account, bench_->run_time());
  EXPECT_EQ(outcome(task, placed), ChildOrderStatus::in_doubt);
  EXPECT_GE(bench_->placed(account, Symbol("AAPL")), 1U);
}

TEST_P(ExecutorContractTest, C06SilenceIsInDoubtEvenIfNothingWasTaken) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c06", Broker::silent);
  const TransactionTask task = task_for(account);
  const auto placed = place(task, account, bench_->run_time());
  EXPECT_EQ(outcome(task, placed), ChildOrderStatus::in_doubt);
  EXPECT_EQ(bench_->placed(account, Symbol("AAPL")), 0U);
}

TEST_P(ExecutorContractTest, C07CredentialsThatCannotBeUsedSendNothingAndProveIt) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c07", Broker::well);
  ContractAccount bad = account;
  bad.credentials = bench_->bad_credentials().first;
  const TransactionTask task = task_for(account);
  const auto placed = place(task, bad);
  EXPECT_EQ(outcome(task, placed), ChildOrderStatus::denied);
  EXPECT_EQ(bench_->placed(account, Symbol("AAPL")), 0U);
}

TEST_P(ExecutorContractTest, C08ADeadlineThatIsOverStartsNothing) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c08", Broker::well);
  const TransactionTask task = task_for(account);
  const Deadline over = Deadline::at(clock_.boot_now());
  const auto placed = run_async(context_, bench_->executor().place(task, account.credentials, sink_, over));
  EXPECT_EQ(outcome(task, placed), ChildOrderStatus::denied);
  EXPECT_EQ(bench_->placed(account, Symbol("AAPL")), 0U);
}

namespace executor_contract {

inline asio::awaitable<void> place_into(Executor& executor, TransactionTask task, ContractAccount account,
                                        ExecutionSink& sink, Deadline deadline, std::optional<Result<void>>& out) {
  out = co_await executor.place(std::move(task), std::move(account.credentials), sink, deadline);
}

}  // namespace executor_contract

TEST_P(ExecutorContractTest, C09OneAccountsSilenceDelaysNoOther) {
  TRADEAUTO_CONTRACT_ACCOUNT(silent, "c09-silent", Broker::silent);
  TRADEAUTO_CONTRACT_ACCOUNT(well, "c09-well", Broker::well);
  const TransactionTask hanging = task_for(silent);
  const TransactionTask going = task_for(well);
  std::optional<Result<void>> hung;
  std::optional<Result<void>> went;
  TaskGroup both(context_.get_executor());
  both.spawn(
      executor_contract::place_into(bench_->executor(), hanging, silent, sink_, in(2 * bench_->run_time()), hung));
  both.spawn(executor_contract::place_into(bench_->executor(), going, well, sink_, in(kPatience), went));
  while (!went) context_.run_one();
  // Where runs go one at a time, the other one's turn comes when the silent one's time is over.
  const bool overlap = bench_->executor().lane(bench_->brokerage()).width > 1;
  if (overlap) EXPECT_FALSE(hung.has_value()) << "the silent one cannot have ended";
  EXPECT_TRUE(is_taken(answer(going).status));
  run_async(context_, both.join());
  EXPECT_EQ(outcome(hanging, *hung), ChildOrderStatus::in_doubt);
}

TEST_P(ExecutorContractTest, C10HoldingsAreCompleteAndFollowTheOrders) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c10", Broker::well);
  const auto look = [&] {
    return run_async(context_,
                     bench_->executor().holdings(account.ref, bench_->brokerage(), account.credentials, in(kPatience)));
  };
  const auto before = look();
  ASSERT_TRUE(before.ok()) << before.error().message;
  EXPECT_TRUE(before->complete);
  EXPECT_EQ(before->sub_accounts.size(), account.sub_accounts);
  EXPECT_EQ(before->account, account.ref);
  const auto of_apple = [](const HoldingsReport& report) {
    Decimal sum;
    for (const Holding& holding : report.holdings) {
      if (holding.symbol == Symbol("AAPL")) sum = sum.add(holding.quantity.decimal()).value();
    }
    return sum;
  };
  const TransactionTask task = task_for(account);
  ASSERT_TRUE(place(task, account).ok());
  if (info(bench_->brokerage()).reports_fills) {
    const ChildOrderId id = task.child_orders[0].id;
    ASSERT_TRUE(run_async(context_, sink_.wait_for(id, ChildOrderStatus::filled, kPatience)));
    const auto after = look();
    ASSERT_TRUE(after.ok()) << after.error().message;
    const Decimal bought = Decimal::from_int(static_cast<std::int64_t>(account.sub_accounts));
    EXPECT_EQ(of_apple(*after), of_apple(*before).add(bought).value());
  }
}

TEST_P(ExecutorContractTest, C11HoldingsOfASilentBrokerAreNoHoldings) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c11", Broker::silent);
  const auto report = run_async(context_, bench_->executor().holdings(account.ref, bench_->brokerage(),
                                                                      account.credentials, in(bench_->run_time())));
  EXPECT_FALSE(report.ok() && report->complete);
}

TEST_P(ExecutorContractTest, C12CheckNamesTheFieldThatIsAtFault) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c12", Broker::well);
  AccountActivation activation{
      .account = account.ref, .brokerage = bench_->brokerage(), .credentials = account.credentials, .epoch = {}};
  const auto good = run_async(context_, bench_->executor().check(activation));
  EXPECT_TRUE(good.ok()) << good.error().message;
  const auto [credentials, field] = bench_->bad_credentials();
  activation.credentials = credentials;
  const auto bad = run_async(context_, bench_->executor().check(activation));
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ErrorCode::unprocessable);
  ASSERT_FALSE(bad.error().fields.empty());
  EXPECT_EQ(bad.error().fields[0].pointer, field);
}

TEST_P(ExecutorContractTest, C13WhereTheBrokerageDedupesASecondTimePlacesNothing) {
  if (info(bench_->brokerage()).guarantee != Guarantee::dedupes) return;  // the journal's wall is all there is
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c13", Broker::well);
  const TransactionTask task = task_for(account);
  ASSERT_TRUE(place(task, account).ok());
  const auto first = answer(task).executions;
  ASSERT_TRUE(place(task, account).ok());
  const auto second = answer(task).executions;
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].broker_order_id, second[i].broker_order_id);
  EXPECT_EQ(bench_->placed(account, Symbol("AAPL")), account.sub_accounts);
}

TEST_P(ExecutorContractTest, C14AfterStopNothingIsReported) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c14", Broker::well);
  const TransactionTask task = task_for(account);
  ASSERT_TRUE(place(task, account).ok());
  stop();
  const std::size_t reports = sink_.all().size();
  const BootTime until =
      clock_.boot_now() + std::min<std::chrono::nanoseconds>(bench_->run_time(), std::chrono::seconds(1));
  while (clock_.boot_now() < until) context_.run_one_for(std::chrono::milliseconds(10));
  EXPECT_EQ(sink_.all().size(), reports);
}

TEST_P(ExecutorContractTest, C15ARestartPlacesNothingAgainAndNeverContradictsTheBroker) {
  TRADEAUTO_CONTRACT_ACCOUNT(account, "c15", Broker::takes_and_silent);
  const TransactionTask task = task_for(account);
  const auto placed = place(task, account, bench_->run_time());
  ASSERT_EQ(outcome(task, placed), ChildOrderStatus::in_doubt);
  const std::size_t taken = bench_->placed(account, Symbol("AAPL"));
  stop();
  bench_->restart();
  stopped_ = false;
  run_async(context_, bench_->executor().attach(sink_));
  ASSERT_TRUE(run_async(context_, bench_->executor().recover(task, sink_)).ok());
  EXPECT_EQ(bench_->placed(account, Symbol("AAPL")), taken);
  const ChildOrderReport report = sink_.last(task.child_orders[0].id);
  EXPECT_NE(report.status, ChildOrderStatus::denied);
  EXPECT_NE(report.status, ChildOrderStatus::rejected);
}

TEST_P(ExecutorContractTest, C16SaysWhatItIs) {
  const ExecutorStatus status = bench_->executor().status();
  EXPECT_TRUE(status.available) << status.problem;
  EXPECT_FALSE(status.version.empty());
  EXPECT_TRUE(bench_->executor().runs(bench_->brokerage()));
  const Lane lane = bench_->executor().lane(bench_->brokerage());
  EXPECT_FALSE(lane.name.empty());
  EXPECT_GE(lane.width, 1U);
}

}  // namespace tradeauto
