// Offers, permits and refusals.
#include <gtest/gtest.h>

#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class RouterOfferTest : public MainBench {
 protected:
  Result<Order> cancel(const OrderId& id) {
    auto result = time.run(main->orders().cancel(id, bot));
    time.settle();
    return result;
  }
};

TEST_F(RouterOfferTest, OneTaskCarriesTheChildOrdersOfOneAccount) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1", "family", {"AAPL", "MSFT"}));
  ASSERT_EQ(w1.link->offers.size(), 2U);
  const TransactionTask& task = w1.link->offers[1];
  EXPECT_EQ(task.account, ref("family", "mom"));
  EXPECT_EQ(task.child_orders.size(), 2U);
  EXPECT_EQ(task.epoch, w1.epoch("family"));
  EXPECT_EQ(task.start_within, std::chrono::seconds(900));
  EXPECT_EQ(status(id, "mom"), pending) << "offered is not started";
}

TEST_F(RouterOfferTest, APermitIsOnDiskBeforeItLeaves) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  const Permit given = permit(w1, w1.link->offers.at(0));
  EXPECT_EQ(given.child_orders, std::vector<ChildOrderId>{child(id).id});
  EXPECT_EQ(given.epoch, w1.epoch("family"));
  EXPECT_EQ(given.valid_for, kLease);
  EXPECT_EQ(given.run_for, std::chrono::seconds(300));
  EXPECT_EQ(status(id), executing);
  EXPECT_EQ(child(id).worker, WorkerName("w1"));
  EXPECT_EQ(permit(w1, w1.link->offers.at(0)).refusal, "not_offered") << "a second question gets nothing";
}

TEST_F(RouterOfferTest, WhatWaitsAtAWorkerShowsWhichOne) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  EXPECT_FALSE(child(id).worker.has_value());
  pass(std::chrono::seconds(1), {w1});
  EXPECT_EQ(child(id).worker, WorkerName("w1"));
  EXPECT_EQ(status(id), pending);
  pass(std::chrono::seconds(3), {w1});
  EXPECT_EQ(store->faults.calls("offered"), 1U);
}

TEST_F(RouterOfferTest, AStaleEpochGetsNoPermit) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  TransactionTask task = w1.link->offers.at(0);
  task.epoch = {.incarnation = task.epoch.incarnation, .counter = task.epoch.counter - 1};
  EXPECT_EQ(permit(w1, task).refusal, "stale_epoch");
  EXPECT_EQ(status(id), pending);
  // Another main server has given the group away: the ledger knows, whatever this one believes.
  ASSERT_TRUE(time.run(memory->registry().assign(GroupName("family"), WorkerName("w9"), clock.now())).ok());
  EXPECT_EQ(permit(w1, w1.link->offers.at(0)).refusal, "stale_epoch");
  EXPECT_EQ(status(id), pending);
}

TEST_F(RouterOfferTest, APermitThatTheLedgerCouldNotWriteIsNoneAndIsOfferedAgain) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  store->faults.fail("permit");
  const TransactionTask task = w1.link->offers.at(0);
  EXPECT_FALSE(time.run(w1.session->permit(task.id, task.epoch)).ok());
  EXPECT_EQ(status(id), pending);
  pass(std::chrono::seconds(2), {w1});
  ASSERT_EQ(w1.link->offers.size(), 2U);
  EXPECT_EQ(permit(w1, w1.link->offers[1]).child_orders.size(), 1U);
}

TEST_F(RouterOfferTest, OneAccountsSecondTaskWaitsForItsFirst) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId first = accepted(request("c-1"));
  const OrderId second = accepted(request("c-2", "family", {"MSFT"}));
  permit(w1, w1.link->offers.at(0));
  const Permit refused = permit(w1, w1.link->offers.at(1));
  EXPECT_EQ(refused.refusal, "account_busy");
  EXPECT_TRUE(refused.retry_later);
  EXPECT_EQ(status(second), pending);
  ASSERT_TRUE(report(w1, 2, child(first).id, filled).ok());
  pass(std::chrono::seconds(2), {w1});
  EXPECT_EQ(permit(w1, w1.link->offers.back()).child_orders, std::vector<ChildOrderId>{child(second).id});
}

