// What the router does differently for a worker that pinged.
#include <gtest/gtest.h>

#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class RouterLegacyTest : public MainBench {};

TEST_F(RouterLegacyTest, ItServesOneGroup) {
  add_group("family");
  add_group("friends");
  const Peer first = connect(legacy_hello("legacy-1"));
  EXPECT_EQ(first.link->assigned, std::vector<std::string>{"family"});
  const auto view = time.run(main->workers().workers()).value();
  EXPECT_EQ(view.at(0).link, "legacy");
  const Peer second = connect(legacy_hello("legacy-2"));
  EXPECT_EQ(second.link->assigned, std::vector<std::string>{"friends"});
  EXPECT_EQ(first.link->assigned.size(), 1U);
}

TEST_F(RouterLegacyTest, ItIsOfferedOneSymbolATask) {
  add_group("family");
  const Peer peer = connect(legacy_hello("legacy-1"));
  const OrderId id = accepted(request("c-1", "family", {"AAPL", "MSFT"}));
  ASSERT_EQ(peer.link->offers.size(), 2U);
  EXPECT_EQ(peer.link->offers[0].child_orders.size(), 1U);
  EXPECT_EQ(peer.link->offers[1].child_orders.size(), 1U);
  EXPECT_NE(peer.link->offers[0].id, peer.link->offers[1].id);
  const auto whole = time.run(peer.session->order(id));
  EXPECT_EQ(whole.value().child_orders.size(), 2U);
  EXPECT_EQ(permit(peer, peer.link->offers[0]).child_orders.size(), 1U);
  const Permit second = permit(peer, peer.link->offers[1]);
  EXPECT_EQ(second.refusal, "account_busy") << "one Transaction at a time";
  EXPECT_TRUE(second.retry_later);
}

TEST_F(RouterLegacyTest, WhatIsCanceledIsWithdrawnSymbolBySymbol) {
  add_group("family");
  const Peer peer = connect(legacy_hello("legacy-1"));
  const OrderId id = accepted(request("c-1", "family", {"AAPL", "MSFT"}));
  ASSERT_EQ(peer.link->offers.size(), 2U);
  ASSERT_EQ(permit(peer, peer.link->offers[0]).child_orders.size(), 1U);
  const Order order = time.run(main->orders().cancel(id, bot)).value();
  time.settle();
  EXPECT_EQ(peer.link->withdrawn, std::vector<TaskId>{peer.link->offers[1].id});
  EXPECT_EQ(permit(peer, peer.link->offers[1]).refusal, "not_offered");
  EXPECT_EQ(order.child_orders[0].status, executing);
  EXPECT_EQ(order.child_orders[1].status, canceled);
}

TEST_F(RouterLegacyTest, WhatAnEarlierProcessWasSentIsInDoubt) {
  add_group("family");
  const Peer before = connect(legacy_hello("legacy-1"));
  const OrderId id = accepted(request("c-1"));
  permit(before, before.link->offers.at(0));
  const Peer after = connect(legacy_hello("legacy-1"));
  EXPECT_EQ(before.link->closed, "superseded");
  EXPECT_EQ(after.link->assigned, std::vector<std::string>{"family"});
  EXPECT_EQ(status(id), in_doubt);
  EXPECT_TRUE(after.link->offers.empty());
}

}  // namespace
}  // namespace tradeauto
