#pragma once

#include "contract/ledger_contract.h"

// ports/ledger.h on every engine: reports, doubt, expiry, lists and the audit trail.
namespace tradeauto {

class LedgerSettlementContract : public LedgerContract {};

// --- reports ---

TEST_P(LedgerSettlementContract, ACompleteReportSettlesTheChildOrderAndKeepsItsExecutions) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  clock.advance(std::chrono::seconds(2));
  ExecutionReport bare = execution(ExecutionStatus::submitted, "xxxx0002");
  bare.broker_order_id.reset();
  bare.price.reset();
  const std::vector executions = {execution(ExecutionStatus::submitted), bare};
  const auto change = report(complete(id, ChildOrderStatus::submitted, executions));
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->before, ChildOrderStatus::executing);
  EXPECT_FALSE(change->alarm);
  const ChildOrder child = stored(id);
  EXPECT_EQ(child.status, ChildOrderStatus::submitted);
  EXPECT_EQ(child.reason, "a_reason");
  EXPECT_EQ(child.detail, "for people");
  EXPECT_EQ(child.updated_at, clock.now());
  EXPECT_EQ(child.executions, executions);
  EXPECT_EQ(stored(made.id).child_orders.front().executions, executions);
  EXPECT_TRUE(run(ledger().executing()).value().empty());
  EXPECT_EQ(events().back().type, "child_order_submitted");
  EXPECT_EQ(events().back().worker, WorkerName("w1"));
}

TEST_P(LedgerSettlementContract, AnIncompleteReportKeepsTheStateAndUpdatesTheExecutions) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ChildOrderReport partial = complete(id, ChildOrderStatus::executing, {execution(ExecutionStatus::submitted)});
  partial.complete = false;
  const auto change = report(partial);
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->before, ChildOrderStatus::executing);
  EXPECT_EQ(change->child_order.status, ChildOrderStatus::executing);
  EXPECT_EQ(stored(id).executions, partial.executions);
  EXPECT_EQ(run(ledger().executing()).value().size(), 1U);
  EXPECT_EQ(count_events("child_order_report"), 1U);
}

TEST_P(LedgerSettlementContract, AReportThatRepeatsWhatIsKnownWritesNothing) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const auto filled =
      complete(made.child_orders.front().id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)});
  ASSERT_TRUE(report(filled).has_value());
  const std::size_t before = events().size();
  EXPECT_FALSE(report(filled).has_value());
  EXPECT_EQ(events().size(), before);
}

TEST_P(LedgerSettlementContract, TheSameStateWithNewEvidenceIsKept) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ASSERT_TRUE(report(complete(id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)})).has_value());
  ExecutionReport corrected = execution(ExecutionStatus::filled);
  corrected.message = "corrected price";
  ASSERT_TRUE(report(complete(id, ChildOrderStatus::filled, {corrected})).has_value());
  EXPECT_EQ(stored(id).executions.front().message, "corrected price");
}

TEST_P(LedgerSettlementContract, AKilledRunsReportTakesNoEvidenceAway) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ChildOrderReport partial = complete(id, ChildOrderStatus::executing, {execution(ExecutionStatus::submitted)});
  partial.complete = false;
  ASSERT_TRUE(report(partial).has_value());
  ASSERT_TRUE(report(complete(id, ChildOrderStatus::in_doubt)).has_value());
  EXPECT_EQ(stored(id).status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(stored(id).executions, partial.executions);
}

TEST_P(LedgerSettlementContract, AReportThatTheTableForbidsIsAnEventAndChangesNothing) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ASSERT_TRUE(report(complete(id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)})).has_value());
  const ChildOrder before = stored(id);
  EXPECT_FALSE(report(complete(id, ChildOrderStatus::denied)).has_value()) << "a worker's denial corrects no fill";
  ChildOrderReport partial = complete(id, ChildOrderStatus::executing, {execution(ExecutionStatus::submitted)});
  partial.complete = false;
  EXPECT_FALSE(report(partial).has_value()) << "an old snapshot";
  EXPECT_EQ(count_events("report_ignored"), 2U);
  EXPECT_EQ(stored(id).status, before.status);
  EXPECT_EQ(stored(id).executions, before.executions);
  EXPECT_EQ(stored(id).updated_at, before.updated_at);
}

