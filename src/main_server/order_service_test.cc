#include "main_server/order_service.h"

#include <gtest/gtest.h>

#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class OrderServiceTest : public MainBench {
 protected:
  void refused(OrderRequest request, ErrorCode code, const std::string& reason) {
    const std::string id = request.client_order_id.str();
    const auto result = create(std::move(request));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_EQ(result.error().reason, reason) << result.error().message;
    EXPECT_FALSE(time.run(memory->ledger().find_order(ClientOrderId(id))).value()) << "nothing is stored";
  }
};

TEST_F(OrderServiceTest, AnUnknownGroupIsNotFound) {
  refused(request("c-1", "nobody"), ErrorCode::not_found, "unknown_group");
}

TEST_F(OrderServiceTest, AGroupWithoutAnEnabledAccountIsRefused) {
  add_group("family", {});
  refused(request("c-1"), ErrorCode::unprocessable, "empty_group");
  ASSERT_TRUE(put("family", "mom", Brokerage::paper, {}, false).ok());
  refused(request("c-2"), ErrorCode::unprocessable, "empty_group");
}

TEST_F(OrderServiceTest, DisabledAccountsOfAGroupAreLeftOutAndNamedOnesRefused) {
  add_group("family", {"mom", "dad"});
  ASSERT_TRUE(time.run(main->accounts().set_enabled(ref("family", "dad"), false, std::nullopt, bot)).ok());
  const auto result = create(request("c-1"));
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->order.child_orders.size(), 1U);
  EXPECT_EQ(result->order.child_orders[0].account, ref("family", "mom"));

  OrderRequest named = request("c-2");
  named.group.reset();
  named.accounts = {ref("family", "mom"), ref("family", "dad")};
  const auto again = create(named);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, "account_disabled");
  ASSERT_EQ(again.error().fields.size(), 1U);
  EXPECT_EQ(again.error().fields[0].pointer, "/accounts/1");
  named.accounts[1] = ref("family", "kid");
  refused(named, ErrorCode::not_found, "unknown_account");
}

TEST_F(OrderServiceTest, ARepeatGetsItsOrderAndAnotherBodyNothing) {
  add_group("family");
  const OrderId id = accepted(request("c-1"));
  const auto again = create(request("c-1"));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->order.id, id);
  OrderRequest other = request("c-1");
  other.canonical = "something else";
  const auto reused = create(other);
  ASSERT_FALSE(reused.ok());
  EXPECT_EQ(reused.error().code, ErrorCode::unprocessable);
  EXPECT_EQ(reused.error().reason, "client_order_id_reused");
  EXPECT_EQ(time.run(main->orders().list(OrderFilter()))->size(), 1U);
}

TEST_F(OrderServiceTest, ARepeatGetsItsOrderEvenIfItsGroupIsGone) {
  add_group("family");
  OrderRequest first = request("c-1");
  first.deadline_within = std::chrono::seconds(1);
  accepted(first);
  pass(std::chrono::seconds(2));
  ASSERT_TRUE(time.run(main->accounts().delete_account(ref("family", "mom"), bot)).ok());
  ASSERT_TRUE(time.run(main->accounts().delete_group(GroupName("family"), bot)).ok());
  const auto again = create(first);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_FALSE(again->created);
}

TEST_F(OrderServiceTest, ADeadlineThatIsOverIsRefused) {
  add_group("family");
  OrderRequest past = request("c-1");
  past.deadline = clock.now();
  refused(past, ErrorCode::unprocessable, "deadline_over");
  OrderRequest none = request("c-2");
  none.deadline_within = std::chrono::seconds(0);
  refused(none, ErrorCode::unprocessable, "deadline_over");
}

