#pragma once

#include <algorithm>

#include "contract/store_fixture.h"

// ports/ledger.h on every engine: acceptance, reading, offering.
namespace tradeauto {

class LedgerContract : public StoreContract {
 protected:
  std::string accept_error(Order order, std::string hash = "hash") {
    const auto result = run(ledger().accept(std::move(order), std::move(hash), bot));
    return result.ok() ? "ok" : result.error().reason;
  }
  static std::vector<ChildOrderId> ids_of(const Order& order) {
    std::vector<ChildOrderId> ids;
    for (const ChildOrder& child : order.child_orders) ids.push_back(child.id);
    return ids;
  }
  std::string refusal(const PermitRequest& request) {
    const auto decision = permit(request);
    EXPECT_TRUE(decision.permitted.empty());
    return decision.refused.size() == 1 ? decision.refused.front().reason : "not refused";
  }
};

// --- accept ---

TEST_P(LedgerContract, AnAcceptedOrderComesBackWhole) {
  Order made =
      order("c-1", {.accounts = {mom, dad}, .symbols = {"AAPL", "BRK.B"}, .side = Side::sell, .dry_run = true});
  made.overrides = {"same_order_again", "dance"};
  made.quantity = Quantity(Decimal::parse("0.000000001").value());
  made.retry_of = OrderId("an earlier order");
  const auto accepted = run(ledger().accept(made, "hash", bot)).value();
  EXPECT_TRUE(accepted.created);
  const Order back = stored(made.id);
  EXPECT_EQ(back.client_order_id, made.client_order_id);
  EXPECT_EQ(back.group, made.group);
  EXPECT_EQ(back.accounts, made.accounts);
  EXPECT_EQ(back.side, Side::sell);
  EXPECT_EQ(back.quantity, made.quantity);
  EXPECT_EQ(back.symbols, made.symbols);
  EXPECT_TRUE(back.dry_run);
  EXPECT_EQ(back.overrides, made.overrides);
  EXPECT_EQ(back.created_at, made.created_at);
  EXPECT_EQ(back.deadline, made.deadline);
  EXPECT_EQ(back.retry_of, made.retry_of);
  ASSERT_EQ(ids_of(back), ids_of(made)) << "in the order in which they were given";
  for (std::size_t i = 0; i < back.child_orders.size(); ++i) {
    EXPECT_EQ(back.child_orders[i].order_id, made.id);
    EXPECT_EQ(back.child_orders[i].account, made.child_orders[i].account);
    EXPECT_EQ(back.child_orders[i].symbol, made.child_orders[i].symbol);
    EXPECT_EQ(back.child_orders[i].brokerage, made.child_orders[i].brokerage);
    EXPECT_EQ(back.child_orders[i].status, ChildOrderStatus::pending);
    EXPECT_EQ(back.child_orders[i].attempt, 1U);
    EXPECT_EQ(back.child_orders[i].updated_at, made.created_at);
    EXPECT_FALSE(back.child_orders[i].worker.has_value());
  }
  EXPECT_EQ(stored(made.child_orders[2].id).symbol, made.child_orders[2].symbol);
}

TEST_P(LedgerContract, AnOrderForAGroupKeepsTheGroup) {
  Order made = order("c-1", {.accounts = {mom}});
  made.accounts.clear();
  made.group = GroupName("family");
  ASSERT_EQ(accept_error(made), "ok");
  EXPECT_EQ(stored(made.id).group, made.group);
  EXPECT_TRUE(stored(made.id).accounts.empty());
}

TEST_P(LedgerContract, AcceptanceWritesOneEvent) {
  const Order made = placed("c-1", {.accounts = {mom, dad}});
  const auto all = events();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].sequence, filled + 1);
  EXPECT_EQ(all[0].type, "order_accepted");
  EXPECT_EQ(all[0].order, made.id);
  EXPECT_EQ(all[0].at, made.created_at);
}

TEST_P(LedgerContract, KnowsItsNewestEvent) {
  placed("c-1", {.accounts = {mom, dad}});
  EXPECT_EQ(run(ledger().newest_event()).value(), filled + 1);
  placed("c-2", {.accounts = {mom, dad}});
  EXPECT_EQ(run(ledger().newest_event()).value(), events().back().sequence);
}

TEST_P(LedgerContract, TheSameClientOrderIdAndBodyGetTheSameOrderAndWriteNothing) {
  const Order first = order("c-1", {.accounts = {mom}});
  ASSERT_TRUE(run(ledger().accept(first, "hash", bot)).value().created);
  const auto again = run(ledger().accept(order("c-1", {.accounts = {mom}}), "hash", bot)).value();
  EXPECT_FALSE(again.created);
  EXPECT_EQ(again.order.id, first.id);
  EXPECT_EQ(ids_of(again.order), ids_of(first));
  EXPECT_EQ(events().size(), 1U);
  EXPECT_EQ(run(ledger().list_orders({})).value().size(), 1U);
}