TEST_P(LedgerSettlementContract, ABrokersLateReportCorrectsAFinalStateAndRaisesAnAlarm) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ASSERT_TRUE(report(complete(id, ChildOrderStatus::denied)).has_value());
  const auto change = report(complete(id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  ASSERT_TRUE(change.has_value());
  EXPECT_TRUE(change->alarm);
  EXPECT_EQ(change->before, ChildOrderStatus::denied);
  EXPECT_EQ(stored(id).status, ChildOrderStatus::filled);
  EXPECT_EQ(count_events("alarm"), 1U);
}

TEST_P(LedgerSettlementContract, AReportOnWhatWasNeverPermittedRaisesAnAlarmAndItStartsNoMore) {
  const Order made = placed("c-1", {.accounts = {mom, dad}});
  ChildOrderReport partial = complete(made.child_orders[0].id, ChildOrderStatus::executing);
  partial.complete = false;
  ASSERT_TRUE(report(partial).has_value());
  EXPECT_EQ(stored(made.child_orders[0].id).status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(stored(made.child_orders[0].id).reason, "not_permitted");
  const auto done =
      report(complete(made.child_orders[1].id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->alarm);
  EXPECT_EQ(count_events("alarm"), 2U);
  const Epoch epoch = assign("family");
  EXPECT_EQ(refusal(ask(made, mom, epoch)), "not_pending");
  EXPECT_EQ(refusal(ask(made, dad, epoch)), "not_pending");
}

TEST_P(LedgerSettlementContract, AReportThatContradictsItsOwnExecutionsIsDoubt) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ASSERT_TRUE(report(complete(id, ChildOrderStatus::rejected, {execution(ExecutionStatus::submitted)})).has_value());
  EXPECT_EQ(stored(id).status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(stored(id).reason, "inconsistent_report");
}

TEST_P(LedgerSettlementContract, ALateReportSettlesADoubt) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  const auto change = report(complete(id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->before, ChildOrderStatus::in_doubt);
  EXPECT_FALSE(change->alarm);
  EXPECT_EQ(stored(id).status, ChildOrderStatus::filled);
}

// --- doubt, not started, refused ---

TEST_P(LedgerSettlementContract, DoubtTakesOnlyWhatIsExecuting) {
  const Order made = placed("c-1", {.accounts = {mom, dad}});
  ASSERT_EQ(permit(ask(made, mom, assign("family"))).permitted.size(), 1U);
  const auto changes = run(ledger().doubt(ids_of(made), "worker_lost", "its lease is over", clock.now())).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].child_order.id, made.child_orders[0].id);
  EXPECT_EQ(changes[0].before, ChildOrderStatus::executing);
  const ChildOrder child = stored(made.child_orders[0].id);
  EXPECT_EQ(child.status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(child.reason, "worker_lost");
  EXPECT_EQ(child.detail, "its lease is over");
  EXPECT_EQ(child.worker, WorkerName("w1")) << "who may know more";
  EXPECT_EQ(stored(made.child_orders[1].id).status, ChildOrderStatus::pending);
  EXPECT_EQ(count_events("child_order_in_doubt"), 1U);
  EXPECT_TRUE(run(ledger().executing()).value().empty());
}

TEST_P(LedgerSettlementContract, NotStartedIsPendingAgainWithTheNextAttempt) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  const auto changes = run(ledger().not_started({id, id}, clock.now())).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(stored(id).status, ChildOrderStatus::pending);
  EXPECT_EQ(stored(id).attempt, 2U);
  EXPECT_FALSE(stored(id).worker.has_value());
  EXPECT_TRUE(run(ledger().executing()).value().empty());
  EXPECT_EQ(run(ledger().pending(mom, 10)).value().size(), 1U);
  EXPECT_TRUE(run(ledger().not_started({id}, clock.now())).value().empty()) << "left alone when it is not executing";
  EXPECT_EQ(stored(id).attempt, 2U);
  EXPECT_EQ(permit(ask(stored(made.id), mom, assign("family", "w2"), "journal-2")).permitted.size(), 1U);
  EXPECT_EQ(run(ledger().executing()).value().front().journal, JournalId("journal-2"));
}

TEST_P(LedgerSettlementContract, WhatIsInDoubtIsNeverPendingAgain) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  EXPECT_TRUE(run(ledger().not_started({id}, clock.now())).value().empty());
  EXPECT_EQ(refusal(ask(made, mom, assign("family"))), "not_pending");
  EXPECT_EQ(stored(id).status, ChildOrderStatus::in_doubt);
}

