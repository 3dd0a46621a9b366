// Sessions that come and come back: what main believes of a hello (design.md, promise 3).
#include <gtest/gtest.h>

#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;
using State = TaskStanding::State;

class RouterHelloTest : public MainBench {
 protected:
  // One child order that w1 was permitted, by a session that ended.
  OrderId permitted_and_lost(bool cut = true) {
    add_group("family");
    w1_ = connect(hello("w1", 10));
    const OrderId id = accepted(request("c-1"));
    EXPECT_EQ(permit(w1_, w1_.link->offers.at(0)).child_orders.size(), 1U);
    if (cut) hang_up(w1_);
    return id;
  }
  WorkerHello back(std::uint64_t sequence, const OrderId& id, std::optional<State> state) {
    WorkerHello said = hello("w1", sequence);
    if (state)
      said.standings.push_back({.task = w1_.link->offers.at(0).id, .child_orders = {child(id).id}, .state = *state});
    return said;
  }

  Peer w1_;
};

TEST_F(RouterHelloTest, WhatItsIntactJournalDoesNotKnowIsPendingAgainAndOfferedAnew) {
  const OrderId id = permitted_and_lost();
  const Peer again = connect(back(11, id, std::nullopt));
  EXPECT_EQ(status(id), pending);
  EXPECT_EQ(child(id).attempt, 2U);
  ASSERT_EQ(again.link->offers.size(), 1U);
  EXPECT_NE(again.link->offers[0].id, w1_.link->offers[0].id) << "another attempt is another task";
}

TEST_F(RouterHelloTest, AJournalBehindWhatMainHasSeenProvesNothing) {
  const OrderId id = permitted_and_lost();
  connect(back(9, id, std::nullopt));
  EXPECT_EQ(status(id), in_doubt);
  EXPECT_EQ(child(id).reason, "journal_incomplete");
}

TEST_F(RouterHelloTest, AJournalBehindAReportThatMainConfirmedProvesNothing) {
  const OrderId id = permitted_and_lost(false);
  const OrderId other = accepted(request("c-2", "family", {"MSFT"}));
  hang_up(w1_);
  ASSERT_TRUE(report(w1_, 20, child(other).id, filled).ok()) << "evidence is taken from whoever brings it";
  connect(back(15, id, std::nullopt));
  EXPECT_EQ(status(id), in_doubt);
}

TEST_F(RouterHelloTest, ATailThatWasCutProvesNothing) {
  const OrderId id = permitted_and_lost();
  WorkerHello torn = back(11, id, std::nullopt);
  torn.journal.tail_cut = true;
  connect(torn);
  EXPECT_EQ(status(id), in_doubt);
}

TEST_F(RouterHelloTest, WhatDiedIsInDoubtAndItsLateReportSettlesIt) {
  const OrderId id = permitted_and_lost();
  const Peer again = connect(back(11, id, State::dead));
  EXPECT_EQ(status(id), in_doubt);
  EXPECT_EQ(child(id).reason, "worker_died");
  ASSERT_TRUE(report(again, 12, child(id).id, filled).ok());
  EXPECT_EQ(status(id), filled);
}

TEST_F(RouterHelloTest, WhatRunsOrIsFinishedWaitsForItsReport) {
  const OrderId id = permitted_and_lost();
  const Peer again = connect(back(11, id, State::running));
  EXPECT_EQ(status(id), executing);
  hang_up(again);
  const Peer third = connect(back(12, id, State::finished));
  EXPECT_EQ(status(id), executing);
  ASSERT_TRUE(report(third, 11, child(id).id, filled).ok());
  EXPECT_EQ(status(id), filled);
}

TEST_F(RouterHelloTest, ARunThatShouldHaveEndedLongAgoIsInDoubt) {
  const OrderId id = permitted_and_lost();
  const Peer again = connect(back(11, id, State::running));
  pass(std::chrono::seconds(300), {again});
  EXPECT_EQ(status(id), executing);
  pass(std::chrono::seconds(60), {again});
  EXPECT_EQ(status(id), in_doubt);
  EXPECT_EQ(child(id).reason, "run_overdue");
  ASSERT_TRUE(report(again, 12, child(id).id, rejected).ok());
  EXPECT_EQ(status(id), rejected) << "a report after the doubt settles it";
}