// TRADEAUTO_SIM_SEED=202 found it: offered and refused for ever, with a transaction each time.
TEST_F(RouterOfferTest, WhatIsRefusedForNowIsNotOfferedAgainBeforeTimePasses) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  for (const char* symbol : {"AAPL", "MSFT", "TSLA"}) accepted(request(symbol, "family", {symbol}));
  ASSERT_EQ(w1.link->offers.size(), 3U);
  EXPECT_EQ(permit(w1, w1.link->offers[0]).child_orders.size(), 1U);
  EXPECT_EQ(permit(w1, w1.link->offers[1]).refusal, "account_busy");
  EXPECT_EQ(permit(w1, w1.link->offers[2]).refusal, "account_busy");
  EXPECT_EQ(w1.link->offers.size(), 3U);
  pass(std::chrono::seconds(1), {w1});
  EXPECT_EQ(w1.link->offers.size(), 5U);
}

TEST_F(RouterOfferTest, DoubtThatOpenedSinceForbidsTheStart) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId first = accepted(request("c-1"));
  const OrderId second = accepted(request("c-2"));
  permit(w1, w1.link->offers.at(0));
  ASSERT_TRUE(report(w1, 2, child(first).id, in_doubt).ok());
  EXPECT_EQ(permit(w1, w1.link->offers.at(1)).refusal, "in_doubt_open");
  EXPECT_EQ(status(second), denied);
}

TEST_F(RouterOfferTest, WhatIsOverdueForItsStartIsWithdrawnAndGetsNoPermit) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  OrderRequest soon = request("c-1");
  soon.deadline_within = std::chrono::seconds(3);
  const OrderId id = accepted(soon);
  pass(std::chrono::seconds(5), {w1});
  EXPECT_EQ(status(id), expired);
  ASSERT_EQ(w1.link->withdrawn.size(), 1U);
  EXPECT_EQ(w1.link->withdrawn[0], w1.link->offers.at(0).id);
  EXPECT_EQ(permit(w1, w1.link->offers.at(0)).refusal, "not_offered");
}

TEST_F(RouterOfferTest, WhatIsCanceledIsWithdrawnAndGetsNoPermit) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  const OrderId other = accepted(request("c-2", "family", {"MSFT"}));
  ASSERT_EQ(w1.link->offers.size(), 4U);
  const TransactionTask started = w1.link->offers.at(0);
  const TransactionTask waiting = w1.link->offers.at(1);
  ASSERT_EQ(permit(w1, started).child_orders.size(), 1U);
  ASSERT_TRUE(cancel(id).ok());
  EXPECT_EQ(w1.link->withdrawn, std::vector<TaskId>{waiting.id}) << "only what is offered and not permitted";
  EXPECT_EQ(permit(w1, waiting).refusal, "not_offered");
  EXPECT_EQ(status(id, started.account.account.str()), executing);
  EXPECT_EQ(status(id, waiting.account.account.str()), canceled);
  EXPECT_EQ(status(other, "mom"), pending);
  EXPECT_EQ(status(other, "dad"), pending);
}

TEST_F(RouterOfferTest, ACancelThatOvertakesThePermitForbidsTheStart) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  const TransactionTask task = w1.link->offers.at(0);
  store->faults.hold("permit");
  std::optional<Permit> given;
  TaskGroup asking(io.get_executor());
  asking.spawn([](WorkerSession& session, TransactionTask asked, std::optional<Permit>& out) -> asio::awaitable<void> {
    auto answer = co_await session.permit(asked.id, asked.epoch);
    if (answer.ok()) out = std::move(*answer);
  }(*w1.session, task, given));
  time.settle();
  EXPECT_FALSE(given.has_value());
  ASSERT_TRUE(time.run(memory->ledger().cancel(id, bot, clock.now())).ok()) << "another main server's, say";
  store->faults.release();
  time.settle();
  ASSERT_TRUE(given.has_value());
  EXPECT_TRUE(given->child_orders.empty());
  EXPECT_EQ(given->refusal, "not_pending");
  EXPECT_EQ(status(id), canceled);
}