TEST_P(LedgerSettlementContract, RefusingDeniesWhatIsPending) {
  const Order made = placed("c-1", {.accounts = {mom, dad}});
  ASSERT_EQ(permit(ask(made, dad, assign("family"))).permitted.size(), 1U);
  const auto changes = run(ledger().refuse(ids_of(made), "login_failed", "a wrong password", clock.now())).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(stored(made.child_orders[0].id).status, ChildOrderStatus::denied);
  EXPECT_EQ(stored(made.child_orders[0].id).reason, "login_failed");
  EXPECT_EQ(stored(made.child_orders[1].id).status, ChildOrderStatus::executing);
}

// --- expiry ---

TEST_P(LedgerSettlementContract, ExpiryTakesWhatIsPendingAndWhoseDeadlineIsOver) {
  EXPECT_FALSE(run(ledger().next_expiry()).value().has_value());
  const Order soon = placed("c-1", {.accounts = {mom, dad}, .start_within = std::chrono::seconds(10)});
  const Order later = placed("c-2", {.accounts = {kim}, .start_within = std::chrono::seconds(20)});
  EXPECT_EQ(run(ledger().next_expiry()).value(), soon.deadline);
  ASSERT_EQ(permit(ask(soon, dad, assign("family"))).permitted.size(), 1U);
  EXPECT_TRUE(run(ledger().expire(clock.now())).value().empty());
  clock.advance(std::chrono::seconds(10));
  const auto changes = run(ledger().expire(clock.now())).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].child_order.id, soon.child_orders[0].id);
  EXPECT_EQ(stored(soon.child_orders[0].id).status, ChildOrderStatus::expired);
  EXPECT_EQ(stored(soon.child_orders[1].id).status, ChildOrderStatus::executing) << "what runs does not expire";
  EXPECT_EQ(run(ledger().next_expiry()).value(), later.deadline);
}

// --- journals ---

TEST_P(LedgerSettlementContract, RemembersTheHighestConfirmedSequenceOfEachJournal) {
  const JournalId journal("journal-1");
  EXPECT_EQ(run(ledger().confirmed_sequence(journal)).value(), 0U);
  ASSERT_TRUE(run(ledger().confirm_sequence(journal, 7)).ok());
  ASSERT_TRUE(run(ledger().confirm_sequence(journal, 3)).ok());
  EXPECT_EQ(run(ledger().confirmed_sequence(journal)).value(), 7U);
  EXPECT_EQ(run(ledger().confirmed_sequence(JournalId("journal-2"))).value(), 0U);
}

// --- audit trail ---

TEST_P(LedgerSettlementContract, EventsAreNumberedWithoutGapsAndPaged) {
  for (int i = 0; i < 5; ++i) {
    Event event;
    event.sequence = 99;  // the ledger's business
    event.at = clock.now();
    event.type = fmt::format("note_{}", i);
    event.worker = WorkerName("w1");
    event.group = mom.group;
    event.detail = "text";
    ASSERT_TRUE(run(ledger().append_event(event)).ok());
  }
  EXPECT_FALSE(run(ledger().accept(order("c-1", {}), "hash", bot)).ok()) << "a failure leaves no gap";
  placed("c-2", {.accounts = {mom}});
  const auto page = run(ledger().events(filled + 2, 3)).value();
  ASSERT_EQ(page.size(), 3U);
  EXPECT_EQ(page[0].sequence, filled + 3);
  EXPECT_EQ(page[0].type, "note_2");
  EXPECT_EQ(page[0].at, clock.now());
  EXPECT_EQ(page[0].worker, WorkerName("w1"));
  EXPECT_EQ(page[0].group, mom.group);
  EXPECT_EQ(page[0].detail, "text");
  EXPECT_FALSE(page[0].order.has_value());
  EXPECT_EQ(page[2].sequence, filled + 5);
  EXPECT_EQ(run(ledger().events(filled + 5, 10)).value().size(), 1U);
  EXPECT_TRUE(run(ledger().events(filled + 6, 10)).value().empty());
}

