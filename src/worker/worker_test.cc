#include "worker/worker.h"

#include <gtest/gtest.h>

#include "testing/worker_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;
using State = TaskStanding::State;

class WorkerTest : public WorkerBench {};

TEST_F(WorkerTest, ClosesTheOldSessionInItsJournalBeforeEachHello) {
  ASSERT_EQ(main.hellos.size(), 1U);
  EXPECT_EQ(main.hellos[0].journal.last_sequence, 1U);
  reconnect();
  ASSERT_EQ(main.hellos.size(), 2U);
  EXPECT_GT(main.hellos[1].journal.last_sequence, main.hellos[0].journal.last_sequence);
  EXPECT_EQ(main.hellos[0].executors.size(), 1U);
  EXPECT_EQ(main.hellos[0].executors[0].brokerages, std::vector<Brokerage>{Brokerage::paper});
}

TEST_F(WorkerTest, DialsForEverWhenMainIsAway) {
  main.reachable = false;
  main.link().close("cut");
  time.pass(std::chrono::minutes(1));
  EXPECT_GT(main.hellos.size(), 10U);
  EXPECT_LT(main.hellos.size(), 40U) << "it backs off";
  main.reachable = true;
  time.pass(std::chrono::seconds(6));
  EXPECT_EQ(main.links.size(), 2U);
}

TEST_F(WorkerTest, BacksOffFromAMainThatClosesEachSession) {
  for (int i = 0; i < 8; ++i) {
    const std::size_t before = main.links.size();
    main.link().close("no");
    ASSERT_TRUE(time.until([&] { return main.links.size() > before; }));
  }
  const BootTime before = clock.boot_now();
  main.link().close("no");
  ASSERT_TRUE(time.until([&] { return main.links.size() == 10; }));
  EXPECT_GT(clock.boot_now() - before, std::chrono::seconds(1));
}

TEST_F(WorkerTest, ASessionThatLastedIsNoFailedTryThoughItSawNoHeartbeat) {
  main.lease = std::chrono::hours(24);
  for (int i = 0; i < 8; ++i) {
    const std::size_t before = main.links.size();
    main.link().close("no");
    ASSERT_TRUE(time.until([&] { return main.links.size() > before; }));
  }
  time.pass(std::chrono::minutes(1));
  EXPECT_EQ(main.link().heartbeats, 0);
  const BootTime before = clock.boot_now();
  main.link().close("no");
  ASSERT_TRUE(time.until([&] { return main.links.size() == 10; }));
  EXPECT_LT(clock.boot_now() - before, std::chrono::milliseconds(200));
}

TEST_F(WorkerTest, HoldsItsLease) {
  time.pass(std::chrono::minutes(10));
  EXPECT_EQ(main.links.size(), 1U);
  EXPECT_GE(main.link().heartbeats, 120);
}

TEST_F(WorkerTest, ALeaseThatWasOverForAMomentEndsTheSession) {
  clock.advance(std::chrono::minutes(5));  // the machine slept
  time.pass(std::chrono::seconds(1));
  EXPECT_EQ(main.links[0]->closed, "heartbeat_unanswered");
  EXPECT_EQ(main.links.size(), 2U);
}

TEST_F(WorkerTest, ReportsComeAgainUntilTheyAreConfirmed) {
  serve();
  offer(task("t"));
  ASSERT_EQ(main.link().reports.size(), 1U);
  reconnect();
  ASSERT_EQ(main.link().reports.size(), 1U);
  ASSERT_EQ(main.hellos.back().standings.size(), 1U);
  EXPECT_EQ(main.hellos.back().standings[0].state, State::finished);
  confirm(main.link().reports[0]);
  reconnect();
  EXPECT_TRUE(main.link().reports.empty());
  EXPECT_TRUE(main.hellos.back().standings.empty());
}

