#include <gtest/gtest.h>

#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class RouterAssignmentTest : public MainBench {
 protected:
  std::string worker_state(const std::string& name) {
    const auto views = time.run(main->workers().workers());
    for (const WorkerView& view : *views) {
      if (view.name == WorkerName(name)) return view.state;
    }
    return "";
  }
};

TEST_F(RouterAssignmentTest, AnIdleWorkerIsKeptAndGetsTheNextGroup) {
  const Peer w1 = connect(hello("w1"));
  pass(std::chrono::minutes(2), {w1});
  EXPECT_EQ(worker_state("w1"), "idle");
  EXPECT_FALSE(w1.link->closed);
  add_group("family");
  EXPECT_EQ(worker_of("family"), "w1");
  EXPECT_EQ(worker_state("w1"), "serving");
  EXPECT_EQ(w1.link->activations.size(), 1U);
}

TEST_F(RouterAssignmentTest, GroupsAreSpreadOverTheWorkers) {
  const Peer w1 = connect(hello("w1"));
  const Peer w2 = connect(hello("w2"));
  add_group("a");
  add_group("b");
  EXPECT_NE(worker_of("a"), worker_of("b"));
}

TEST_F(RouterAssignmentTest, AWorkerServesOnlyTheGroupsThatItNames) {
  WorkerHello picky = hello("w1");
  picky.only_groups = {GroupName("work")};
  const Peer w1 = connect(picky);
  add_group("family");
  EXPECT_EQ(worker_of("family"), "");
  add_group("work");
  EXPECT_EQ(worker_of("work"), "w1");
}

TEST_F(RouterAssignmentTest, WhenTheLeaseIsOverGroupsMoveAndPendingOrdersRunThere) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const Peer w2 = connect(hello("w2"));
  const OrderId started = accepted(request("c-1"));
  const OrderId waiting = accepted(request("c-2", "family", {"MSFT"}));
  ASSERT_EQ(permit(w1, w1.link->offers.at(0)).child_orders.size(), 1U);
  pass(kLease - std::chrono::seconds(1), {w2});
  EXPECT_EQ(worker_of("family"), "w1");
  EXPECT_TRUE(w2.link->offers.empty());
  pass(std::chrono::seconds(2), {w2});
  EXPECT_EQ(w1.link->closed, "lease_over");
  EXPECT_EQ(worker_of("family"), "w2");
  EXPECT_EQ(status(started), in_doubt);
  EXPECT_EQ(child(started).reason, "worker_lost");
  ASSERT_EQ(w2.link->offers.size(), 1U);
  EXPECT_EQ(w2.link->activations.size(), 1U);
  EXPECT_GT(w2.epoch("family"), w1.epoch("family"));
  EXPECT_EQ(permit(w2, w2.link->offers.at(0)).child_orders.at(0), child(waiting).id);
  EXPECT_EQ(worker_state("w1"), "lost");
}

TEST_F(RouterAssignmentTest, ACutConnectionKeepsTheGroupsUntilTheLeaseIsOver) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const Peer w2 = connect(hello("w2"));
  hang_up(w1);
  pass(std::chrono::seconds(5), {w2});
  EXPECT_EQ(worker_of("family"), "");
  const Peer again = connect(hello("w1", 2));
  EXPECT_EQ(worker_of("family"), "w1");
  EXPECT_GT(again.epoch("family"), w1.epoch("family"));
  EXPECT_EQ(again.link->activations.size(), 1U) << "credentials are replayed";
}

TEST_F(RouterAssignmentTest, AGoodbyeMovesTheGroupsAtOnce) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const Peer w2 = connect(hello("w2"));
  hang_up(w1, "goodbye");
  EXPECT_EQ(worker_of("family"), "w2");
}

TEST_F(RouterAssignmentTest, AnEndedSessionRenewsNoLease) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  EXPECT_EQ(w1.session->heartbeat(), kLease);
  hang_up(w1);
  EXPECT_EQ(w1.session->heartbeat(), std::chrono::nanoseconds::zero());
  const Peer w2 = connect(hello("w2"));
  for (int second = 0; second < 20; ++second) {
    w1.session->heartbeat();
    pass(std::chrono::seconds(1), {w2});
  }
  EXPECT_EQ(worker_of("family"), "w2") << "a zombie cannot hold its groups";
}

TEST_F(RouterAssignmentTest, TheLinkOfALostWorkerIsLetGo) {
  const Peer w1 = connect(hello("w1"));
  hang_up(w1);
  EXPECT_EQ(w1.link.use_count(), 1);
}

TEST_F(RouterAssignmentTest, AfterARestartAGroupIsKeptOneLeaseForItsWorker) {
  add_group("family");
  connect(hello("w1"));
  stop();
  start();
  const Peer w2 = connect(hello("w2"));
  EXPECT_EQ(worker_of("family"), "");
  const Peer w1 = connect(hello("w1", 2));
  EXPECT_EQ(worker_of("family"), "w1");
  EXPECT_EQ(w1.link->activations.size(), 1U) << "activations are replayed";
  stop();
  start();
  const Peer other = connect(hello("w2", 2));
  pass(kLease + std::chrono::seconds(2), {other});
  EXPECT_EQ(worker_of("family"), "w2");
}