TEST_F(RouterHelloTest, AnotherJournalUnderTheNameLeavesWhatTheFirstHadInDoubt) {
  const OrderId id = permitted_and_lost();
  const Peer other = connect(hello("w1", 1, "another-journal"));
  EXPECT_NE(status(id), pending);
  pass(std::chrono::seconds(20), {other});
  EXPECT_EQ(status(id), in_doubt);
  EXPECT_EQ(worker_of("family"), "w1");
}

TEST_F(RouterHelloTest, AWorkerThatNeverComesBackLeavesDoubtAlsoAfterARestart) {
  const OrderId id = permitted_and_lost();
  stop();
  start();
  pass(kLease - std::chrono::seconds(1));
  EXPECT_EQ(status(id), executing) << "it may come back within a lease";
  pass(std::chrono::seconds(10));
  EXPECT_EQ(status(id), in_doubt);
}

TEST_F(RouterHelloTest, AFailureToSettleIsTriedAgainBySweeping) {
  const OrderId id = permitted_and_lost();
  store->faults.fail("executing", 1);
  pass(kLease + std::chrono::seconds(1));
  pass(std::chrono::seconds(10));
  EXPECT_EQ(status(id), in_doubt);
}

TEST_F(RouterHelloTest, APendingChildOrderWhoseTimeIsOverExpiresAfterTheHello) {
  add_group("family");
  const Peer w1 = connect(hello("w1", 10));
  OrderRequest soon = request("c-1");
  soon.deadline_within = std::chrono::seconds(2);
  const OrderId id = accepted(soon);
  permit(w1, w1.link->offers.at(0));
  hang_up(w1);
  pass(std::chrono::seconds(4));
  EXPECT_EQ(status(id), executing);
  const Peer again = connect(hello("w1", 11));
  pass(std::chrono::seconds(2), {again});
  EXPECT_EQ(status(id), expired) << "nobody started it, and its time is over";
}

TEST_F(RouterHelloTest, TheSameJournalSupersedesAndAnotherIsRefused) {
  add_group("family");
  const Peer w1 = connect(hello("w1", 10));
  const auto other = dial(hello("w1", 1, "another-journal"));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().reason, "worker_name_taken");
  EXPECT_FALSE(w1.link->closed);
  const OrderId id = accepted(request("c-1"));
  const Peer again = connect(hello("w1", 11));
  EXPECT_EQ(w1.link->closed, "superseded");
  ASSERT_EQ(again.link->offers.size(), 1U);
  EXPECT_EQ(permit(w1, w1.link->offers.at(0)).refusal, "not_offered") << "the old session is void";
  hang_up(w1);
  EXPECT_EQ(worker_of("family"), "w1");
  EXPECT_EQ(permit(again, again.link->offers.at(0)).child_orders.size(), 1U);
  EXPECT_EQ(status(id), executing);
}

// ADR 0002: the permit is on its way into the ledger when the worker comes back.
TEST_F(RouterHelloTest, APermitOnItsWayIsRefusedOnceTheHelloHasANewEpoch) {
  add_group("family");
  const Peer w1 = connect(hello("w1", 10));
  const OrderId id = accepted(request("c-1"));
  store->faults.hold("assign");  // the hello's epoch; the permit queues up behind it
  TaskGroup tasks(io.get_executor());
  std::optional<Result<WorkerSessions::Opened>> opened;
  const auto link = std::make_shared<RecordingLink>(clock);
  tasks.spawn([](WorkerSessions& sessions, WorkerHello hello, auto link, auto& out) -> asio::awaitable<void> {
    out = co_await sessions.open(std::move(hello), link);
  }(main->sessions(), hello("w1", 11), link, opened));
  time.settle();
  EXPECT_EQ(permit(w1, w1.link->offers.at(0)).child_orders.size(), 0U);
  store->faults.release();
  time.run(tasks.join());
  EXPECT_EQ(status(id), pending);
  EXPECT_EQ(link->offers.size(), 1U);
}

