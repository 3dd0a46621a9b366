#include "executors/paper/paper_executor.h"

#include <gtest/gtest.h>

#include "executors/paper/append_log.h"
#include "net/pool.h"
#include "testing/paper_bench.h"

namespace tradeauto {
namespace {

using std::chrono::milliseconds;
using enum ChildOrderStatus;

class PaperExecutorTest : public PaperExecutorBench {
 protected:
  PaperExecutorTest() { start(); }
};

TEST_F(PaperExecutorTest, IsSubmittedAtOnceAndFilledAfterTheDelay) {
  ASSERT_TRUE(place(task("c1"), {{"FILL_DELAY_MS", "30"}, {"SUB_ACCOUNTS", "2"}}).ok());
  ASSERT_TRUE(reported("c1", filled));
  const auto reports = sink_.of(ChildOrderId("c1"));
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].status, submitted);
  EXPECT_TRUE(reports[0].complete);
  ASSERT_EQ(reports[1].executions.size(), 2U);
  const ExecutionReport& second = reports[1].executions[1];
  EXPECT_EQ(second.sub_account, "xxxx0002");
  EXPECT_EQ(second.broker_order_id, "P2");
  EXPECT_TRUE(second.price->decimal().is_positive());
  EXPECT_NE(folder_.read("placements.jsonl").find(second.evidence + "\n"), std::string::npos);
  EXPECT_EQ(accepted("c1"), 2U);
}

TEST_F(PaperExecutorTest, WithoutADelayItIsFilledAtOnce) {
  ASSERT_TRUE(place(task("c1"), {{"FILL_DELAY_MS", "0"}}).ok());
  EXPECT_EQ(sink_.of(ChildOrderId("c1")).size(), 1U);
  EXPECT_EQ(last("c1").status, filled);
}

TEST_F(PaperExecutorTest, ADryRunSaysWhatTheBrokerWouldSay) {
  TransactionTask rehearsal = task("c1");
  rehearsal.dry_run = true;
  ASSERT_TRUE(place(rehearsal, {{"FAULT", "hang"}}).ok()) << "a dry run meets no fault";
  EXPECT_EQ(last("c1").executions.at(0).message, "it would be accepted");
  EXPECT_TRUE(last("c1").executions.at(0).price.has_value());
  ASSERT_TRUE(place(rehearsal, {{"CASH", "0.01"}}).ok());
  EXPECT_EQ(last("c1").executions.at(0).message, "it would be rejected: not enough cash");
  rehearsal.child_orders[0].symbol = Symbol("NOPE");
  ASSERT_TRUE(place(rehearsal, {}).ok());
  EXPECT_FALSE(last("c1").executions.at(0).price.has_value());
  EXPECT_EQ(folder_.read("placements.jsonl"), "");
}

TEST_F(PaperExecutorTest, HoldingsWithoutASilentSubAccountAreNotComplete) {
  const Fields fields = {{"SUB_ACCOUNTS", "2"}, {"CASH", "1000"}, {"FAULT", "hang"}, {"FAULT_SUB_ACCOUNT", "2"}};
  const auto report = run_async(context_, executor_->holdings(account("mom"), Brokerage::paper, credentials(fields),
                                                              Deadline::after(clock_, std::chrono::seconds(2))));
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->complete);
  ASSERT_EQ(report->cash.size(), 1U);
  EXPECT_EQ(report->cash[0], std::pair(std::string("xxxx0001"), Money(Decimal::from_int(1000))));
}

TEST_F(PaperExecutorTest, ALedgerThatStaysLockedPlacesNothingAndProvesIt) {
  AppendLog other = AppendLog::open(folder_.path() / "placements.jsonl").value();
  ASSERT_TRUE(other.try_lock().value());
  const auto placed = place(task("c1"), {}, milliseconds(50));
  ASSERT_FALSE(placed.ok());
  EXPECT_EQ(placed.error().reason, "paper_ledger_busy");
  EXPECT_EQ(placed.error().effect, Effect::none);
  EXPECT_FALSE(executor_->status().available);
  other.unlock();
  ASSERT_TRUE(place(task("c2"), {}).ok());
  EXPECT_EQ(decisions(Decision::accepted), 1U) << "the first order came after all";
  EXPECT_TRUE(executor_->status().available);
}

asio::awaitable<void> place_quietly(Executor& executor, TransactionTask task, Credentials credentials,
                                    ExecutionSink& sink, Deadline deadline) {
  const auto placed = co_await executor.place(std::move(task), std::move(credentials), sink, deadline);
  EXPECT_TRUE(placed.ok());
}

