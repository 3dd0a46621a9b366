#pragma once

#include "contract/ledger_contract.h"

// ports/ledger.h on every engine: what people do to an order after it was accepted.
namespace tradeauto {

class LedgerLifeContract : public LedgerContract {
 protected:
  // Long after every run.
  Result<ChildOrderChange> resolve(Resolution resolution) {
    clock.advance(std::chrono::hours(2));
    return run(ledger().resolve(std::move(resolution), clock.now(), clock.now()));
  }
  static Resolution decision(const ChildOrderId& id, ExecutionStatus outcome) {
    return {.child_order = id,
            .outcome = outcome,
            .by = {.kind = Actor::Kind::token, .name = "admin"},
            .note = "seen in the app",
            .if_updated_at = {}};
  }

  // The whole of `first` again, under another client_order_id.
  Result<Ledger::Accepted> retry(const Order& first, const std::string& client_order_id,
                                 bool include_rejected = false) {
    std::vector<std::string> symbols;
    for (const Symbol& symbol : first.symbols) symbols.push_back(symbol.str());
    Order again = order(client_order_id, {.accounts = first.accounts, .symbols = symbols, .side = first.side});
    again.retry_of = first.id;
    return run(ledger().retry(std::move(again), "hash of " + client_order_id, include_rejected, bot));
  }
  // One child order in each state in which it can be retried or not.
  Order settled(const std::string& client_order_id) {
    const Order made =
        executing(client_order_id, {.accounts = {mom}, .symbols = {"DENY", "FILL", "REJ", "MIX", "DOUBT"}});
    const auto end = [&](std::size_t which, ChildOrderStatus status, std::vector<ExecutionReport> executions) {
      report(complete(made.child_orders[which].id, status, std::move(executions)));
    };
    end(0, ChildOrderStatus::denied, {});
    end(1, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)});
    end(2, ChildOrderStatus::rejected, {execution(ExecutionStatus::rejected)});
    end(3, ChildOrderStatus::mixed, {execution(ExecutionStatus::filled), execution(ExecutionStatus::not_sent)});
    end(4, ChildOrderStatus::in_doubt, {});
    return stored(made.id);
  }
  static std::vector<std::string> symbols_of(const Order& order) {
    std::vector<std::string> symbols;
    for (const ChildOrder& child : order.child_orders) symbols.push_back(child.symbol.str());
    return symbols;
  }
};

// --- cancel ---

TEST_P(LedgerLifeContract, CancelingTakesWhatIsPendingAndNothingElse) {
  const Order made = placed("c-1", {.accounts = {mom, dad}, .symbols = {"AAPL", "MSFT"}});
  const Order other = placed("c-2", {.accounts = {dad}});
  ASSERT_EQ(permit(ask(made, mom, assign("family"))).permitted.size(), 2U);
  clock.advance(std::chrono::seconds(2));
  const auto changes = run(ledger().cancel(made.id, bot, clock.now())).value();
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
  ASSERT_TRUE(run(ledger().cancel(made.id, bot, clock.now())).ok());
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
  ASSERT_TRUE(run(ledger().cancel(canceled.id, bot, clock.now())).ok());
  const std::size_t before = events().size();
  for (const OrderId& id : {made.id, canceled.id}) {
    const auto refused = run(ledger().cancel(id, bot, clock.now()));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_EQ(refused.error().reason, "nothing_to_cancel");
  }
  EXPECT_EQ(stored(made.id).child_orders.front().status, ChildOrderStatus::executing);
  EXPECT_EQ(events().size(), before);
}

TEST_P(LedgerLifeContract, AnAccountWhoseChildOrdersAreCanceledCanBeDeleted) {
  const Order made = placed("c-1", {.accounts = {mom}});
  EXPECT_EQ(run(registry().delete_account(mom, bot, clock.now())).error().reason, "account_busy");
  ASSERT_TRUE(run(ledger().cancel(made.id, bot, clock.now())).ok());
  EXPECT_TRUE(run(registry().delete_account(mom, bot, clock.now())).ok());
}

