// What is done to an order after it was accepted: canceled, resolved, retried.
#include <optional>

#include <gtest/gtest.h>

#include "main_server/settlement.h"
#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class OrderChangeTest : public MainBench {};

TEST_F(OrderChangeTest, CancelingAnswersTheOrderAndWakesWhoWaits) {
  add_group("family", {"mom", "dad"});
  const OrderId id = accepted(request("c-1"));
  std::optional<OrderStatus> seen;
  TaskGroup waiting(io.get_executor());
  waiting.spawn([](OrderApi& orders, OrderId of, std::optional<OrderStatus>& out) -> asio::awaitable<void> {
    const auto order = co_await orders.wait(std::move(of), Deadline::never());
    if (order.ok()) out = derive_status(order->child_orders);
  }(main->orders(), id, seen));
  time.settle();
  EXPECT_FALSE(seen.has_value());
  const auto order = time.run(main->orders().cancel(id, bot));
  ASSERT_TRUE(order.ok()) << order.error().message;
  time.settle();
  EXPECT_EQ(seen, OrderStatus::failed);
  ASSERT_EQ(order->child_orders.size(), 2U);
  for (const ChildOrder& one : order->child_orders) EXPECT_EQ(one.status, canceled);
}

TEST_F(OrderChangeTest, WhatCannotBeCanceledSaysWhy) {
  add_group("family");
  const OrderId id = accepted(request("c-1"));
  EXPECT_EQ(time.run(main->orders().cancel(OrderId("nobody"), bot)).error().reason, "unknown_order");
  store->faults.fail("cancel");
  EXPECT_EQ(time.run(main->orders().cancel(id, bot)).error().code, ErrorCode::internal);
  EXPECT_EQ(status(id), pending);
  ASSERT_TRUE(time.run(main->orders().cancel(id, bot)).ok());
  EXPECT_EQ(time.run(main->orders().cancel(id, bot)).error().reason, "nothing_to_cancel");
}

TEST_F(OrderChangeTest, ADoubtIsResolvedOnceItsRunIsOver) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  permit(w1, w1.link->offers.at(0));
  hang_up(w1);
  pass(kLease + std::chrono::seconds(2));
  ASSERT_EQ(status(id), in_doubt);
  const Resolution resolution{.child_order = child(id).id,
                              .outcome = ExecutionStatus::not_sent,
                              .by = {.kind = Actor::Kind::token, .name = "admin"},
                              .note = "looked",
                              .if_updated_at = {}};
  EXPECT_EQ(time.run(main->orders().resolve(resolution)).error().reason, "run_may_be_alive");
  pass(std::chrono::seconds(300) + kLease);
  EXPECT_EQ(time.run(main->orders().resolve(resolution)).error().reason, "run_may_be_alive") << "it is being killed";
  pass(kOverdueGrace);
  store->faults.fail("resolve");
  EXPECT_EQ(time.run(main->orders().resolve(resolution)).error().code, ErrorCode::internal);
  const auto resolved = time.run(main->orders().resolve(resolution));
  ASSERT_TRUE(resolved.ok()) << resolved.error().message;
  EXPECT_EQ(resolved->status, denied);
  EXPECT_EQ(status(id), denied);
  EXPECT_EQ(time.run(main->orders().resolve(resolution)).error().reason, "not_in_doubt");
  EXPECT_TRUE(create(request("c-2")).ok()) << "nothing is in doubt any more";
}

TEST_F(OrderChangeTest, ARetryIsOfferedLikeAnyOrderAndRepeatsAreTheSame) {
  add_group("family", {"mom", "dad"});
  const OrderId id = accepted(request("c-1"));
  ASSERT_TRUE(time.run(main->orders().cancel(id, bot)).ok());
  const Peer w1 = connect(hello("w1"));
  EXPECT_TRUE(w1.link->offers.empty());
  const RetryRequest again{.order = id, .client_order_id = ClientOrderId("c-2")};
  store->faults.fail("retry");
  EXPECT_EQ(time.run(main->orders().retry(again)).error().code, ErrorCode::internal);
  const auto made = time.run(main->orders().retry(again));
  ASSERT_TRUE(made.ok()) << made.error().message;
  time.settle();
  EXPECT_TRUE(made->created);
  EXPECT_EQ(made->order.retry_of, id);
  EXPECT_EQ(made->order.deadline, clock.now() + std::chrono::seconds(900));
  EXPECT_EQ(w1.link->offers.size(), 2U);
  const auto repeated = time.run(main->orders().retry(again));
  ASSERT_TRUE(repeated.ok());
  EXPECT_FALSE(repeated->created);
  EXPECT_EQ(repeated->order.id, made->order.id);
  RetryRequest other = again;
  other.include_rejected = true;
  EXPECT_EQ(time.run(main->orders().retry(other)).error().reason, "client_order_id_reused");
  other.client_order_id = ClientOrderId("c-3");
  EXPECT_EQ(time.run(main->orders().retry(other)).error().reason, "nothing_to_retry");
  other.order = OrderId("nobody");
  EXPECT_EQ(time.run(main->orders().retry(other)).error().reason, "unknown_order");
  EXPECT_EQ(w1.link->offers.size(), 2U);
}

}  // namespace
}  // namespace tradeauto
