// A worker whose groups are taken away before it is stopped.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class RouterDrainTest : public MainBench {
 protected:
  Result<WorkerView> drain(const std::string& name) {
    auto view = time.run(main->workers().drain(WorkerName(name), bot));
    time.settle();
    return view;
  }
  WorkerView worker(const std::string& name) {
    auto all = time.run(main->workers().workers()).value();
    for (WorkerView& view : all) {
      if (view.name == WorkerName(name)) return std::move(view);
    }
    ADD_FAILURE() << "no worker " << name;
    return {};
  }
  std::size_t drains() {
    const auto events = time.run(memory->ledger().events(0, 1000)).value();
    return static_cast<std::size_t>(
        std::ranges::count(events, std::string(to_string(Deed::worker_drained)), &Event::type));
  }
  // The same without waiting for its end.
  std::shared_ptr<std::optional<Result<WorkerView>>> begin_drain(const std::string& name) {
    auto out = std::make_shared<std::optional<Result<WorkerView>>>();
    clients.spawn([](WorkerApi& workers, WorkerName of, Actor by, auto to) -> asio::awaitable<void> {
      to->emplace(co_await workers.drain(std::move(of), std::move(by)));
    }(main->workers(), WorkerName(name), bot, out));
    time.settle();
    return out;
  }
  // For the first task that it was offered.
  std::shared_ptr<std::optional<Result<Permit>>> begin_permit(const Peer& peer) {
    auto out = std::make_shared<std::optional<Result<Permit>>>();
    const TransactionTask& task = peer.link->offers.at(0);
    clients.spawn([](std::shared_ptr<WorkerSession> session, TaskId of, Epoch epoch, auto to) -> asio::awaitable<void> {
      to->emplace(co_await session->permit(std::move(of), epoch));
    }(peer.session, task.id, task.epoch, out));
    time.settle();
    return out;
  }
  void TearDown() override {
    store->faults.release();
    time.run(clients.join());
    MainBench::TearDown();
  }

  TaskGroup clients{io.get_executor()};
};

TEST_F(RouterDrainTest, ItsGroupsGoToTheOtherWorkerWithWhatWaits) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId waiting = accepted(request("c-1"));
  ASSERT_EQ(w1.link->offers.size(), 1U);
  const Peer w2 = connect(hello("w2"));

  const auto view = drain("w1");
  ASSERT_TRUE(view.ok()) << view.error().message;
  EXPECT_EQ(view->state, "draining");
  EXPECT_TRUE(view->groups.empty());
  EXPECT_EQ(w1.link->withdrawn, std::vector<TaskId>{w1.link->offers[0].id});
  EXPECT_EQ(permit(w1, w1.link->offers[0]).refusal, "not_offered");
  EXPECT_EQ(worker_of("family"), "w2");
  EXPECT_GT(w2.epoch("family"), w1.epoch("family"));
  ASSERT_EQ(w2.link->offers.size(), 1U);
  EXPECT_EQ(permit(w2, w2.link->offers[0]).child_orders.size(), 1U);
  EXPECT_EQ(status(waiting), executing);
}

TEST_F(RouterDrainTest, WhatItRunsItEndsAndOnlyThenForgetsTheGroup) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  ASSERT_EQ(permit(w1, w1.link->offers.at(0)).child_orders.size(), 1U);
  const Peer w2 = connect(hello("w2"));
  ASSERT_TRUE(drain("w1").ok());
  EXPECT_EQ(worker("w1").executing, 1U);
  pass(std::chrono::seconds(2), {w1, w2});
  EXPECT_TRUE(w1.link->released.empty()) << "its permit may still be on the way";
  ASSERT_EQ(w2.link->offers.size(), 1U) << "the other account's alone";
  EXPECT_NE(w2.link->offers[0].account, w1.link->offers[0].account);

  const std::string running = w1.link->offers[0].account.account.str();
  EXPECT_TRUE(report(w1, 2, child(id, running).id, filled).ok());
  EXPECT_EQ(status(id, running), filled);
  pass(std::chrono::seconds(2), {w1, w2});
  EXPECT_EQ(w1.link->released, std::vector<std::string>{"family"});
  EXPECT_EQ(worker("w1").executing, 0U);
  EXPECT_EQ(worker("w1").state, "draining");
  EXPECT_EQ(w2.link->offers.size(), 1U) << "what was permitted goes to nobody else";
}