namespace ledger_life_detail {

inline asio::awaitable<void> cancel_one(Ledger& ledger, OrderId id, Timestamp now, bool& canceled) {
  canceled = (co_await ledger.cancel(std::move(id), {}, now)).ok();
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

// --- resolve ---

TEST_P(LedgerLifeContract, APersonsWordSettlesADoubtAndIsKeptWithItsName) {
  const std::vector<std::pair<ExecutionStatus, ChildOrderStatus>> cases = {
      {ExecutionStatus::submitted, ChildOrderStatus::submitted},
      {ExecutionStatus::filled, ChildOrderStatus::filled},
      {ExecutionStatus::rejected, ChildOrderStatus::rejected},
      {ExecutionStatus::not_sent, ChildOrderStatus::denied}};
  for (const auto& [outcome, status] : cases) {
    const Order made = doubtful(fmt::format("c-{}", to_string(outcome)), {.accounts = {mom}});
    const ChildOrderId id = made.child_orders.front().id;
    const auto change = resolve(decision(id, outcome));
    ASSERT_TRUE(change.ok()) << change.error().message;
    EXPECT_EQ(change->before, ChildOrderStatus::in_doubt);
    EXPECT_EQ(stored(id).status, status);
    EXPECT_EQ(stored(id).reason, "resolved");
    EXPECT_EQ(stored(id).updated_at, clock.now());
    const Event told = events().back();
    EXPECT_EQ(told.type, fmt::format("child_order_{}", to_string(status)));
    EXPECT_NE(told.detail.find("admin says "), std::string::npos) << told.detail;
    EXPECT_NE(told.detail.find("seen in the app"), std::string::npos) << told.detail;
  }
}

TEST_P(LedgerLifeContract, OnlyWhatIsInDoubtCanBeResolved) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  const std::size_t before = events().size();
  const auto refused = resolve(decision(id, ExecutionStatus::filled));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().reason, "not_in_doubt");
  EXPECT_EQ(stored(id).status, ChildOrderStatus::executing);
  EXPECT_EQ(events().size(), before);
  EXPECT_EQ(resolve(decision(ChildOrderId("nobody"), ExecutionStatus::filled)).error().reason, "unknown_child_order");
}

TEST_P(LedgerLifeContract, NothingIsResolvedWhileItsRunMayBeAlive) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  const Timestamp bound = clock.now() + std::chrono::minutes(5);
  const auto at = [&](Timestamp runs_over) {
    return run(ledger().resolve(decision(id, ExecutionStatus::not_sent), clock.now(), runs_over));
  };
  const auto early = at(bound - std::chrono::microseconds(1));
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code, ErrorCode::conflict);
  EXPECT_EQ(early.error().reason, "run_may_be_alive");
  EXPECT_EQ(stored(id).status, ChildOrderStatus::in_doubt);
  EXPECT_TRUE(at(bound).ok());
}

TEST_P(LedgerLifeContract, AWorkersLastWordEndsItsRun) {
  const Order first = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = first.child_orders.front().id;
  ASSERT_TRUE(report(complete(id, ChildOrderStatus::in_doubt)).has_value());
  EXPECT_TRUE(run(ledger().resolve(decision(id, ExecutionStatus::filled), clock.now(), clock.now())).ok());
  // Lost, and heard of again: the doubt stays, and its run is over.
  const Order second = doubtful("c-2", {.accounts = {dad}});
  const ChildOrderId late = second.child_orders.front().id;
  const Resolution filled = decision(late, ExecutionStatus::filled);
  EXPECT_EQ(run(ledger().resolve(filled, clock.now(), clock.now())).error().reason, "run_may_be_alive");
  report(complete(late, ChildOrderStatus::in_doubt));
  EXPECT_TRUE(run(ledger().resolve(filled, clock.now(), clock.now())).ok());
}