TEST_F(OrderServiceTest, AFractionIsRefusedForAllWhereOneBrokerageTakesWholeShares) {
  add_group("family");
  Credentials token;
  token.set("ACCESS_TOKEN", SecretString(std::string("a-token-of-tradier")));
  ASSERT_TRUE(put("family", "broker", Brokerage::tradier, token).ok());
  OrderRequest half = request("c-1");
  half.quantity = Quantity(Decimal::parse("0.5").value());
  refused(half, ErrorCode::unprocessable, "fraction_not_supported");
  half.group.reset();
  half.accounts = {ref("family", "mom")};
  EXPECT_TRUE(create(half).ok()) << "Paper takes fractions";
}

TEST_F(OrderServiceTest, WhatIsInDoubtIsNotOrderedAgainUnlessAPersonOverridesIt) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  permit(w1, w1.link->offers.at(0));
  ASSERT_TRUE(report(w1, 2, child(id).id, in_doubt).ok());
  refused(request("c-2"), ErrorCode::unprocessable, "in_doubt_open");
  OrderRequest sell = request("c-3");
  sell.side = Side::sell;
  EXPECT_TRUE(create(sell).ok()) << "another side";
  EXPECT_TRUE(create(request("c-4", "family", {"MSFT"})).ok()) << "another symbol";
  OrderRequest rehearsal = request("c-5");
  rehearsal.dry_run = true;
  EXPECT_TRUE(create(rehearsal).ok());
  OrderRequest stubborn = request("c-6");
  stubborn.overrides = {"in_doubt_open"};
  EXPECT_TRUE(create(stubborn).ok());
}

TEST_F(OrderServiceTest, AFailingStoreStoresNothingAndSaysSo) {
  add_group("family");
  store->faults.fail("accept");
  const auto result = create(request("c-1"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::internal);
  EXPECT_TRUE(create(request("c-1"))->created) << "the same again is new";
}

TEST_F(OrderServiceTest, TheSameRequestTwiceAtOnceIsOneOrder) {
  add_group("family");
  store->faults.hold("accept");
  std::vector<Result<Ledger::Accepted>> answers;
  TaskGroup clients(io.get_executor());
  for (int i = 0; i < 2; ++i) {
    clients.spawn([](OrderApi& api, OrderRequest request, auto& out) -> asio::awaitable<void> {
      out.push_back(co_await api.create(std::move(request)));
    }(main->orders(), request("c-1"), answers));
  }
  time.settle();
  store->faults.release();
  time.run(clients.join());
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0]->order.id, answers[1]->order.id);
  EXPECT_NE(answers[0]->created, answers[1]->created);
}

// ---- wait ----

asio::awaitable<void> wait_for(OrderApi& api, OrderId id, Deadline deadline, std::optional<Order>* out) {
  auto order = co_await api.wait(std::move(id), deadline);
  if (order.ok()) *out = std::move(*order);
}

TEST_F(OrderServiceTest, AWaitEndsWhenTheOrderIsSettled) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  TaskGroup clients(io.get_executor());
  std::optional<Order> seen;
  clients.spawn(wait_for(main->orders(), id, Deadline::after(clock, std::chrono::seconds(30)), &seen));
  time.settle();
  permit(w1, w1.link->offers.at(0));
  EXPECT_FALSE(seen) << "executing is no end";
  ASSERT_TRUE(report(w1, 2, child(id).id, rejected).ok());
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->child_orders[0].status, rejected);
  time.run(clients.join());
}

TEST_F(OrderServiceTest, AWaitEndsAtItsDeadlineWithTheOrderAsItIs) {
  add_group("family");
  const OrderId id = accepted(request("c-1"));
  const BootTime before = clock.boot_now();
  const auto order = time.run(main->orders().wait(id, Deadline::after(clock, std::chrono::seconds(7))));
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(order->child_orders[0].status, pending);
  EXPECT_EQ(clock.boot_now() - before, std::chrono::seconds(7));
}

TEST_F(OrderServiceTest, AWaitForAnUnknownOrderIsNotFound) {
  const auto order = time.run(main->orders().wait(OrderId("nobody"), Deadline::after(clock, std::chrono::seconds(7))));
  ASSERT_FALSE(order.ok());
  EXPECT_EQ(order.error().code, ErrorCode::not_found);
}

