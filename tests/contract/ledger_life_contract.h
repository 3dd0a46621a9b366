#pragma once

#include "contract/ledger_contract.h"

// ports/ledger.h on every engine: what people do to an order after it was accepted.
namespace tradeauto {

class LedgerLifeContract : public LedgerContract {};

// --- cancel ---

TEST_P(LedgerLifeContract, CancelingTakesWhatIsPendingAndNothingElse) {
  const Order made = placed("c-1", {.accounts = {mom, dad}, .symbols = {"AAPL", "MSFT"}});
  const Order other = placed("c-2", {.accounts = {dad}});
  ASSERT_EQ(permit(ask(made, mom, assign("family"))).permitted.size(), 2U);
  clock.advance(std::chrono::seconds(2));
  const auto changes = run(ledger().cancel(made.id, clock.now())).value();
  ASSERT_EQ(changes.size(), 2U);
  for (const ChildOrderChange& change : changes) {
    EXPECT_EQ(change.before, ChildOrderStatus::pending);
    EXPECT_EQ(change.child_order.account, dad);
    EXPECT_EQ(stored(change.child_order.id).status, ChildOrderStatus::canceled);
    EXPECT_EQ(stored(change.child_order.id).reason, "canceled");
    EXPECT_EQ(stored(change.child_order.id).updated_at, clock.now());
  }
  for (const ChildOrder& child : stored(made.id).child_orders) {
    if (child.account == mom) EXPECT_EQ(child.status, ChildOrderStatus::executing);
  }
  EXPECT_EQ(stored(other.id).child_orders.front().status, ChildOrderStatus::pending);
  EXPECT_EQ(count_events("child_order_canceled"), 2U);
}

TEST_P(LedgerLifeContract, WhatIsCanceledIsNotOfferedPermittedOrExpired) {
  const Order made = placed("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ASSERT_TRUE(run(ledger().cancel(made.id, clock.now())).ok());
  EXPECT_TRUE(run(ledger().pending(mom, 10)).value().empty());
  EXPECT_FALSE(run(ledger().next_expiry()).value().has_value());
  ASSERT_TRUE(run(ledger().offered({id}, WorkerName("w1"), clock.now())).ok());
  EXPECT_FALSE(stored(id).worker.has_value());
  EXPECT_EQ(refusal(ask(made, mom, assign("family"))), "not_pending");
  clock.advance(std::chrono::hours(1));
  EXPECT_TRUE(run(ledger().expire(clock.now())).value().empty());
  EXPECT_EQ(stored(id).status, ChildOrderStatus::canceled);
}

TEST_P(LedgerLifeContract, WithNothingPendingCancelingIsAConflictAndWritesNothing) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const Order canceled = placed("c-2", {.accounts = {dad}});
  ASSERT_TRUE(run(ledger().cancel(canceled.id, clock.now())).ok());
  const std::size_t before = events().size();
  for (const OrderId& id : {made.id, canceled.id}) {
    const auto refused = run(ledger().cancel(id, clock.now()));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().reason, "nothing_to_cancel");
  }
  EXPECT_EQ(stored(made.id).child_orders.front().status, ChildOrderStatus::executing);
  EXPECT_EQ(events().size(), before);
}

TEST_P(LedgerLifeContract, AnAccountWhoseChildOrdersAreCanceledCanBeDeleted) {
  const Order made = placed("c-1", {.accounts = {mom}});
  EXPECT_EQ(run(registry().delete_account(mom)).error().reason, "account_busy");
  ASSERT_TRUE(run(ledger().cancel(made.id, clock.now())).ok());
  EXPECT_TRUE(run(registry().delete_account(mom)).ok());
}

namespace ledger_life_detail {

inline asio::awaitable<void> cancel_one(Ledger& ledger, OrderId id, Timestamp now, bool& canceled) {
  canceled = (co_await ledger.cancel(std::move(id), now)).ok();
}

inline asio::awaitable<void> permit_one(Ledger& ledger, PermitRequest request, bool& permitted) {
  const auto decision = co_await ledger.permit(std::move(request));
  permitted = decision.ok() && decision->permitted.size() == 1;
}

}  // namespace ledger_life_detail

TEST_P(LedgerLifeContract, OfACancelAndAPermitThatOverlapOneWins) {
  const Epoch epoch = assign("family");
  const auto rethrow = [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  };
  for (int i = 0; i < 20; ++i) {
    const Order made = placed("c-" + std::to_string(i), {.accounts = {mom}});
    const ChildOrderId id = made.child_orders.front().id;
    bool canceled = false;
    bool permitted = false;
    const auto cancel = [&] {
      asio::co_spawn(io, ledger_life_detail::cancel_one(ledger(), made.id, clock.now(), canceled), rethrow);
    };
    if (i % 2 == 0) cancel();
    asio::co_spawn(io, ledger_life_detail::permit_one(ledger(), ask(made, mom, epoch), permitted), rethrow);
    if (i % 2 == 1) cancel();
    io.restart();
    io.run();
    EXPECT_NE(canceled, permitted);
    EXPECT_EQ(stored(id).status, canceled ? ChildOrderStatus::canceled : ChildOrderStatus::executing);
    if (permitted) report(complete(id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  }
}

}  // namespace tradeauto