// --- lists ---

class LedgerListContract : public LedgerContract {
 protected:
  // OrderFilter with a default for each field, so that a case names only what it filters by.
  struct Wanted {
    Groups groups = {};
    std::optional<GroupName> group = {};
    std::optional<AccountRef> account = {};
    std::optional<Symbol> symbol = {};
    std::optional<ClientOrderId> client_order_id = {};
    std::optional<OrderStatus> status = {};
    std::optional<Timestamp> since = {};
    std::optional<Timestamp> until = {};
    std::optional<OrderId> before = {};
    std::size_t limit = 50;
  };
  Result<std::vector<Order>> list(const Wanted& w) {
    OrderFilter filter;
    filter.groups = w.groups;
    filter.group = w.group;
    filter.account = w.account;
    filter.symbol = w.symbol;
    filter.client_order_id = w.client_order_id;
    filter.status = w.status;
    filter.since = w.since;
    filter.until = w.until;
    filter.before = w.before;
    filter.limit = w.limit;
    return run(ledger().list_orders(std::move(filter)));
  }
  std::vector<std::string> listed(const Wanted& wanted) {
    std::vector<std::string> ids;
    const std::vector<Order> orders = list(wanted).value();
    for (const Order& order : orders) ids.push_back(order.client_order_id.str());
    return ids;
  }
  using Ids = std::vector<std::string>;
};

TEST_P(LedgerListContract, NewestFirstInPages) {
  for (int i = 0; i < 5; ++i) {
    placed(fmt::format("c-{}", i), {.accounts = {mom}});
    if (i % 2 == 0) clock.advance(std::chrono::seconds(1));  // also two of the same time
  }
  EXPECT_EQ(listed({.limit = 3}), (Ids{"c-4", "c-3", "c-2"}));
  const OrderId cursor = run(ledger().find_order(ClientOrderId("c-2"))).value()->id;
  EXPECT_EQ(listed({.before = cursor, .limit = 3}), (Ids{"c-1", "c-0"}));
  EXPECT_EQ(list({.before = OrderId("nobody")}).error().reason, "unknown_order");
}

TEST_P(LedgerListContract, WithinGroupsOnlyWhatLiesThereAltogether) {
  const GroupName family("family");
  const GroupName club("club");
  for (int i = 0; i < 4; ++i) {
    placed(fmt::format("family-{}", i), {.accounts = {mom, dad}});
    placed(fmt::format("both-{}", i), {.accounts = {mom, kim}});
    placed(fmt::format("club-{}", i), {.accounts = {kim}});
  }
  EXPECT_EQ(listed({.groups = {club}}), (Ids{"club-3", "club-2", "club-1", "club-0"}));
  EXPECT_EQ(listed({.groups = {family}, .limit = 3}), (Ids{"family-3", "family-2", "family-1"})) << "a full page";
  const OrderId cursor = run(ledger().find_order(ClientOrderId("family-1"))).value()->id;
  EXPECT_EQ(listed({.groups = {family}, .before = cursor, .limit = 3}), Ids{"family-0"});
  EXPECT_EQ(listed({.groups = {family, club}}).size(), 12U);
  EXPECT_EQ(listed({.groups = {family}, .group = club}), Ids{});
  EXPECT_EQ(listed({.groups = {family}, .account = kim}), Ids{});
  EXPECT_EQ(listed({.groups = {club}, .client_order_id = ClientOrderId("both-1")}), Ids{});
  EXPECT_EQ(listed({.groups = {club}, .status = OrderStatus::working}).size(), 4U);
  EXPECT_EQ(listed({.groups = {GroupName("famil"), GroupName("y")}}), Ids{});
}

