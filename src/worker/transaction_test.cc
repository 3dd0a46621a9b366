// One path to a start, and what each obstacle on it says (design.md, "The start permit").
#include "worker/transaction.h"

#include <gtest/gtest.h>

#include "testing/worker_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class TransactionTest : public WorkerBench {
 protected:
  void expect_one_report(ChildOrderStatus status, const std::string& reason) {
    ASSERT_EQ(main.link().reports.size(), 1U);
    const ChildOrderReport& report = main.link().reports[0].report;
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(report.status, status);
    EXPECT_EQ(report.reason, reason);
  }
};

TEST_F(TransactionTest, AsksThenWritesThenStarts) {
  serve();
  std::vector<std::string> steps;
  main.on_permit = [&](const TaskId&) {
    steps.emplace_back(journal.was_started(ChildOrderId("t-AAPL")) ? "asked too late" : "asked");
  };
  executor->before_place = [&](const TransactionTask& task) {
    steps.emplace_back(journal.was_started(task.child_orders[0].id) ? "written before the start" : "not written");
  };
  offer(task("t"));
  EXPECT_EQ(steps, (std::vector<std::string>{"asked", "written before the start"}));
  ASSERT_EQ(main.link().reports.size(), 1U);
  EXPECT_EQ(main.link().reports[0].report.status, filled);
  EXPECT_EQ(main.link().reports[0].task, TaskId("t"));
}

TEST_F(TransactionTest, StartsOnlyAfterTheDiskHasIt) {
  serve();
  Signal disk;
  journal.sync = [&]() -> asio::awaitable<void> { co_await disk.wait(0, clock, Deadline::never()); };
  offer(task("t"));
  EXPECT_TRUE(journal.was_started(ChildOrderId("t-AAPL")));
  EXPECT_TRUE(executor->placed.empty());
  disk.notify();
  time.settle();
  EXPECT_EQ(executor->placed.size(), 1U);
}

TEST_F(TransactionTest, RunsOnlyWhatThePermitNames) {
  serve();
  TransactionTask both = task("t", "mom", {"AAPL", "MSFT"});
  main.grants[both.id] = {both.child_orders[1].id};
  offer(both, false);
  ASSERT_EQ(executor->placed.size(), 1U);
  EXPECT_EQ(executor->placed[0].second, "MSFT");
}

TEST_F(TransactionTest, WithoutAPermitNothingStarts) {
  serve();
  offer(task("t"), false);
  EXPECT_EQ(main.link().asked.size(), 1U);
  EXPECT_TRUE(executor->placed.empty());
  EXPECT_FALSE(journal.was_started(ChildOrderId("t-AAPL")));
  EXPECT_TRUE(main.link().reports.empty());
}

TEST_F(TransactionTest, ALeaseThatEndsBetweenPermitAndStartStartsNothing) {
  serve();
  main.hold_permits = true;
  offer(task("t"));
  main.answers_heartbeats = false;
  time.pass(std::chrono::seconds(20));
  main.permits.notify();
  time.settle();
  EXPECT_TRUE(executor->placed.empty());
  EXPECT_FALSE(journal.was_started(ChildOrderId("t-AAPL"))) << "the next hello proves it";
  ASSERT_GE(main.hellos.size(), 2U);
  EXPECT_TRUE(main.hellos.back().standings.empty());
}

TEST_F(TransactionTest, ALeaseThatEndsWhileTheDiskWritesStartsNothing) {
  serve();
  journal.sync = [&]() -> asio::awaitable<void> { co_await sleep_for(clock, std::chrono::seconds(16)); };
  main.answers_heartbeats = false;
  offer(task("t"));
  time.pass(std::chrono::seconds(60));
  EXPECT_TRUE(executor->placed.empty());
  journal.sync = nullptr;
  main.answers_heartbeats = true;
  time.pass(std::chrono::seconds(60));
  ASSERT_FALSE(journal.unconfirmed().empty());
  EXPECT_EQ(journal.unconfirmed()[0].report.status, denied);
  EXPECT_EQ(journal.unconfirmed()[0].report.reason, "permit_lapsed");
}

TEST_F(TransactionTest, AnUnansweredPermitEndsTheSessionSoThatTheNextHelloTells) {
  serve();
  main.hold_permits = true;
  offer(task("t"));
  time.pass(std::chrono::seconds(16));  // heartbeats go on, the answer does not come
  EXPECT_EQ(main.links[0]->closed, "permit_unanswered");
  EXPECT_GE(main.links.size(), 2U);
  EXPECT_TRUE(executor->placed.empty());
  EXPECT_TRUE(main.hellos.back().standings.empty());
}