TEST_F(PaperExecutorTest, AnOrderWhoseCallerWasCancelledIsNotPlacedLater) {
  AppendLog other = AppendLog::open(folder_.path() / "placements.jsonl").value();
  ASSERT_TRUE(other.try_lock().value());
  TaskGroup group(context_.get_executor());
  group.spawn(place_quietly(*executor_, task("c1"), {}, sink_, Deadline::never()));
  while (!begun()) context_.run_one();
  context_.run_for(milliseconds(30));  // it is at the broker's door now
  group.cancel();
  run_async(context_, group.join());
  other.unlock();
  ASSERT_TRUE(place(task("c2"), {}).ok());
  EXPECT_EQ(accepted("c1"), 0U);
  EXPECT_EQ(accepted("c2"), 1U);
}

TEST_F(PaperExecutorTest, ManyAccountsAtOnceArePlacedOnceEach) {
  constexpr int kAccounts = 40;
  TaskGroup group(context_.get_executor());
  for (int i = 0; i < kAccounts; ++i) {
    TransactionTask each = task("c" + std::to_string(i));
    each.account = account("a" + std::to_string(i));
    group.spawn(place_quietly(*executor_, each, credentials({{"SUB_ACCOUNTS", "2"}, {"FILL_DELAY_MS", "20"}}), sink_,
                              Deadline::never()));
  }
  run_async(context_, group.join());
  for (int i = 0; i < kAccounts; ++i) EXPECT_TRUE(reported("c" + std::to_string(i), filled));
  EXPECT_EQ(accepted(), 2U * kAccounts);
  EXPECT_EQ(decisions(Decision::duplicate), 0U);
}

TEST_F(PaperExecutorTest, MayRunOnManyThreads) {
  stop();
  BlockingPool io("io", 3);
  executor_ = make_paper_executor({.dir = folder_.path(), .runs_dir = {}, .prices_file = {}, .version = "1"}, clock_,
                                  io.executor(), null_logger())
                  .value();
  TaskGroup group(io.executor());
  for (int i = 0; i < 20; ++i) {
    TransactionTask each = task("c" + std::to_string(i));
    each.account = account("a" + std::to_string(i));
    const Fields fields = {{"FILL_DELAY_MS", std::to_string(i)}, {"SUB_ACCOUNTS", "2"}};
    group.spawn(place_quietly(*executor_, each, credentials(fields), sink_, Deadline::never()));
  }
  run_async(context_, group.join());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(reported("c" + std::to_string(i), filled));
  EXPECT_EQ(accepted(), 40U);
  stop();
}

TEST_F(PaperExecutorTest, TwoWorkersThatShareTheBrokerPlaceAChildOrderOnce) {
  const TempFolder own;
  const auto other =
      make_paper_executor({.dir = folder_.path(), .runs_dir = own.path(), .prices_file = {}, .version = "1"}, clock_,
                          context_.get_executor(), null_logger())
          .value();
  CollectingSink other_sink;
  run_async(context_, other->attach(other_sink));
  ASSERT_TRUE(place(task("c1"), {}).ok());
  run_async(context_, place_quietly(*other, task("c1"), {}, other_sink, Deadline::never()));
  EXPECT_EQ(accepted("c1"), 1U);
  EXPECT_EQ(decisions(Decision::duplicate, "c1"), 1U);
  EXPECT_EQ(other_sink.last(ChildOrderId("c1")).executions.at(0).broker_order_id, "P1");
  run_async(context_, other->stop());
}

TEST_F(PaperExecutorTest, ASecondProcessOnTheSameRunsIsRefusedAtItsStart) {
  const auto second = make_paper_executor({.dir = folder_.path(), .runs_dir = {}, .prices_file = {}, .version = "1"},
                                          clock_, context_.get_executor(), null_logger());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "paper_runs_locked");
}

TEST_F(PaperExecutorTest, APricesFileThatCannotBeReadIsRefusedAtTheStart) {
  const TempFolder own;
  const auto made =
      make_paper_executor({.dir = own.path(), .runs_dir = {}, .prices_file = own.path() / "none.json", .version = "1"},
                          clock_, context_.get_executor(), null_logger());
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message.find("none.json"), std::string::npos);
}

TEST_F(PaperExecutorTest, AFolderThatCannotBeMadeIsNamed) {
  folder_.write("file", "");
  const auto made =
      make_paper_executor({.dir = folder_.path() / "file" / "paper", .runs_dir = {}, .prices_file = {}, .version = "1"},
                          clock_, context_.get_executor(), null_logger());
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message.find("PAPER_DIR"), std::string::npos);
}

}  // namespace
}  // namespace tradeauto
