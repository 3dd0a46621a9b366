#include <filesystem>

#include <gtest/gtest.h>

#include "testing/paper_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

asio::awaitable<void> place_until_cancelled(Executor& executor, TransactionTask task, Credentials credentials,
                                            ExecutionSink& sink) {
  const auto placed = co_await executor.place(std::move(task), std::move(credentials), sink, Deadline::never());
  ADD_FAILURE() << "it ended: " << placed.ok();
}

class PaperRestartTest : public PaperExecutorBench {
 protected:
  PaperRestartTest() { start(); }

  // The process ends while the task runs; its first report of `id` has been made.
  void die_during(const TransactionTask& asked, const Fields& fields) {
    TaskGroup group(context_.get_executor());
    group.spawn(place_until_cancelled(*executor_, asked, credentials(fields), sink_));
    while (sink_.of(asked.child_orders.at(0).id).empty()) context_.run_one();
    group.cancel();
    run_async(context_, group.join());
    stop();
  }
  void lift_faults() { folder_.write("faults.json", R"({"family/mom":{"fault":"none"}})"); }
};

TEST_F(PaperRestartTest, AnOpenOrderIsFilledByTheNextProcess) {
  ASSERT_TRUE(place(task("c1"), {{"FILL_DELAY_MS", "100"}}).ok());
  EXPECT_EQ(last("c1").status, submitted);
  start();
  EXPECT_TRUE(reported("c1", filled));
  EXPECT_EQ(accepted("c1"), 1U);
}

TEST_F(PaperRestartTest, WhatHasBeenToldToItsEndIsNotToldAgain) {
  ASSERT_TRUE(place(task("c1"), {{"FILL_DELAY_MS", "0"}}).ok());
  start();
  ASSERT_TRUE(place(task("c2"), {{"FILL_DELAY_MS", "0"}}).ok());
  EXPECT_EQ(sink_.of(ChildOrderId("c1")).size(), 1U);
}

TEST_F(PaperRestartTest, HoldingsAndCashAreAsBefore) {
  const Fields fields = {{"FILL_DELAY_MS", "0"}, {"CASH", "600"}};
  ASSERT_TRUE(place(task("c1"), fields).ok());
  const auto look = [&] {
    return run_async(context_,
                     executor_->holdings(account("mom"), Brokerage::paper, credentials(fields), Deadline::never()))
        .value();
  };
  const HoldingsReport before = look();
  start();
  const HoldingsReport after = look();
  ASSERT_EQ(after.holdings.size(), 1U);
  EXPECT_EQ(after.holdings[0].quantity, before.holdings[0].quantity);
  EXPECT_EQ(after.cash, before.cash);
  ASSERT_TRUE(place(task("c2", Side::sell), fields).ok());
  EXPECT_EQ(last("c2").status, filled);
  ASSERT_TRUE(place(task("c3", Side::sell), fields).ok());
  EXPECT_EQ(last("c3").status, rejected);
}

TEST_F(PaperRestartTest, DoubtStaysWhileTheBrokerIsSilentAndIsSettledAfterwards) {
  const Fields hang = {{"FAULT", "hang"}};
  const Fields taken = {{"FAULT", "accept_then_hang"}, {"FILL_DELAY_MS", "0"}};
  ASSERT_TRUE(place_until(task("c1"), hang, [&] { return begun(); }).ok());
  ASSERT_TRUE(place_until(task("c2"), taken, [&] { return accepted("c2") == 1; }).ok());
  const std::size_t told = sink_.all().size();
  start();
  ASSERT_TRUE(recover(task("c2")).ok());
  EXPECT_EQ(sink_.all().size(), told) << "a silent broker has no news";

  lift_faults();
  start();
  EXPECT_TRUE(reported("c1", denied)) << "it was never decided, and nobody will";
  EXPECT_TRUE(reported("c2", filled));
  EXPECT_EQ(accepted("c1"), 0U);
  EXPECT_EQ(accepted("c2"), 1U);
}

TEST_F(PaperRestartTest, ARunThatWasCutOffIsToldByRecover) {
  const Fields fields = {{"SUB_ACCOUNTS", "2"}, {"FAULT", "hang"}, {"FAULT_SUB_ACCOUNT", "2"}, {"FILL_DELAY_MS", "0"}};
  die_during(task("c1"), fields);
  lift_faults();
  start();
  ASSERT_TRUE(recover(task("c1")).ok());
  EXPECT_TRUE(last("c1").complete);
  EXPECT_EQ(last("c1").status, mixed);
  EXPECT_EQ(statuses(last("c1")), (std::vector{ExecutionStatus::filled, ExecutionStatus::not_sent}));
  EXPECT_EQ(accepted("c1"), 1U);
}