TEST_P(LedgerContract, TheSameClientOrderIdWithAnotherBodyIsRefused) {
  ASSERT_EQ(accept_error(order("c-1", {.accounts = {mom}}), "hash"), "ok");
  const auto other = run(ledger().accept(order("c-1", {.accounts = {dad}}), "another", bot));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::unprocessable);
  EXPECT_EQ(other.error().reason, "client_order_id_reused");
  EXPECT_EQ(events().size(), 1U);
}

TEST_P(LedgerContract, ARepeatGetsItsOrderAlsoWhenTheAccountIsGone) {
  const Order made = order("c-1", {.accounts = {mom}, .start_within = std::chrono::seconds(1)});
  ASSERT_EQ(accept_error(made), "ok");
  clock.advance(std::chrono::seconds(2));
  ASSERT_EQ(run(ledger().expire(clock.now())).value().size(), 1U);
  ASSERT_TRUE(run(registry().delete_account(mom, bot, clock.now())).ok());
  EXPECT_FALSE(run(ledger().accept(order("c-1", {.accounts = {mom}}), "hash", bot)).value().created);
}

TEST_P(LedgerContract, AnAccountDeletedOrDisabledSinceIsRefusedAndNothingStored) {
  Order made = order("c-1", {.accounts = {mom, dad}});
  RegisteredAccount off = account(dad);
  off.enabled = false;
  ASSERT_TRUE(run(registry().put_account(off, {}, bot)).ok());
  const auto disabled = run(ledger().accept(made, "hash", bot));
  ASSERT_FALSE(disabled.ok());
  EXPECT_EQ(disabled.error().code, ErrorCode::unprocessable);
  EXPECT_EQ(disabled.error().reason, "unknown_account");
  ASSERT_TRUE(run(registry().delete_account(dad, bot, clock.now())).ok());
  EXPECT_EQ(accept_error(made), "unknown_account");
  EXPECT_EQ(count_events("order_accepted"), 0U);
  EXPECT_EQ(run(ledger().order(made.id)).error().reason, "unknown_order");
  EXPECT_FALSE(run(ledger().find_order(made.client_order_id)).value().has_value());
}

TEST_P(LedgerContract, AnOrderWithoutChildOrdersIsRefused) {
  EXPECT_EQ(accept_error(order("c-1", {})), "no_child_orders");
}

TEST_P(LedgerContract, AnOpenDoubtForbidsTheSameAccountSymbolAndSide) {
  const Order doubt = doubtful("c-1", {.accounts = {mom}});
  const auto refused = run(ledger().accept(order("c-2", {.accounts = {dad, mom}}), "hash", bot));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::unprocessable);
  EXPECT_EQ(refused.error().reason, "in_doubt_open");
  EXPECT_NE(refused.error().message.find(doubt.child_orders.front().id.str()), std::string::npos);
  EXPECT_FALSE(run(ledger().find_order(ClientOrderId("c-2"))).value().has_value());
  EXPECT_EQ(accept_error(order("c-3", {.accounts = {dad}})), "ok") << "another account";
  EXPECT_EQ(accept_error(order("c-4", {.accounts = {mom}, .symbols = {"MSFT"}})), "ok") << "another symbol";
  EXPECT_EQ(accept_error(order("c-5", {.accounts = {mom}, .side = Side::sell})), "ok") << "another side";
  EXPECT_EQ(accept_error(order("c-6", {.accounts = {mom}, .dry_run = true})), "ok") << "dry runs are exempt";
  EXPECT_EQ(accept_error(order("c-7", {.accounts = {mom}, .overrides = {"dance"}})), "in_doubt_open");
  EXPECT_EQ(accept_error(order("c-8", {.accounts = {mom}, .overrides = {"in_doubt_open"}})), "ok") << "overridden";
}

TEST_P(LedgerContract, ASettledDoubtForbidsNothing) {
  const Order doubt = doubtful("c-1", {.accounts = {mom}});
  ASSERT_TRUE(report(complete(doubt.child_orders.front().id, ChildOrderStatus::denied)));
  EXPECT_EQ(accept_error(order("c-2", {.accounts = {mom}})), "ok");
}

// --- reading ---

TEST_P(LedgerContract, UnknownIdsAreToldAsSuch) {
  const ChildOrderId child("nobody");
  EXPECT_EQ(run(ledger().order(OrderId("nobody"))).error().reason, "unknown_order");
  EXPECT_EQ(run(ledger().order(OrderId("nobody"))).error().code, ErrorCode::not_found);
  EXPECT_EQ(run(ledger().child_order(child)).error().reason, "unknown_child_order");
  EXPECT_FALSE(run(ledger().find_order(ClientOrderId("nobody"))).value().has_value());
  EXPECT_EQ(run(ledger().offered({child}, WorkerName("w1"), clock.now())).error().reason, "unknown_child_order");
  EXPECT_EQ(run(ledger().doubt({child}, "", "", clock.now())).error().reason, "unknown_child_order");
  EXPECT_EQ(run(ledger().not_started({child}, clock.now())).error().reason, "unknown_child_order");
  EXPECT_EQ(run(ledger().refuse({child}, "", "", clock.now())).error().reason, "unknown_child_order");
  EXPECT_EQ(run(ledger().cancel(OrderId("nobody"), bot, clock.now())).error().reason, "unknown_order");
  EXPECT_EQ(
      run(ledger().report(complete(child, ChildOrderStatus::filled), WorkerName("w1"), clock.now())).error().reason,
      "unknown_child_order");
}