TEST_F(RouterDrainTest, AnAccountThatRunsAtTheOldWorkerWaitsAtTheNewOne) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId first = accepted(request("c-1"));
  permit(w1, w1.link->offers.at(0));
  const Peer w2 = connect(hello("w2"));
  ASSERT_TRUE(drain("w1").ok());
  const OrderId second = accepted(request("c-2", "family", {"MSFT"}));
  ASSERT_EQ(w2.link->offers.size(), 1U);
  const Permit refused = permit(w2, w2.link->offers[0]);
  EXPECT_EQ(refused.refusal, "account_busy");
  EXPECT_TRUE(refused.retry_later);
  EXPECT_TRUE(report(w1, 2, child(first).id, filled).ok());
  pass(std::chrono::seconds(1), {w1, w2});
  ASSERT_EQ(w2.link->offers.back().id, w2.link->offers[0].id) << "offered again";
  EXPECT_EQ(permit(w2, w2.link->offers.back()).child_orders.size(), 1U);
  EXPECT_EQ(status(second), executing);
}

TEST_F(RouterDrainTest, APermitThatIsOnItsWayToTheLedgerStaysTheOldWorkers) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  const Peer w2 = connect(hello("w2"));
  store->faults.hold_answers("append_event");
  const auto drained = begin_drain("w1");
  const auto asked = begin_permit(w1);
  store->faults.release();
  store->faults.hold("permit");
  pass(std::chrono::seconds(2), {w1, w2});
  ASSERT_TRUE(*drained && (*drained)->ok());
  EXPECT_TRUE(w1.link->released.empty()) << "what it runs is not known yet";
  store->faults.release();
  pass(std::chrono::seconds(2), {w1, w2});
  ASSERT_TRUE(*asked && (*asked)->ok());
  EXPECT_EQ((*asked)->value().child_orders.size(), 1U);
  EXPECT_EQ(status(id), executing);
  EXPECT_EQ(worker_of("family"), "w2");
  EXPECT_TRUE(w1.link->released.empty()) << "it runs now";
  EXPECT_TRUE(w2.link->offers.empty());
}

TEST_F(RouterDrainTest, APermitThatCameBeforeTheDrainStaysTheOldWorkers) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  const Peer w2 = connect(hello("w2"));
  store->faults.hold("permit");
  const auto asked = begin_permit(w1);
  const auto drained = begin_drain("w1");
  store->faults.release();
  pass(std::chrono::seconds(2), {w1, w2});
  ASSERT_TRUE(*asked && (*asked)->ok() && *drained && (*drained)->ok());
  EXPECT_EQ((*asked)->value().child_orders.size(), 1U);
  EXPECT_EQ(worker("w1").executing, 1U);
  EXPECT_EQ(status(id), executing);
  EXPECT_TRUE(w2.link->offers.empty());
}

TEST_F(RouterDrainTest, WithoutAnotherWorkerItsGroupsWait) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  ASSERT_TRUE(drain("w1").ok());
  EXPECT_EQ(worker_of("family"), "");
  const OrderId id = accepted(request("c-1"));
  add_group("friends");
  pass(std::chrono::seconds(3), {w1});
  EXPECT_EQ(w1.link->assigned, std::vector<std::string>{"family"}) << "nothing new";
  EXPECT_TRUE(w1.link->offers.empty());
  EXPECT_EQ(status(id), pending);
  const Peer w2 = connect(hello("w2"));
  EXPECT_EQ(worker_of("family"), "w2");
  EXPECT_EQ(worker_of("friends"), "w2");
  EXPECT_EQ(w2.link->offers.size(), 1U);
}

TEST_F(RouterDrainTest, AskedAgainItAnswersTheSameAndTellsNothingNew) {
  add_group("family");
  connect(hello("w1"));
  const auto first = drain("w1");
  const auto second = drain("w1");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(second->state, first->state);
  EXPECT_EQ(second->groups, first->groups);
  EXPECT_EQ(drains(), 1U);
  const Event told = time.run(memory->ledger().events(0, 1000)).value().back();
  EXPECT_EQ(told.type, "worker_drained");
  EXPECT_EQ(told.worker, WorkerName("w1"));
  EXPECT_EQ(told.actor, bot);
  EXPECT_EQ(told.detail, "it served family");
}