TEST_F(TransactionTest, AJournalThatRefusesTheStartProvesThatNothingWasSent) {
  serve();
  TransactionTask old = task("t");
  time.run(main.sink().assigned(GroupName("family"), {.incarnation = 1, .counter = 9}));
  old.epoch.counter = 9;
  epoch.counter = 9;
  ASSERT_TRUE(activate("mom").ok());
  journal.refuse_starts = true;
  offer(old);
  EXPECT_TRUE(executor->placed.empty());
  expect_one_report(denied, "journal_refused");
}

TEST_F(TransactionTest, ABrokenDiskStartsNothingAndEndsTheWorker) {
  serve();
  bool failed = false;
  TaskGroup watchers(io.get_executor());
  watchers.spawn([](Worker& of, bool& flag) -> asio::awaitable<void> {
    co_await of.failed();
    flag = true;
  }(*worker, failed));
  journal.broken_disk = true;
  offer(task("t"));
  EXPECT_TRUE(executor->placed.empty());
  EXPECT_TRUE(main.link().reports.empty()) << "what is not on disk is not said";
  EXPECT_TRUE(failed);
  time.run(watchers.join());
}

TEST_F(TransactionTest, AnErrorWithoutEffectIsDenied) {
  serve();
  executor->behaviours = {{"mom", Behaviour::refuse_login}};
  offer(task("t"));
  expect_one_report(denied, "login_failed");
}

TEST_F(TransactionTest, AnErrorThatMayHaveActedIsDoubt) {
  serve();
  executor->behaviours = {{"mom", Behaviour::accept_then_hang}};
  offer(task("t"));
  EXPECT_TRUE(main.link().reports.empty());
  time.pass(std::chrono::seconds(61));
  expect_one_report(in_doubt, "run_timed_out");
}

TEST_F(TransactionTest, AProbeIsToldHowEachRunEndedAndWhatNeverRanIsNone) {
  serve({"mom", "dad", "kid"});
  executor->behaviours = {{"dad", Behaviour::refuse_login}, {"kid", Behaviour::accept_then_hang}};
  offer(task("a", "mom"));
  offer(task("b", "dad"));
  offer(task("c", "kid"));
  offer(task("d", "mom"), false);
  time.pass(std::chrono::seconds(61));
  EXPECT_EQ(probe.runs, (std::vector<ProbeNotes::Run>{
                            {.executor = "fake", .end = RunEnd::answered, .took = {}},
                            {.executor = "fake", .end = RunEnd::denied, .took = {}},
                            {.executor = "fake", .end = RunEnd::in_doubt, .took = std::chrono::seconds(60)}}));
  EXPECT_EQ(probe.starts, 3);
}

TEST_F(TransactionTest, SilenceIsDoubt) {
  serve();
  executor->behaviours = {{"mom", Behaviour::accept_then_mute}};
  offer(task("t"));
  expect_one_report(in_doubt, "no_report");
}

TEST_F(TransactionTest, AReportWithoutAnOutcomeIsDoubt) {
  serve();
  executor->behaviours = {{"mom", Behaviour::nonsense}};
  offer(task("t"));
  expect_one_report(in_doubt, "inconsistent_report");
}

TEST_F(TransactionTest, AWithdrawnOfferAsksForNothing) {
  serve();
  executor->behaviours = {{"mom", Behaviour::hang}};
  offer(task("t1"));
  offer(task("t2"));
  main.sink().withdrawn(TaskId("t2"));
  time.pass(std::chrono::seconds(61));
  EXPECT_EQ(main.link().asked, std::vector<TaskId>{TaskId("t1")});
  EXPECT_EQ(main.link().given_up, std::vector<TaskId>{TaskId("t2")});
}

TEST_F(TransactionTest, AnOfferWhoseTimeIsOverAsksForNothing) {
  serve();
  executor->behaviours = {{"mom", Behaviour::hang}};
  offer(task("t1"));
  TransactionTask late = task("t2");
  late.start_within = std::chrono::seconds(5);
  offer(late);
  time.pass(std::chrono::seconds(61));
  EXPECT_EQ(main.link().asked, std::vector<TaskId>{TaskId("t1")});
  EXPECT_EQ(main.link().given_up, std::vector<TaskId>{TaskId("t2")});
}

TEST_F(TransactionTest, OneAccountNeverRunsTwoTasksAtOnceAndOthersDoNotWait) {
  serve({"mom", "dad"});
  executor->behaviours = {{"mom", Behaviour::accept_then_hang}};
  offer(task("t1"));
  offer(task("t2"));
  offer(task("t3", "dad"));
  EXPECT_EQ(executor->placed.size(), 2U) << "mom's first and dad's";
  EXPECT_EQ(main.link().asked.size(), 2U) << "the permit is asked for when the account is free";
  time.pass(std::chrono::seconds(61));
  EXPECT_EQ(executor->placed.size(), 3U);
  EXPECT_EQ(executor->most_at_once, 1U);
}