TEST_F(WorkerTest, ARunGoesOnWithoutASessionAndTheHelloSaysSo) {
  serve();
  executor->behaviours = {{"mom", Behaviour::accept_then_hang}};
  offer(task("t"));
  reconnect();
  ASSERT_EQ(main.hellos.back().standings.size(), 1U);
  EXPECT_EQ(main.hellos.back().standings[0].state, State::running);
  EXPECT_EQ(main.hellos.back().standings[0].child_orders, std::vector<ChildOrderId>{ChildOrderId("t-AAPL")});
  time.pass(std::chrono::seconds(61));
  ASSERT_EQ(main.link().reports.size(), 1U);
  EXPECT_EQ(main.link().reports[0].report.status, in_doubt);
}

TEST_F(WorkerTest, AStartThatIsBeingWrittenWhenTheSessionEndsIsAnsweredForByThisProcess) {
  serve();
  Signal disk;
  journal.sync = [&]() -> asio::awaitable<void> { co_await disk.wait(0, clock, Deadline::never()); };
  offer(task("t"));
  main.link().close("cut");
  time.settle();
  journal.sync = nullptr;
  time.pass(std::chrono::seconds(1));
  ASSERT_EQ(main.hellos.size(), 2U);
  ASSERT_EQ(main.hellos[1].standings.size(), 1U);
  EXPECT_EQ(main.hellos[1].standings[0].state, State::running);
  disk.notify();
  time.settle();
  EXPECT_TRUE(executor->placed.empty()) << "the permit was the old session's";
  ASSERT_EQ(main.link().reports.size(), 1U);
  EXPECT_EQ(main.link().reports[0].report.status, denied);
}

TEST_F(WorkerTest, WhatAKilledProcessLeftIsInDoubtBeforeItsNextHello) {
  serve();
  executor->behaviours = {{"mom", Behaviour::accept_then_hang}};
  offer(task("t"));
  kill();
  start();
  ASSERT_EQ(main.link().reports.size(), 1U);
  EXPECT_EQ(main.link().reports[0].report.status, in_doubt);
  EXPECT_EQ(main.link().reports[0].report.reason, "worker_died");
  ASSERT_EQ(main.hellos.back().standings.size(), 1U);
  EXPECT_EQ(main.hellos.back().standings[0].state, State::finished);
}

TEST_F(WorkerTest, AStartThatDidNotReachTheDiskWasNone) {
  serve();
  journal.sync = [&]() -> asio::awaitable<void> { co_await sleep_for(clock, std::chrono::hours(1)); };
  offer(task("t"));
  journal.sync = nullptr;
  kill();
  start();
  EXPECT_TRUE(main.link().reports.empty());
  EXPECT_TRUE(main.hellos.back().standings.empty());
  EXPECT_TRUE(executor->placed.empty());
}

TEST_F(WorkerTest, CredentialsEndWithTheSession) {
  serve();
  main.hold_permits = true;
  reconnect();
  TransactionTask late = task("t");
  offer(late);
  ASSERT_EQ(main.link().refused.size(), 1U);
  EXPECT_EQ(main.link().refused[0].second.reason, "account_not_active");
}

TEST_F(WorkerTest, AReleasedGroupIsForgotten) {
  serve();
  time.run(main.sink().released(GroupName("family")));
  offer(task("t"));
  EXPECT_EQ(main.link().refused.size(), 1U);
}

TEST_F(WorkerTest, AnAssignmentThatIsNotNewerIsRefused) {
  serve();
  const Epoch newest = epoch;
  epoch = {.incarnation = 1, .counter = 0};
  time.run(main.sink().assigned(GroupName("family"), epoch));
  const auto stale = activate("mom");
  ASSERT_FALSE(stale.ok());
  EXPECT_EQ(stale.error().reason, "stale_epoch");
  epoch = newest;
}