TEST_F(RouterDrainTest, NobodyAndOneThatIsGoneCannotBeDrained) {
  EXPECT_EQ(drain("w1").error().reason, "unknown_worker");
  const Peer w1 = connect(hello("w1"));
  hang_up(w1);
  const auto gone = drain("w1");
  EXPECT_EQ(gone.error().code, ErrorCode::conflict);
  EXPECT_EQ(gone.error().reason, "worker_not_connected");
  EXPECT_EQ(drains(), 0U);
}

TEST_F(RouterDrainTest, WhatCannotBeWrittenDownDoesNotHappen) {
  add_group("family");
  connect(hello("w1"));
  store->faults.fail("append_event");
  EXPECT_EQ(drain("w1").error().code, ErrorCode::internal);
  EXPECT_EQ(worker("w1").state, "serving");
  EXPECT_EQ(worker_of("family"), "w1");
  EXPECT_TRUE(drain("w1").ok());
}

TEST_F(RouterDrainTest, AnAssignmentThatIsOnItsWayIsNotServed) {
  const Peer w1 = connect(hello("w1"));
  pass(std::chrono::seconds(1), {w1});  // what its hello may have made due is looked at
  store->faults.fail("assign");
  add_group("family", {});
  store->faults.hold_answers("append_event");
  const auto drained = begin_drain("w1");
  pass(std::chrono::seconds(1), {w1});  // the assignment is tried again, and waits behind the drain's event
  store->faults.release();
  pass(std::chrono::seconds(2), {w1});
  ASSERT_TRUE(*drained && (*drained)->ok());
  EXPECT_EQ(store->faults.calls("assign"), 2U);
  EXPECT_TRUE(w1.link->assigned.empty());
  EXPECT_EQ(worker_of("family"), "");
  connect(hello("w2"));
  EXPECT_EQ(worker_of("family"), "w2");
}

TEST_F(RouterDrainTest, ItEndsWithTheSession) {
  add_group("family");
  const Peer before = connect(hello("w1"));
  ASSERT_TRUE(drain("w1").ok());
  hang_up(before, "goodbye");
  EXPECT_EQ(worker("w1").state, "lost");
  const Peer after = connect(hello("w1", 2));
  EXPECT_EQ(worker("w1").state, "serving");
  EXPECT_EQ(after.link->assigned, std::vector<std::string>{"family"});
}

TEST_F(RouterDrainTest, ADrainingWorkerThatIsLostLeavesADoubtAndNothingElse) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  permit(w1, w1.link->offers.at(0));
  const Peer w2 = connect(hello("w2"));
  ASSERT_TRUE(drain("w1").ok());
  hang_up(w1);
  pass(kLease + std::chrono::seconds(2), {w2});
  EXPECT_EQ(status(id), in_doubt);
  EXPECT_EQ(worker_of("family"), "w2");
  EXPECT_TRUE(w2.link->offers.empty());
}

TEST_F(RouterDrainTest, AWorkerThatPingedIsSentNothingMoreAndKeepsItsLink) {
  add_group("family");
  const Peer old = connect(legacy_hello("legacy-1"));
  const OrderId id = accepted(request("c-1"));
  permit(old, old.link->offers.at(0));
  const Peer w2 = connect(hello("w2"));
  ASSERT_TRUE(drain("legacy-1").ok());
  const OrderId next = accepted(request("c-2", "family", {"MSFT"}));
  EXPECT_TRUE(report(old, 1, child(id).id, filled).ok());
  pass(std::chrono::seconds(2), {old, w2});
  EXPECT_EQ(status(id), filled);
  EXPECT_TRUE(old.link->released.empty());
  EXPECT_FALSE(old.link->closed);
  EXPECT_EQ(old.link->offers.size(), 1U);
  EXPECT_EQ(worker_of("family"), "w2");
  EXPECT_EQ(permit(w2, w2.link->offers.back()).child_orders.size(), 1U);
  EXPECT_EQ(status(next), executing);
}

}  // namespace
}  // namespace tradeauto