TEST_P(LedgerListContract, ByGroupAccountSymbolAndClientOrderId) {
  placed("c-1", {.accounts = {mom}, .symbols = {"AAPL"}});
  placed("c-2", {.accounts = {mom, kim}, .symbols = {"AAPL", "MSFT"}});
  placed("c-3", {.accounts = {kim}, .symbols = {"TSLA"}});
  EXPECT_EQ(listed({}), (Ids{"c-3", "c-2", "c-1"}));
  EXPECT_EQ(listed({.group = GroupName("family")}), (Ids{"c-2", "c-1"}));
  EXPECT_EQ(listed({.group = GroupName("club")}), (Ids{"c-3", "c-2"}));
  EXPECT_EQ(listed({.account = kim}), (Ids{"c-3", "c-2"}));
  EXPECT_EQ(listed({.account = kim, .symbol = Symbol("AAPL")}), (Ids{"c-2"}));
  EXPECT_EQ(listed({.symbol = Symbol("MSFT")}), (Ids{"c-2"}));
  EXPECT_EQ(listed({.client_order_id = ClientOrderId("c-1")}), (Ids{"c-1"}));
  EXPECT_EQ(listed({.group = GroupName("club"), .client_order_id = ClientOrderId("c-1")}), Ids{});
  EXPECT_EQ(listed({.symbol = Symbol("NONE")}), Ids{});
}

TEST_P(LedgerListContract, ByTimeFromSinceUpToButNotUntil) {
  std::vector<Timestamp> times;
  for (int i = 0; i < 4; ++i) {
    times.push_back(clock.now());
    placed(fmt::format("c-{}", i), {.accounts = {mom}});
    clock.advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(listed({.since = times[1], .until = times[3]}), (Ids{"c-2", "c-1"}));
  EXPECT_EQ(listed({.account = mom, .since = times[3]}), (Ids{"c-3"}));
  EXPECT_EQ(listed({.until = times[1]}), (Ids{"c-0"}));
}

TEST_P(LedgerListContract, ByDerivedStatusOverPages) {
  const Order doubt = doubtful("attention", {.accounts = {mom}});
  const Order failed = executing("failed", {.accounts = {kim}, .symbols = {"AAPL", "MSFT"}});
  ASSERT_TRUE(report(complete(failed.child_orders[0].id, ChildOrderStatus::rejected)));
  ASSERT_TRUE(report(complete(failed.child_orders[1].id, ChildOrderStatus::filled)));
  for (int i = 0; i < 3; ++i) {
    const Order settled = executing(fmt::format("settled-{}", i), {.accounts = {kim}});
    ASSERT_TRUE(report(complete(settled.child_orders[0].id, ChildOrderStatus::filled)));
  }
  // One child order failed, the other still runs: working, not failed.
  const Order working = executing("working", {.accounts = {dad}, .symbols = {"AAPL", "MSFT"}});
  ASSERT_TRUE(report(complete(working.child_orders[0].id, ChildOrderStatus::rejected)));

  EXPECT_EQ(listed({.status = OrderStatus::attention}), (Ids{"attention"}));
  EXPECT_EQ(listed({.status = OrderStatus::working}), (Ids{"working"}));
  EXPECT_EQ(listed({.status = OrderStatus::failed, .limit = 1}), (Ids{"failed"}));
  EXPECT_EQ(listed({.status = OrderStatus::settled}), (Ids{"settled-2", "settled-1", "settled-0"}));
  EXPECT_EQ(listed({.status = OrderStatus::settled, .limit = 2}), (Ids{"settled-2", "settled-1"}));
  const OrderId cursor = run(ledger().find_order(ClientOrderId("settled-1"))).value()->id;
  EXPECT_EQ(listed({.status = OrderStatus::settled, .before = cursor}), (Ids{"settled-0"}));
  EXPECT_EQ(listed({.account = mom, .status = OrderStatus::failed}), Ids{});
}

}  // namespace tradeauto