TEST_F(RouterAssignmentTest, AnAccountThatIsChangedReachesItsWorker) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  ASSERT_TRUE(put("family", "dad").ok());
  time.settle();
  EXPECT_EQ(w1.link->activations.size(), 2U);
  const OrderId id = accepted(request("c-1"));
  EXPECT_EQ(w1.link->offers.size(), 2U);
  ASSERT_TRUE(time.run(main->accounts().set_enabled(ref("family", "dad"), false, std::nullopt, bot)).ok());
  time.settle();
  EXPECT_EQ(w1.link->deactivated.size(), 1U);
  EXPECT_EQ(w1.link->withdrawn.size(), 1U) << "what waits there is not the worker's to refuse";
  EXPECT_EQ(status(id, "dad"), pending);
  ASSERT_TRUE(time.run(main->accounts().set_enabled(ref("family", "dad"), true, std::nullopt, bot)).ok());
  time.settle();
  EXPECT_EQ(w1.link->offers.size(), 3U) << "offered again";
}

TEST_F(RouterAssignmentTest, WhatAWorkerSaidOfAnAccountSaysNothingOfWhatItBecame) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const auto activation = [&] { return time.run(main->accounts().account(ref("family", "mom"))).value().activation; };
  time.run(w1.session->activated(ref("family", "mom"), w1.epoch("family"), Result<void>()));
  ASSERT_EQ(activation(), "active");
  const auto again = put("family", "mom");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->account.activation, "pending") << "from the moment of the change on";
  time.settle();
  time.run(w1.session->activated(ref("family", "mom"), w1.epoch("family"),
                                 make_error(ErrorCode::unauthenticated, "wrong_password", "no")));
  EXPECT_EQ(activation(), "failed");
}

TEST_F(RouterAssignmentTest, TheNewestCredentialsAreTheLastThatAWorkerGets) {
  add_group("family", {});
  Credentials old_token;
  old_token.set("ACCESS_TOKEN", SecretString(std::string("old-token")));
  Credentials new_token;
  new_token.set("ACCESS_TOKEN", SecretString(std::string("new-token")));
  ASSERT_TRUE(put("family", "mom", Brokerage::tradier, old_token).ok());
  store->faults.hold_answers("list_accounts");
  const Peer w1 = connect(hello("w1"));
  ASSERT_TRUE(w1.link->activations.empty());
  ASSERT_TRUE(put("family", "mom", Brokerage::tradier, new_token).ok());
  time.settle();
  store->faults.release();
  time.settle();
  ASSERT_FALSE(w1.link->activations.empty());
  EXPECT_EQ(w1.link->activations.back().credentials.find("ACCESS_TOKEN")->reveal(), "new-token");
}

TEST_F(RouterAssignmentTest, AReplayThatTheStoreRefusedIsTriedAgain) {
  add_group("family");
  const OrderId id = accepted(request("c-1"));
  store->faults.fail("list_accounts", 2);
  const Peer w1 = connect(hello("w1"));
  EXPECT_TRUE(w1.link->activations.empty());
  pass(std::chrono::seconds(3), {w1});
  EXPECT_EQ(w1.link->activations.size(), 1U);
  ASSERT_EQ(w1.link->offers.size(), 1U);
  store->faults.fail("find_account", 1);
  ASSERT_TRUE(put("family", "dad").ok());
  pass(std::chrono::seconds(3), {w1});
  EXPECT_EQ(w1.link->activations.size(), 2U);
  EXPECT_EQ(status(id), pending);
}

TEST_F(RouterAssignmentTest, AnAssignmentThatTheStoreRefusedIsTriedAgain) {
  const Peer w1 = connect(hello("w1"));
  store->faults.fail("assign", 2);
  add_group("family");
  pass(std::chrono::seconds(2), {w1});
  EXPECT_EQ(worker_of("family"), "w1");
}

TEST_F(RouterAssignmentTest, AGroupThatIsDeletedDuringAnAssignmentStaysDeleted) {
  for (const char* group : {"a", "b", "c"}) add_group(group, {});
  store->faults.hold("assign");
  const Peer w1 = connect(hello("w1"));
  for (const char* group : {"b", "c"}) {
    // As another main server would: this one has not heard of it.
    ASSERT_TRUE(time.run(memory->registry().delete_group(GroupName(group), bot, clock.now())).ok());
  }
  store->faults.release();
  time.settle();
  const std::size_t calls = store->faults.calls("assign");
  pass(std::chrono::seconds(5), {w1});
  EXPECT_EQ(worker_of("a"), "w1");
  EXPECT_EQ(store->faults.calls("assign"), calls) << "no ghost of a group is assigned for ever";
}

TEST_F(RouterAssignmentTest, AGroupThatIsMadeAnewIsNotForgotten) {
  const Peer w1 = connect(hello("w1"));
  add_group("family", {});
  store->faults.hold("find_group");
  ASSERT_TRUE(time.run(main->accounts().delete_group(GroupName("family"), bot)).ok());
  time.settle();
  ASSERT_TRUE(time.run(memory->registry().put_group(GroupName("family"), bot, clock.now())).ok());
  store->faults.release();
  time.settle();
  EXPECT_EQ(worker_of("family"), "w1") << "word of the deletion came after the group was there again";
}

TEST_F(RouterAssignmentTest, AWorkerThatDiesDuringAnAssignmentKeepsNothing) {
  for (const char* group : {"a", "b"}) add_group(group);
  store->faults.hold("assign");
  const Peer w1 = connect(hello("w1"));
  hang_up(w1, "goodbye");
  store->faults.release();
  time.settle();
  const Peer w2 = connect(hello("w2"));
  pass(std::chrono::seconds(2), {w2});
  EXPECT_EQ(worker_of("a"), "w2");
  EXPECT_EQ(worker_of("b"), "w2");
}

}  // namespace
}  // namespace tradeauto