TEST_F(TransactionTest, AnOfferOfTheSameTaskWhileItWaitsRunsOnce) {
  serve();
  main.hold_permits = true;
  offer(task("t"));
  offer(task("t"), false);
  main.hold_permits = false;
  main.permits.notify();
  time.settle();
  EXPECT_EQ(executor->placed.size(), 1U);
}

TEST_F(TransactionTest, ATaskThatIsOfferedAgainByTheNextSessionWhileItWaitsIsNotLost) {
  serve();
  executor->behaviours = {{"mom", Behaviour::hang}};
  offer(task("t1"));
  const TransactionTask waiting = task("t2");
  offer(waiting);
  reconnect();
  serve();
  executor->behaviours.clear();
  TransactionTask again = waiting;
  again.epoch = epoch;
  offer(again);
  EXPECT_TRUE(executor->placed.empty()) << "the account is busy";
  time.pass(std::chrono::seconds(61));
  ASSERT_EQ(executor->placed.size(), 1U);
}

TEST_F(TransactionTest, WhatTheOldSessionOfferedIsVoid) {
  serve();
  executor->behaviours = {{"mom", Behaviour::hang}};
  offer(task("t1"));
  offer(task("t2"));
  reconnect();
  serve();
  time.pass(std::chrono::seconds(61));
  EXPECT_TRUE(main.link().asked.empty());
}

TEST_F(TransactionTest, WhatItStartedBeforeIsAnsweredFromTheRecordAndNeverRunAgain) {
  serve();
  offer(task("t"));
  ASSERT_EQ(main.link().reports.size(), 1U);
  offer(task("t"), false);
  ASSERT_EQ(main.link().reports.size(), 2U);
  EXPECT_EQ(main.link().reports[1].report.status, filled) << "the record, not a doubt";
  EXPECT_EQ(main.link().reports[1].sequence, main.link().reports[0].sequence);
  EXPECT_EQ(executor->placed.size(), 1U);

  confirm(main.link().reports[0]);
  offer(task("t"), false);
  ASSERT_EQ(main.link().reports.size(), 3U);
  EXPECT_EQ(main.link().reports[2].report.status, in_doubt) << "the ledger forgot, the record is gone, the id is not";
  EXPECT_EQ(executor->placed.size(), 1U);
}

TEST_F(TransactionTest, AnOfferThatIsOnlyLateIsNoDoubt) {
  serve();
  offer(task("t"));
  confirm(main.link().reports.at(0));
  main.grants.clear();  // main knows that it is done, and permits nothing
  offer(task("t"), false);
  EXPECT_EQ(main.link().asked.size(), 2U);
  EXPECT_EQ(main.link().reports.size(), 1U);
  EXPECT_EQ(executor->placed.size(), 1U);
}

TEST_F(TransactionTest, OfATaskThatWasStartedInPartOnlyTheRestRuns) {
  serve();
  offer(task("t"));
  confirm(main.link().reports[0]);
  TransactionTask both = task("u", "mom", {"AAPL", "MSFT"});
  both.child_orders[0].id = ChildOrderId("t-AAPL");
  offer(both);
  ASSERT_EQ(executor->placed.size(), 2U);
  EXPECT_EQ(executor->placed[1].second, "MSFT");
}

TEST_F(TransactionTest, WhatItCannotRunIsRefusedWithTheReason) {
  serve();
  const auto refused = [&](const TransactionTask& task, const std::string& reason) {
    main.link().refused.clear();
    offer(task);
    ASSERT_EQ(main.link().refused.size(), 1U);
    EXPECT_EQ(main.link().refused[0].second.reason, reason);
    EXPECT_TRUE(main.link().asked.empty());
  };
  refused(task("t1", "nobody"), "account_not_active");
  EXPECT_FALSE(activate("broker", "family", Brokerage::tradier).ok());
  TransactionTask foreign = task("t2", "broker");
  foreign.brokerage = Brokerage::tradier;
  refused(foreign, "executor_unavailable");
  executor->check_errors.emplace("kid", make_error(ErrorCode::unavailable, "python_missing", "no Python"));
  EXPECT_FALSE(activate("kid").ok());
  refused(task("t3", "kid"), "python_missing");
  TransactionTask stale = task("t4");
  stale.epoch.counter = 0;
  refused(stale, "account_not_active");
}

TEST_F(TransactionTest, AnAccountThatIsDeactivatedBeforeTheStartIsDenied) {
  serve();
  main.hold_permits = true;
  offer(task("t"));
  time.run(main.sink().deactivate(ref("mom"), epoch));
  main.permits.notify();
  time.settle();
  expect_one_report(denied, "account_not_active");
  EXPECT_TRUE(executor->placed.empty());
}

}  // namespace
}  // namespace tradeauto