// ---- expiry ----

TEST_F(OrderServiceTest, AnOrderThatNobodyStartsExpiresAndTellsWhoWaits) {
  add_group("family");
  OrderRequest soon = request("c-1");
  soon.deadline_within = std::chrono::seconds(5);
  const OrderId id = accepted(soon);
  const auto order = time.run(main->orders().wait(id, Deadline::after(clock, std::chrono::seconds(60))));
  EXPECT_EQ(order->child_orders[0].status, expired);
  EXPECT_EQ(derive_status(order->child_orders), OrderStatus::failed);
}

TEST_F(OrderServiceTest, AnOrderThatIsAcceptedWhileDeadlinesAreReadExpiresToo) {
  add_group("family");
  OrderRequest first = request("c-1");
  first.deadline_within = std::chrono::seconds(1);
  accepted(first);
  store->faults.hold_answers("next_expiry");
  pass(std::chrono::seconds(2));
  OrderRequest second = request("c-2", "family", {"MSFT"});
  second.deadline_within = std::chrono::seconds(3);
  const OrderId id = accepted(second);
  store->faults.release();
  pass(std::chrono::seconds(5));
  EXPECT_EQ(status(id), expired);
}

TEST_F(OrderServiceTest, ExpiryIsTriedAgainWhenTheStoreFails) {
  add_group("family");
  OrderRequest soon = request("c-1");
  soon.deadline_within = std::chrono::seconds(1);
  const OrderId id = accepted(soon);
  store->faults.fail("expire", 2);
  store->faults.fail("next_expiry", 1);
  pass(std::chrono::seconds(5));
  EXPECT_EQ(status(id), expired);
}

TEST_F(OrderServiceTest, DeadlinesOutliveARestart) {
  add_group("family");
  OrderRequest soon = request("c-1");
  soon.deadline_within = std::chrono::seconds(5);
  const OrderId id = accepted(soon);
  stop();
  start();
  pass(std::chrono::seconds(6));
  EXPECT_EQ(status(id), expired);
}

// ---- list ----

TEST_F(OrderServiceTest, ListsTheNewestFirstByFilterAndCursor) {
  add_group("family", {"mom", "dad"});
  add_group("work", {"desk"});
  std::vector<OrderId> ids;
  for (const char* client_order_id : {"c-1", "c-2", "c-3"}) {
    ids.push_back(accepted(request(client_order_id)));
    pass(std::chrono::seconds(1));
  }
  accepted(request("c-4", "work", {"MSFT"}));
  const auto list = [&](auto refine) {
    OrderFilter filter;
    refine(filter);
    std::vector<std::string> found;
    const auto orders = time.run(main->orders().list(std::move(filter)));
    for (const Order& order : *orders) {
      found.push_back(order.client_order_id.str());
    }
    return found;
  };
  EXPECT_EQ(list([](OrderFilter&) {}), (std::vector<std::string>{"c-4", "c-3", "c-2", "c-1"}));
  EXPECT_EQ(list([](OrderFilter& f) { f.group = GroupName("work"); }), (std::vector<std::string>{"c-4"}));
  EXPECT_EQ(list([](OrderFilter& f) {
              f.symbol = Symbol("AAPL");
              f.limit = 2;
            }),
            (std::vector<std::string>{"c-3", "c-2"}));
  EXPECT_EQ(list([&](OrderFilter& f) { f.before = ids[1]; }), (std::vector<std::string>{"c-1"}));
  EXPECT_EQ(list([](OrderFilter& f) {
              f.account = ref("family", "dad");
              f.limit = 1;
            }),
            (std::vector<std::string>{"c-3"}));
  EXPECT_EQ(list([](OrderFilter& f) { f.status = OrderStatus::settled; }), std::vector<std::string>());
  EXPECT_EQ(time.run(main->orders().child_order(child(ids[0]).id))->order_id, ids[0]);
}

}  // namespace
}  // namespace tradeauto