TEST_P(LedgerLifeContract, APartialReportEndsNoRun) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ChildOrderReport partial = complete(id, ChildOrderStatus::executing, {execution(ExecutionStatus::submitted)});
  partial.complete = false;
  ASSERT_TRUE(report(partial).has_value());
  EXPECT_EQ(run(ledger().resolve(decision(id, ExecutionStatus::filled), clock.now(), clock.now())).error().reason,
            "run_may_be_alive");
}

TEST_P(LedgerLifeContract, WhatWasNeverPermittedIsResolvedWhenNoRunLastsSoLong) {
  const Order made = placed("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ChildOrderReport partial = complete(id, ChildOrderStatus::executing, {execution(ExecutionStatus::submitted)});
  partial.complete = false;
  report(partial);
  ASSERT_EQ(stored(id).status, ChildOrderStatus::in_doubt);
  const Resolution filled = decision(id, ExecutionStatus::filled);
  EXPECT_EQ(run(ledger().resolve(filled, clock.now(), clock.now())).error().reason, "run_may_be_alive");
  EXPECT_TRUE(resolve(filled).ok());
}

TEST_P(LedgerLifeContract, SubAccountsThatAnsweredKeepTheirAnswer) {
  const Order made = executing("c-1", {.accounts = {mom}, .symbols = {"AAPL", "MSFT", "TSLA"}});
  const auto in_doubt_with = [&](std::size_t which, std::vector<ExecutionReport> executions) {
    const ChildOrderId id = made.child_orders[which].id;
    report(complete(id, ChildOrderStatus::in_doubt, std::move(executions)));
    EXPECT_EQ(stored(id).status, ChildOrderStatus::in_doubt);
    return id;
  };
  const ExecutionReport good = execution(ExecutionStatus::filled, "xxxx0001");
  const ExecutionReport open = execution(ExecutionStatus::in_doubt, "xxxx0002");
  const ChildOrderId same = in_doubt_with(0, {good, open});
  ASSERT_TRUE(resolve(decision(same, ExecutionStatus::filled)).ok());
  EXPECT_EQ(stored(same).status, ChildOrderStatus::filled);
  EXPECT_EQ(stored(same).executions[0], good);
  EXPECT_EQ(stored(same).executions[1].status, ExecutionStatus::filled);
  const ChildOrderId other = in_doubt_with(1, {good, open});
  ASSERT_TRUE(resolve(decision(other, ExecutionStatus::not_sent)).ok());
  EXPECT_EQ(stored(other).status, ChildOrderStatus::mixed) << "one of them has traded: it is never sent again";
  EXPECT_EQ(stored(other).executions[1].status, ExecutionStatus::not_sent);
  // Killed before all had answered.
  const ChildOrderId killed = in_doubt_with(2, {good});
  ASSERT_TRUE(resolve(decision(killed, ExecutionStatus::not_sent)).ok());
  EXPECT_EQ(stored(killed).status, ChildOrderStatus::mixed);
  EXPECT_EQ(stored(killed).executions, std::vector{good});
}

TEST_P(LedgerLifeContract, WhoLookedAtAnOlderStateIsRefused) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  Resolution seen = decision(id, ExecutionStatus::filled);
  seen.if_updated_at = stored(id).updated_at - std::chrono::seconds(1);
  const auto refused = resolve(seen);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::precondition_failed);
  seen.if_updated_at = stored(id).updated_at;
  EXPECT_TRUE(resolve(seen).ok());
}

