#include <gtest/gtest.h>

#include "sim/world.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;
using Behaviour = FakeExecutor::Behaviour;

class OrderLifeTest : public testing::Test {
 protected:
  OrderId accepted(Result<Ledger::Accepted> result) {
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
    return result.ok() ? result->order.id : OrderId();
  }
  void until_status(const OrderId& id, const std::string& account, ChildOrderStatus status) {
    world_.until([&] { return world_.status(id, account) == status; }, to_string(status).data());
  }

  World world_;
};

TEST_F(OrderLifeTest, ReachesEveryAccountOfTheGroupOnce) {
  world_.add_group("family", {"mom", "dad", "kid"});
  world_.start_worker("w1");
  const OrderId id = accepted(world_.buy("c-1", "family", {"AAPL", "MSFT"}));
  for (const char* account : {"mom", "dad", "kid"}) {
    until_status(id, account, filled);
    EXPECT_EQ(world_.placements(account, "AAPL"), 1U);
    EXPECT_EQ(world_.placements(account, "MSFT"), 1U);
  }
  EXPECT_EQ(derive_status(world_.order(id).child_orders), OrderStatus::settled);
}

TEST_F(OrderLifeTest, LedgerAndJournalKnowTheStartBeforeTheBroker) {
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  std::vector<std::pair<bool, bool>> seen;  // executing in the ledger, started in the journal
  node.executor->before_place = [&](const TransactionTask& task) {
    const ChildOrderId child = task.child_orders.front().id;
    asio::io_context other;
    const auto stored = run_async(other, world_.store->ledger().child_order(child));
    seen.emplace_back(stored.ok() && stored->status == executing, node.journal.was_started(child));
  };
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", filled);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_TRUE(seen[0].first);
  EXPECT_TRUE(seen[0].second);
}

TEST_F(OrderLifeTest, TheSameClientOrderIdIsTheSameOrder) {
  world_.add_group("family", {"mom"});
  world_.start_worker("w1");
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", filled);
  const auto again = world_.buy("c-1", "family");
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->order.id, id);
  EXPECT_EQ(world_.placements("mom", "AAPL"), 1U);
}

TEST_F(OrderLifeTest, AnUnknownGroupStoresNothing) {
  const auto result = world_.buy("c-1", "nobody");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::not_found);
  EXPECT_TRUE(world_.time.run(world_.main->orders().list(OrderFilter()))->empty());
}

TEST_F(OrderLifeTest, WithoutAWorkerItWaitsAndThenExpires) {
  world_.add_group("family", {"mom"});
  const OrderId id = accepted(world_.buy("c-1", "family", {"AAPL"}, std::chrono::seconds(1)));
  EXPECT_EQ(world_.status(id, "mom"), pending);
  until_status(id, "mom", expired);
  world_.start_worker("w1");
  world_.until([&] { return world_.worker_of("family") == "w1"; }, "the group is served");
  EXPECT_EQ(world_.placements("mom", "AAPL"), 0U);
}

TEST_F(OrderLifeTest, OneAccountsTroubleStaysItsOwn) {
  world_.add_group("family", {"mom", "dad", "kid"});
  World::Node& node = world_.start_worker("w1");
  node.executor->behaviours = {{"dad", Behaviour::hang}, {"kid", Behaviour::refuse_login}};
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", filled);
  until_status(id, "kid", denied);
  EXPECT_EQ(world_.child(id, "kid").reason, "login_failed");
  EXPECT_EQ(world_.status(id, "dad"), executing);
}

TEST_F(OrderLifeTest, AKilledWorkersRunIsInDoubtAndIsNotSentAgain) {
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  node.behaviours = {{"mom", Behaviour::accept_then_hang}};
  node.executor->behaviours = node.behaviours;
  const OrderId id = accepted(world_.buy("c-1", "family"));
  world_.until([&] { return world_.placements("mom", "AAPL") == 1; }, "placed");
  world_.kill_worker("w1");
  world_.start_worker("w2");
  until_status(id, "mom", in_doubt);
  world_.until([&] { return world_.worker_of("family") == "w2"; }, "failover");
  EXPECT_EQ(world_.placements("mom", "AAPL"), 1U);

  const auto repeat = world_.buy("c-2", "family");
  ASSERT_FALSE(repeat.ok());
  EXPECT_EQ(repeat.error().reason, "in_doubt_open");
}

TEST_F(OrderLifeTest, AWorkerThatComesBackSaysWhatDied) {
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  node.behaviours = {{"mom", Behaviour::hang}};
  node.executor->behaviours = node.behaviours;
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", executing);
  world_.until([&] { return !node.journal.unfinished().empty(); }, "started");
  world_.kill_worker("w1");
  world_.start_worker("w1");
  until_status(id, "mom", in_doubt);
  EXPECT_EQ(world_.child(id, "mom").reason, "worker_died");
}