TEST_F(RouterHelloTest, AnOlderHelloIsNotActedOnAfterANewerOneWasAnswered) {
  const OrderId id = permitted_and_lost();
  store->faults.hold_answers("executing");  // the first hello has read, and waits
  TaskGroup tasks(io.get_executor());
  const auto open = [&](std::uint64_t sequence, std::shared_ptr<RecordingLink> link) {
    tasks.spawn([](WorkerSessions& sessions, WorkerHello hello, auto link) -> asio::awaitable<void> {
      const auto opened = co_await sessions.open(std::move(hello), link);
      EXPECT_TRUE(opened.ok());
    }(main->sessions(), hello("w1", sequence), std::move(link)));
  };
  const auto first = std::make_shared<RecordingLink>(clock);
  const auto second = std::make_shared<RecordingLink>(clock);
  open(11, first);
  time.settle();
  open(12, second);
  time.settle();
  EXPECT_EQ(status(id), executing);
  store->faults.release();
  time.run(tasks.join());
  time.settle();
  EXPECT_EQ(child(id).attempt, 2U) << "given back once";
  EXPECT_EQ(first->closed, "superseded");
  EXPECT_EQ(second->offers.size(), 1U);
}

TEST_F(RouterHelloTest, AHelloThatTheStoreCannotSettleIsRefusedAndLeavesNoSession) {
  add_group("family");
  store->faults.fail("confirmed_sequence");
  const auto failed = dial(hello("w1", 1));
  ASSERT_FALSE(failed.ok());
  const auto views = time.run(main->workers().workers());
  ASSERT_EQ(views->size(), 1U);
  EXPECT_EQ(views->at(0).state, "lost");
  const Peer w1 = connect(hello("w1", 2));
  pass(std::chrono::seconds(1), {w1});
  EXPECT_EQ(worker_of("family"), "w1");
}

TEST_F(RouterHelloTest, AGroupThatIsDeletedDuringAHelloIsLeftOut) {
  add_group("a", {});
  add_group("b");
  connect(hello("w1", 1));
  stop();
  start();
  store->faults.hold("assign");
  TaskGroup tasks(io.get_executor());
  const auto link = std::make_shared<RecordingLink>(clock);
  tasks.spawn([](WorkerSessions& sessions, WorkerHello hello, auto link) -> asio::awaitable<void> {
    const auto opened = co_await sessions.open(std::move(hello), link);
    EXPECT_TRUE(opened.ok());
  }(main->sessions(), hello("w1", 2), link));
  time.settle();
  ASSERT_TRUE(time.run(memory->registry().delete_group(GroupName("a"), bot, clock.now())).ok());
  store->faults.release();
  time.run(tasks.join());
  time.settle();
  EXPECT_EQ(link->assigned, std::vector<std::string>{"b"});
}

TEST_F(RouterHelloTest, AReportThatTheStoreCouldNotTakeEndsTheSessionSoThatItComesAgain) {
  const OrderId id = permitted_and_lost(false);
  store->faults.fail("report");
  EXPECT_FALSE(report(w1_, 11, child(id).id, filled).ok());
  EXPECT_EQ(w1_.link->closed, "report_not_taken");
  const Peer again = connect(back(12, id, State::finished));
  ASSERT_TRUE(report(again, 11, child(id).id, filled).ok());
  EXPECT_EQ(status(id), filled);
}

TEST_F(RouterHelloTest, AReportOnAFinalChildOrderChangesNothingButTheBrokersWordAlarms) {
  const OrderId id = permitted_and_lost(false);
  ASSERT_TRUE(report(w1_, 11, child(id).id, denied).ok());
  ASSERT_TRUE(report(w1_, 12, child(id).id, in_doubt).ok());
  EXPECT_EQ(status(id), denied);
  ASSERT_TRUE(report(w1_, 13, child(id).id, filled).ok());
  EXPECT_EQ(status(id), filled);
  std::size_t alarms = 0;
  const auto events = time.run(memory->ledger().events(0, 1000));
  for (const Event& event : *events) alarms += event.type == "alarm" ? 1 : 0;
  EXPECT_EQ(alarms, 1U);
}

}  // namespace
}  // namespace tradeauto