TEST_P(LedgerLifeContract, ABrokersLateReportCorrectsAPersonAndRaisesAnAlarm) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ASSERT_TRUE(resolve(decision(id, ExecutionStatus::not_sent)).ok());
  EXPECT_EQ(accept_error(order("c-2", {.accounts = {mom}})), "ok") << "the doubt is settled";
  const auto change = report(complete(id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  ASSERT_TRUE(change.has_value());
  EXPECT_TRUE(change->alarm);
  EXPECT_EQ(stored(id).status, ChildOrderStatus::filled);
}

// --- retry ---

TEST_P(LedgerLifeContract, ARetryIsANewOrderOverWhatWasNeverSent) {
  const Order first = settled("c-1");
  const auto again = retry(first, "c-2");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_TRUE(again->created);
  const Order kept = stored(again->order.id);
  EXPECT_EQ(kept.retry_of, first.id);
  EXPECT_EQ(symbols_of(kept), std::vector<std::string>{"DENY"});
  EXPECT_EQ(kept.symbols, std::vector{Symbol("DENY")});
  EXPECT_EQ(kept.accounts, std::vector{mom});
  EXPECT_EQ(kept.child_orders.front().status, ChildOrderStatus::pending);
  EXPECT_NE(kept.child_orders.front().id, first.child_orders.front().id);
  EXPECT_EQ(events().back().type, "order_retried");
  EXPECT_NE(events().back().detail.find(first.id.str()), std::string::npos);
}

TEST_P(LedgerLifeContract, EachChildOrderIsRetriedOnce) {
  const Order first = settled("c-1");
  ASSERT_TRUE(retry(first, "c-2").ok());
  const auto none = retry(first, "c-3");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::conflict);
  EXPECT_EQ(none.error().reason, "nothing_to_retry");
  const auto rejected = retry(first, "c-4", true);
  ASSERT_TRUE(rejected.ok()) << rejected.error().message;
  EXPECT_EQ(symbols_of(rejected->order), std::vector<std::string>{"REJ"}) << "never what is mixed, filled or in doubt";
  EXPECT_EQ(retry(first, "c-5", true).error().reason, "nothing_to_retry");
}

TEST_P(LedgerLifeContract, ARetryCanBeRetried) {
  const Order first = placed("c-1", {.accounts = {mom, dad}});
  ASSERT_TRUE(run(ledger().cancel(first.id, bot, clock.now())).ok());
  const Order second = retry(first, "c-2").value().order;
  EXPECT_EQ(second.accounts, (std::vector{mom, dad}));
  EXPECT_EQ(retry(second, "c-3").error().reason, "nothing_to_retry") << "it is pending";
  clock.advance(std::chrono::hours(1));
  ASSERT_EQ(run(ledger().expire(clock.now())).value().size(), 2U);
  EXPECT_EQ(retry(first, "c-4").error().reason, "nothing_to_retry");
  EXPECT_EQ(retry(second, "c-5").value().order.retry_of, second.id);
}

TEST_P(LedgerLifeContract, ARetrysRepeatGetsTheSameOrderAndAnotherBodyNone) {
  const Order first = placed("c-1", {.accounts = {mom}});
  ASSERT_TRUE(run(ledger().cancel(first.id, bot, clock.now())).ok());
  const auto made = retry(first, "c-2");
  ASSERT_TRUE(made.ok());
  const std::size_t before = events().size();
  const auto again = retry(first, "c-2");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->order.id, made->order.id);
  EXPECT_EQ(retry(first, "c-1").value().order.id, first.id) << "the key says which order, and the hash that it is this";
  EXPECT_EQ(events().size(), before);
}

TEST_P(LedgerLifeContract, ARetryIsHeldToWhatAnOrderIs) {
  const Order first = placed("c-1", {.accounts = {mom, dad}});
  ASSERT_TRUE(run(ledger().cancel(first.id, bot, clock.now())).ok());
  doubtful("c-2", {.accounts = {mom}});
  EXPECT_EQ(retry(first, "c-3").error().reason, "in_doubt_open");
  Order unknown = order("c-4", {.accounts = {mom}});
  unknown.retry_of = OrderId("nobody");
  EXPECT_EQ(run(ledger().retry(unknown, "hash", false, bot)).error().reason, "unknown_order");
  EXPECT_FALSE(run(ledger().find_order(ClientOrderId("c-3"))).value().has_value());
}

}  // namespace tradeauto