TEST_F(PaperRestartTest, RecoverLeavesInDoubtWhatTheBrokerIsSilentAbout) {
  const Fields fields = {{"SUB_ACCOUNTS", "2"}, {"FAULT", "accept_then_hang"}, {"FAULT_SUB_ACCOUNT", "2"}};
  die_during(task("c1"), fields);
  start();
  ASSERT_TRUE(recover(task("c1")).ok());
  EXPECT_EQ(last("c1").status, in_doubt);
  EXPECT_EQ(last("c1").executions.at(1).status, ExecutionStatus::in_doubt);
  EXPECT_NE(last("c1").executions.at(0).status, ExecutionStatus::in_doubt);
  lift_faults();
  start();
  EXPECT_TRUE(reported("c1", filled));
}

TEST_F(PaperRestartTest, ATaskThatNeverBeganIsProvenNotSent) {
  ASSERT_TRUE(recover(task("c1")).ok());
  EXPECT_TRUE(last("c1").complete);
  EXPECT_EQ(last("c1").status, denied);
  EXPECT_EQ(last("c1").reason, "not_sent");
}

TEST_F(PaperRestartTest, WithoutItsOwnMemoryTheLedgerSpeaks) {
  ASSERT_TRUE(place(task("c1"), {{"SUB_ACCOUNTS", "2"}, {"FILL_DELAY_MS", "100"}}).ok());
  stop();
  std::filesystem::remove(folder_.path() / "runs.jsonl");
  start();
  ASSERT_TRUE(recover(task("c1")).ok());
  EXPECT_TRUE(reported("c1", filled));
  EXPECT_EQ(last("c1").executions.size(), 2U);
}

TEST_F(PaperRestartTest, ARunWhoseEndWasNotWrittenIsFollowedAllTheSame) {
  ASSERT_TRUE(place(task("c1"), {{"FILL_DELAY_MS", "100"}}).ok());
  stop();
  std::string runs = folder_.read("runs.jsonl");
  const std::size_t ended = runs.find("\"ended\":true");
  ASSERT_NE(ended, std::string::npos);
  runs.resize(runs.rfind('\n', ended) + 1);
  folder_.write("runs.jsonl", runs);
  start();
  EXPECT_TRUE(reported("c1", filled));
}

TEST_F(PaperRestartTest, ALedgerCutAtAnyByteOfItsLastLineOpensWithoutThatOrder) {
  ASSERT_TRUE(place(task("c1"), {}).ok());
  const std::size_t whole = folder_.read("placements.jsonl").size();
  ASSERT_TRUE(place(task("c2"), {}).ok());
  stop();
  const std::string both = folder_.read("placements.jsonl");
  for (std::size_t cut = whole; cut < both.size(); cut += 7) {
    folder_.write("placements.jsonl", both.substr(0, cut));
    std::filesystem::remove(folder_.path() / "runs.jsonl");
    start();
    ASSERT_TRUE(recover(task("c2")).ok());
    EXPECT_EQ(last("c2").status, denied) << "cut at " << cut;
    ASSERT_TRUE(place(task("c3"), {}).ok());
    EXPECT_EQ(accepted(), 2U) << "cut at " << cut;
    stop();
  }
}

// Runs in a process of its own, which ends in the middle.
void place_and_crash(const std::filesystem::path& folder, TransactionTask task, Credentials credentials) {
  asio::io_context context;
  auto guard = asio::make_work_guard(context);
  const SystemClock clock;
  CollectingSink sink;
  const auto executor =
      make_paper_executor({.dir = folder, .runs_dir = {}, .prices_file = {}, .allow_crash = true, .version = "1"},
                          clock, context.get_executor(), null_logger())
          .value();
  run_async(context, executor->attach(sink));
  const auto placed =
      run_async(context, executor->place(std::move(task), std::move(credentials), sink, Deadline::never()));
  std::abort();
}

TEST_F(PaperRestartTest, ACrashRightAfterTheAcceptanceIsSettledByTheNextProcess) {
  stop();
  EXPECT_EXIT(place_and_crash(folder_.path(), task("c1"), credentials({{"FAULT", "crash"}})),
              ::testing::ExitedWithCode(kPaperCrashExitCode), "");
  EXPECT_EQ(accepted("c1"), 1U);
  start();
  ASSERT_TRUE(recover(task("c1")).ok());
  EXPECT_TRUE(reported("c1", filled));
  EXPECT_EQ(accepted("c1"), 1U);
}

}  // namespace
}  // namespace tradeauto