TEST_F(RouterOfferTest, WhatWasCanceledWhileItWasReadIsNotOfferedAgain) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  store->faults.hold_answers("pending");
  ASSERT_TRUE(put("family", "mom").ok());  // replays the account, and what it has pending is read
  time.settle();
  ASSERT_TRUE(cancel(id).ok());
  store->faults.release();
  time.settle();
  EXPECT_EQ(w1.link->offers.size(), 1U);
  accepted(request("c-2"));
  EXPECT_EQ(w1.link->offers.size(), 2U) << "the account is not forgotten";
}

TEST_F(RouterOfferTest, ARefusalDeniesWhatIsPendingAndNothingElse) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  const Error error = make_error(ErrorCode::unavailable, "executor_unavailable", "no tool here");
  store->faults.fail("refuse");
  time.run(w1.session->refused(w1.link->offers.at(0).id, error));
  EXPECT_EQ(status(id), pending) << "the store did not take it";
  pass(std::chrono::seconds(2), {w1});
  ASSERT_EQ(w1.link->offers.size(), 2U) << "offered again";
  time.run(w1.session->refused(w1.link->offers.at(1).id, error));
  EXPECT_EQ(status(id), denied);
  EXPECT_EQ(child(id).reason, "executor_unavailable");

  const OrderId other = accepted(request("c-2", "family", {"MSFT"}));
  permit(w1, w1.link->offers.back());
  time.run(w1.session->refused(w1.link->offers.back().id, error));
  EXPECT_EQ(status(other), executing) << "what was permitted cannot be refused";
}

class RouterBacklogTest : public RouterOfferTest {
 protected:
  RouterBacklogTest() { offers_per_account = 4; }
};

TEST_F(RouterBacklogTest, ABacklogIsOfferedPieceByPieceAndRunsWhole) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  std::vector<OrderId> ids;
  for (int i = 0; i < 20; ++i)
    ids.push_back(accepted(request("c-" + std::to_string(i), "family", {"S" + std::to_string(i)})));
  EXPECT_EQ(w1.link->offers.size(), 4U);
  pass(std::chrono::seconds(3), {w1});
  EXPECT_LT(store->faults.calls("pending"), 5U) << "a worker that has enough to do costs no reading";
  std::uint64_t sequence = 1;
  for (std::size_t next = 0; next < w1.link->offers.size(); ++next) {
    const Permit given = permit(w1, w1.link->offers[next]);
    ASSERT_EQ(given.child_orders.size(), 1U) << given.refusal;
    ASSERT_TRUE(report(w1, ++sequence, given.child_orders[0], filled).ok());
    pass(std::chrono::seconds(1), {w1});
  }
  for (const OrderId& id : ids) EXPECT_EQ(status(id), filled);
  EXPECT_EQ(w1.link->offers.size(), 20U) << "each was offered once";
}

TEST_F(RouterBacklogTest, OneAccountsBacklogDelaysNoOther) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  const auto buy_for = [&](const std::string& account, const std::string& name) {
    OrderRequest request = this->request(name, "family", {name});
    request.group.reset();
    request.accounts = {ref("family", account)};
    accepted(std::move(request));
  };
  for (int i = 0; i < 20; ++i) buy_for("mom", "S" + std::to_string(i));
  EXPECT_EQ(w1.link->offers.size(), 4U);
  buy_for("dad", "S");
  ASSERT_EQ(w1.link->offers.size(), 5U);
  EXPECT_EQ(w1.link->offers.back().account, ref("family", "dad"));
}

TEST_F(RouterOfferTest, WhatWasPermittedWhileItWasReadIsNotOfferedAgain) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  const OrderId id = accepted(request("c-1"));
  store->faults.hold_answers("pending");
  ASSERT_TRUE(put("family", "mom").ok());  // replays the account, and what it has pending is read
  time.settle();
  EXPECT_EQ(permit(w1, w1.link->offers.at(0)).child_orders.size(), 1U);
  store->faults.release();
  time.settle();
  EXPECT_EQ(w1.link->offers.size(), 1U);
  ASSERT_TRUE(report(w1, 2, child(id).id, filled).ok());
  accepted(request("c-2"));
  EXPECT_EQ(w1.link->offers.size(), 2U) << "the account is not forgotten";
}

}  // namespace
}  // namespace tradeauto