TEST_F(OrderLifeTest, APermitThatNeverArrivedIsPendingAgainAndRunsOnce) {
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  world_.until([&] { return world_.worker_of("family") == "w1"; }, "served");
  node.connector.wire().lose_permits = true;
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", filled);
  EXPECT_EQ(world_.placements("mom", "AAPL"), 1U);
  EXPECT_EQ(world_.child(id, "mom").attempt, 2U);
}

TEST_F(OrderLifeTest, ATornJournalProvesNothing) {
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  world_.until([&] { return world_.worker_of("family") == "w1"; }, "served");
  node.connector.wire().lose_permits = true;
  node.journal.tear();
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", in_doubt);
  EXPECT_EQ(world_.child(id, "mom").reason, "journal_incomplete");
  EXPECT_EQ(world_.placements("mom", "AAPL"), 0U);
}

TEST_F(OrderLifeTest, AReportThatWasLostComesAfterTheNextHello) {
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  world_.until([&] { return world_.worker_of("family") == "w1"; }, "served");
  node.connector.wire().lose_reports = true;
  const OrderId id = accepted(world_.buy("c-1", "family"));
  world_.until([&] { return world_.placements("mom", "AAPL") == 1; }, "placed");
  EXPECT_EQ(world_.status(id, "mom"), executing);
  node.connector.wire().cut("cut");
  until_status(id, "mom", filled);
  world_.until([&] { return node.journal.unconfirmed().empty(); }, "confirmed");
  EXPECT_EQ(world_.placements("mom", "AAPL"), 1U);
}

TEST_F(OrderLifeTest, LostGroupsMoveAfterTheLeaseAndTheirPendingOrdersRunThere) {
  for (const char* group : {"a", "b", "c"}) world_.add_group(group, {"mom"});
  world_.start_worker("w1");
  world_.start_worker("w2");
  world_.until(
      [&] {
        return !world_.worker_of("a").empty() && !world_.worker_of("b").empty() && !world_.worker_of("c").empty();
      },
      "all served");
  const std::string lost = world_.worker_of("a");
  const std::string other = lost == "w1" ? "w2" : "w1";
  world_.kill_worker(lost);
  const OrderId id = accepted(world_.buy("c-1", "a"));
  until_status(id, "mom", filled);
  EXPECT_EQ(world_.worker_of("a"), other);
}

TEST_F(OrderLifeTest, AMainThatRestartsGoesOnWhereItWas) {
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  node.executor->behaviours = {{"mom", Behaviour::hang}};
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", executing);
  world_.until([&] { return !node.journal.unfinished().empty(); }, "started");
  world_.kill_main();
  world_.start_main();
  world_.until([&] { return world_.worker_of("family") == "w1"; }, "served again");
  EXPECT_EQ(world_.status(id, "mom"), executing) << "the worker said that it runs";
  const OrderId later = accepted(world_.buy("c-2", "family", {"MSFT"}));
  EXPECT_EQ(world_.status(later, "mom"), pending) << "one account never runs two tasks at once";
}

TEST_F(OrderLifeTest, ARunThatOutlivesItsBoundIsInDoubt) {
  world_.kill_main();
  world_.run_for = std::chrono::seconds(20);
  world_.start_main();
  world_.add_group("family", {"mom"});
  World::Node& node = world_.start_worker("w1");
  node.executor->behaviours = {{"mom", Behaviour::accept_then_hang}};
  const OrderId id = accepted(world_.buy("c-1", "family"));
  until_status(id, "mom", in_doubt);
  EXPECT_EQ(world_.child(id, "mom").reason, "run_timed_out");
}

TEST_F(OrderLifeTest, AWorkerWithoutHeartbeatsLosesItsGroups) {
  world_.add_group("family", {"mom"});
  World::Node& first = world_.start_worker("w1");
  world_.until([&] { return world_.worker_of("family") == "w1"; }, "served");
  world_.start_worker("w2");
  first.connector.wire().deaf = true;
  first.connector.main = nullptr;  // and it cannot dial again
  world_.until([&] { return world_.worker_of("family") == "w2"; }, "failover");
}

TEST_F(OrderLifeTest, TheSameLoginIsRegisteredOnce) {
  world_.add_group("family", {});
  Credentials token;
  token.set("ACCESS_TOKEN", SecretString(std::string("the-token-of-mom")));
  const auto put = [&](const char* account) {
    const AccountRef ref{.group = GroupName("family"), .account = AccountName(account)};
    return world_.time.run(world_.main->accounts().put_account(ref, Brokerage::tradier, token, true, std::nullopt, {}));
  };
  EXPECT_TRUE(put("mom").ok());
  EXPECT_TRUE(put("mom").ok()) << "the same account again is a change, not a second one";
  const auto second = put("dad");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().reason, "login_registered");
}

}  // namespace
}  // namespace tradeauto
