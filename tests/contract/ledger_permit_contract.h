#pragma once

#include <set>

#include "contract/ledger_contract.h"

// ports/ledger.h on every engine: the start permit.
namespace tradeauto {

class LedgerPermitContract : public LedgerContract {};

TEST_P(LedgerPermitContract, APermitMovesPendingToExecutingAndRemembersWho) {
  const Order made = placed("c-1", {.accounts = {mom}, .symbols = {"AAPL", "MSFT"}});
  const Epoch epoch = assign("family");
  const PermitRequest request = ask(made, mom, epoch);
  const auto decision = permit(request);
  EXPECT_EQ(decision.permitted, ids_of(made));
  EXPECT_TRUE(decision.refused.empty());
  ASSERT_EQ(decision.changes.size(), 2U);
  EXPECT_EQ(decision.changes[0].before, ChildOrderStatus::pending);
  EXPECT_EQ(decision.changes[0].child_order.status, ChildOrderStatus::executing);
  EXPECT_EQ(stored(made.child_orders[1].id).status, ChildOrderStatus::executing);
  EXPECT_EQ(stored(made.child_orders[1].id).worker, WorkerName("w1"));
  EXPECT_EQ(count_events("child_order_executing"), 2U);
  const auto running = run(ledger().executing()).value();
  ASSERT_EQ(running.size(), 2U);
  for (const Ledger::Permitted& one : running) {
    EXPECT_EQ(one.task, request.task.id);
    EXPECT_EQ(one.worker, WorkerName("w1"));
    EXPECT_EQ(one.journal, JournalId("journal-1"));
    EXPECT_EQ(one.group, mom.group);
    EXPECT_EQ(one.run_deadline, request.run_deadline);
  }
}

TEST_P(LedgerPermitContract, APermitIsGivenOnce) {
  const Order made = placed("c-1", {.accounts = {mom}});
  const Epoch epoch = assign("family");
  ASSERT_EQ(permit(ask(made, mom, epoch)).permitted.size(), 1U);
  EXPECT_EQ(refusal(ask(made, mom, epoch)), "not_pending");
  EXPECT_EQ(count_events("child_order_executing"), 1U);
}

TEST_P(LedgerPermitContract, AnOldEpochGetsNoPermit) {
  const Order made = placed("c-1", {.accounts = {mom}});
  EXPECT_EQ(refusal(ask(made, mom, {.incarnation = ledger().incarnation(), .counter = 1})), "stale_epoch")
      << "never assigned";
  const Epoch old = assign("family", "w1");
  const Epoch newest = assign("family", "w2");
  EXPECT_EQ(refusal(ask(made, mom, old)), "stale_epoch");
  Epoch invented = newest;
  ++invented.counter;
  EXPECT_EQ(refusal(ask(made, mom, invented)), "stale_epoch");
  EXPECT_EQ(stored(made.child_orders.front().id).status, ChildOrderStatus::pending);
  EXPECT_EQ(permit(ask(made, mom, newest)).permitted.size(), 1U);
}

TEST_P(LedgerPermitContract, AnOrderWhoseDeadlineIsOverExpiresInsteadOfStarting) {
  const Order made = placed("c-1", {.accounts = {mom}, .start_within = std::chrono::seconds(10)});
  const Epoch epoch = assign("family");
  clock.advance(std::chrono::seconds(10));
  const auto decision = permit(ask(made, mom, epoch));
  ASSERT_EQ(decision.refused.size(), 1U);
  EXPECT_EQ(decision.refused[0].reason, "expired");
  EXPECT_FALSE(decision.refused[0].retry_later);
  ASSERT_EQ(decision.changes.size(), 1U);
  EXPECT_EQ(stored(made.child_orders.front().id).status, ChildOrderStatus::expired);
  EXPECT_EQ(count_events("child_order_expired"), 1U);
}

TEST_P(LedgerPermitContract, AnAccountRunsOneTaskAtATime) {
  const Order first = placed("c-1", {.accounts = {mom}});
  const Order second = placed("c-2", {.accounts = {mom, dad}, .symbols = {"MSFT"}});
  const Epoch epoch = assign("family");
  ASSERT_EQ(permit(ask(first, mom, epoch)).permitted.size(), 1U);
  const auto busy = permit(ask(second, mom, epoch));
  ASSERT_EQ(busy.refused.size(), 1U);
  EXPECT_EQ(busy.refused[0].reason, "account_busy");
  EXPECT_TRUE(busy.refused[0].retry_later);
  EXPECT_TRUE(busy.changes.empty());
  EXPECT_EQ(stored(second.child_orders[0].id).status, ChildOrderStatus::pending);
  EXPECT_EQ(permit(ask(second, dad, epoch)).permitted.size(), 1U) << "another account is free";
  ASSERT_TRUE(report(complete(first.child_orders.front().id, ChildOrderStatus::rejected)));
  EXPECT_EQ(permit(ask(second, mom, epoch)).permitted.size(), 1U);
}

TEST_P(LedgerPermitContract, AnOpenDoubtDeniesAtThePermit) {
  const Order first = placed("c-1", {.accounts = {mom}});
  const Order second = placed("c-2", {.accounts = {mom}, .symbols = {"AAPL", "MSFT"}});
  const Order dry = placed("c-3", {.accounts = {mom}, .dry_run = true});
  const Order forced = placed("c-4", {.accounts = {mom}, .overrides = {"in_doubt_open"}});
  const Epoch epoch = assign("family");
  ASSERT_EQ(permit(ask(first, mom, epoch)).permitted.size(), 1U);
  ASSERT_EQ(run(ledger().doubt(ids_of(first), "worker_lost", "", clock.now())).value().size(), 1U);

  const auto decision = permit(ask(second, mom, epoch));
  EXPECT_EQ(decision.permitted, std::vector{second.child_orders[1].id}) << "the other symbol is not concerned";
  ASSERT_EQ(decision.refused.size(), 1U);
  EXPECT_EQ(decision.refused[0].reason, "in_doubt_open");
  EXPECT_FALSE(decision.refused[0].retry_later);
  EXPECT_EQ(stored(second.child_orders[0].id).status, ChildOrderStatus::denied);
  EXPECT_EQ(stored(second.child_orders[0].id).reason, "in_doubt_open");
  ASSERT_TRUE(report(complete(second.child_orders[1].id, ChildOrderStatus::rejected)));

  ASSERT_EQ(permit(ask(dry, mom, epoch)).permitted.size(), 1U) << "dry runs are exempt";
  ASSERT_TRUE(report(complete(dry.child_orders[0].id, ChildOrderStatus::dry_run)));
  EXPECT_EQ(permit(ask(forced, mom, epoch)).permitted.size(), 1U) << "overridden";
}

TEST_P(LedgerPermitContract, APermitForAnUnknownOrForeignChildOrderChangesNothing) {
  const Order made = placed("c-1", {.accounts = {mom, dad}});
  PermitRequest request = ask(made, mom, assign("family"));
  request.task.child_orders.push_back({.id = ChildOrderId("nobody"), .symbol = Symbol("AAPL")});
  EXPECT_EQ(run(ledger().permit(request)).error().reason, "unknown_child_order");
  request.task.child_orders.back().id = made.child_orders[1].id;
  EXPECT_EQ(run(ledger().permit(request)).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(stored(made.child_orders[0].id).status, ChildOrderStatus::pending);
  EXPECT_EQ(events().size(), 1U);
}

// --- concurrency ---

namespace ledger_contract_detail {

inline asio::awaitable<void> ask_many(Ledger& ledger, std::vector<PermitRequest> requests,
                                      std::vector<ChildOrderId>& won, std::mutex& mutex) {
  for (PermitRequest& request : requests) {
    const auto decision = co_await ledger.permit(std::move(request));
    if (!decision.ok()) throw std::runtime_error(decision.error().message);
    const std::scoped_lock lock(mutex);
    won.insert(won.end(), decision->permitted.begin(), decision->permitted.end());
  }
}

}  // namespace ledger_contract_detail

TEST_P(LedgerPermitContract, OfManyOverlappingPermitsForAChildOrderOneWins) {
  constexpr int kOrders = 10;
  constexpr int kAskers = 16;
  std::vector<std::vector<PermitRequest>> askers(kAskers);
  const Epoch epoch = assign("family");
  for (int i = 0; i < kOrders; ++i) {
    // All of one task, as if the same permit were asked for again and again.
    const Order made = placed(fmt::format("c-{}", i), {.accounts = {mom}, .symbols = {fmt::format("S{}", i)}});
    for (int asker = 0; asker < kAskers; ++asker) {
      PermitRequest request = ask(made, mom, epoch);
      request.task.id = TaskId("the task");
      askers[static_cast<std::size_t>(asker)].push_back(std::move(request));
    }
  }
  std::vector<ChildOrderId> won;
  std::mutex mutex;
  int running = kAskers;
  std::exception_ptr failure;
  for (auto& requests : askers) {
    asio::co_spawn(io, ledger_contract_detail::ask_many(ledger(), std::move(requests), won, mutex),
                   [&](std::exception_ptr error) {
                     --running;
                     if (error) failure = error;
                   });
  }
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
  EXPECT_EQ(running, 0);
  EXPECT_EQ(won.size(), static_cast<std::size_t>(kOrders));
  EXPECT_EQ(std::set<ChildOrderId>(won.begin(), won.end()).size(), won.size());
  EXPECT_EQ(count_events("child_order_executing"), static_cast<std::size_t>(kOrders));
}

}  // namespace tradeauto