TEST_P(LedgerContract, OneUnknownIdAmongOthersChangesNothing) {
  const Order made = executing("c-1", {.accounts = {mom}});
  const ChildOrderId known = made.child_orders.front().id;
  const std::size_t before = events().size();
  EXPECT_FALSE(run(ledger().doubt({known, ChildOrderId("nobody")}, "", "", clock.now())).ok());
  EXPECT_EQ(stored(known).status, ChildOrderStatus::executing);
  EXPECT_EQ(events().size(), before);
}

TEST_P(LedgerContract, PendingShowsTheAccountsOldestPendingChildOrders) {
  const Order first = placed("c-1", {.accounts = {mom, kim}, .symbols = {"AAPL", "MSFT"}});
  clock.advance(std::chrono::seconds(1));
  const Order other = placed("c-2", {.accounts = {dad}});
  const Order second = placed("c-3", {.accounts = {mom}});
  const Order third = placed("c-4", {.accounts = {mom}, .symbols = {"MSFT"}});
  auto waiting = run(ledger().pending(mom, 2)).value();
  ASSERT_EQ(waiting.size(), 2U) << "no more than asked for";
  EXPECT_EQ(waiting[0].id, first.id);
  ASSERT_EQ(waiting[0].child_orders.size(), 2U) << "both symbols, and only this account's";
  EXPECT_EQ(waiting[0].child_orders[0].account, mom);
  EXPECT_EQ(waiting[1].id, second.id);
  ASSERT_EQ(permit(ask(first, mom, assign("family"))).permitted.size(), 2U);
  waiting = run(ledger().pending(mom, 2)).value();
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[0].id, second.id);
  EXPECT_EQ(waiting[1].id, third.id);
  EXPECT_EQ(run(ledger().pending(dad, 10)).value().front().id, other.id);
  EXPECT_EQ(run(ledger().pending(kim, 10)).value().size(), 1U);
  EXPECT_TRUE(run(ledger().pending(ref("family", "nobody"), 10)).value().empty());
}

TEST_P(LedgerContract, OfferingFillsTheWorkerAndChangesNoState) {
  const Order made = placed("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  ASSERT_TRUE(run(ledger().offered({id}, WorkerName("w7"), clock.now())).ok());
  EXPECT_EQ(stored(id).worker, WorkerName("w7"));
  EXPECT_EQ(stored(id).status, ChildOrderStatus::pending);
  EXPECT_EQ(count_events("child_order_offered"), 1U);
  ASSERT_EQ(permit(ask(made, mom, assign("family"))).permitted.size(), 1U);
  ASSERT_TRUE(run(ledger().offered({id}, WorkerName("w9"), clock.now())).ok());
  EXPECT_EQ(stored(id).worker, WorkerName("w1")) << "what is executing is offered to nobody";
}

// --- concurrency ---

namespace ledger_contract_detail {

inline asio::awaitable<void> accept_many(Ledger& ledger, std::vector<Order> orders, std::size_t& created,
                                         std::mutex& mutex) {
  for (Order& order : orders) {
    const auto accepted = co_await ledger.accept(std::move(order), "hash", {});
    if (!accepted.ok()) throw std::runtime_error(accepted.error().message);
    const std::scoped_lock lock(mutex);
    created += accepted->created ? 1 : 0;
  }
}

}  // namespace ledger_contract_detail

TEST_P(LedgerContract, OfManyOverlappingAcceptsOfAClientOrderIdOneCreates) {
  constexpr int kClients = 12;
  constexpr int kOrders = 8;
  std::size_t created = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  for (int client = 0; client < kClients; ++client) {
    std::vector<Order> orders;
    for (int i = 0; i < kOrders; ++i) orders.push_back(order(fmt::format("c-{}", i), {.accounts = {mom, dad}}));
    asio::co_spawn(io, ledger_contract_detail::accept_many(ledger(), std::move(orders), created, mutex),
                   [&](std::exception_ptr error) {
                     if (error) failure = error;
                   });
  }
  io.restart();
  io.run();
  if (failure) std::rethrow_exception(failure);
  EXPECT_EQ(created, static_cast<std::size_t>(kOrders));
  EXPECT_EQ(run(ledger().list_orders({})).value().size(), static_cast<std::size_t>(kOrders));
  const auto all = events();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kOrders));
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].sequence, filled + i + 1);
}

}  // namespace tradeauto