TEST_F(WorkerTest, DrainsBeforeItSaysGoodbye) {
  serve({"mom", "dad"});
  executor->behaviours = {{"mom", Behaviour::accept_then_hang}};
  offer(task("t1"));
  offer(task("t2"));
  const auto link = main.links.back();
  stop(std::chrono::minutes(5));
  EXPECT_EQ(link->closed, "goodbye");
  EXPECT_EQ(link->asked.size(), 1U) << "what waited is dropped: main offers it to another worker";
  EXPECT_EQ(link->given_up, std::vector{TaskId("t2")});
  ASSERT_EQ(link->reports.size(), 1U);
}

TEST_F(WorkerTest, ADrainThatTakesTooLongIsNoGoodbye) {
  serve();
  executor->behaviours = {{"mom", Behaviour::accept_then_hang}};
  offer(task("t"));
  const auto link = main.links.back();
  stop(std::chrono::seconds(5));
  EXPECT_EQ(link->closed, "stopping") << "what it started may still be anything";
}

TEST_F(WorkerTest, AQueryForHoldingsWaitsForTheRunAndNotBeyondItsDeadline) {
  serve();
  const auto idle = time.run(main.sink().holdings(ref("mom"), Deadline::after(clock, std::chrono::seconds(5)), {}));
  EXPECT_TRUE(idle.ok());
  executor->behaviours = {{"mom", Behaviour::hang}};
  offer(task("t"));
  const auto busy = time.run(main.sink().holdings(ref("mom"), Deadline::after(clock, std::chrono::seconds(5)), {}));
  ASSERT_FALSE(busy.ok());
  EXPECT_EQ(busy.error().code, ErrorCode::deadline_exceeded);
  const auto unknown =
      time.run(main.sink().holdings(ref("nobody"), Deadline::after(clock, std::chrono::seconds(5)), {}));
  EXPECT_EQ(unknown.error().reason, "account_not_active");
}

TEST_F(WorkerTest, AnOrderDoesNotWaitBehindQueriesThatWait) {
  executor->lane_width = 1;
  executor->behaviours = {{"mom", Behaviour::hang}, {"dad", Behaviour::hang}};
  serve({"mom", "dad", "aunt"});
  TaskGroup questions(io.get_executor());
  const auto ask = [](TaskSink& sink, AccountRef of, Deadline deadline) -> asio::awaitable<void> {
    static_cast<void>((co_await sink.holdings(std::move(of), deadline, std::chrono::seconds(5))).ok());
  };
  for (const std::string account : {"mom", "dad"}) {
    questions.spawn(ask(main.sink(), ref(account), Deadline::after(clock, std::chrono::minutes(10))));
  }
  time.settle();
  offer(task("t", "aunt"));
  time.pass(std::chrono::seconds(6));
  EXPECT_EQ(executor->placed.size(), 1U) << "one question ran already, the other one waits";
  time.run(questions.join());
}

TEST_F(WorkerTest, AQueryThatHangsLeavesTimeToThoseBehindIt) {
  executor->lane_width = 1;
  executor->behaviours = {{"mom", Behaviour::hang}};
  serve({"mom", "dad"});
  std::optional<Result<HoldingsReport>> mom;
  std::optional<Result<HoldingsReport>> dad;
  TaskGroup questions(io.get_executor());
  const auto ask = [](TaskSink& sink, AccountRef of, Deadline deadline, auto& out) -> asio::awaitable<void> {
    out = co_await sink.holdings(std::move(of), deadline, std::chrono::seconds(5));
  };
  const Deadline deadline = Deadline::after(clock, std::chrono::minutes(10));
  questions.spawn(ask(main.sink(), ref("mom"), deadline, mom));
  time.settle();
  questions.spawn(ask(main.sink(), ref("dad"), deadline, dad));
  time.pass(std::chrono::seconds(6));
  ASSERT_TRUE(mom && dad);
  EXPECT_EQ(mom->error().reason, "no_answer");
  EXPECT_TRUE(dad->ok());
  time.run(questions.join());
}

}  // namespace
}  // namespace tradeauto
