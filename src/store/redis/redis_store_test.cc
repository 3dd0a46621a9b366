#include "store/redis/redis_store.h"

#include <signal.h>

#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>

#include "contract/store_fixture.h"
#include "store/redis/redis_rows_codec.h"
#include "store/redis/redis_scripts.h"
#include "store/redis/redis_target.h"
#include "testing/redis_server.h"

namespace tradeauto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RedisStoreTest : public StoreContract {
 protected:
  RedisStoreTest() { ::signal(SIGPIPE, SIG_IGN); }

  RedisSettings settings() const {
    RedisSettings made;
    made.host = "127.0.0.1";
    made.port = server.port();
    return made;
  }
  Result<std::unique_ptr<Store>> open(const RedisSettings& with) {
    return open_redis_store(with, clock, rng, [this](const Error& error) { told.push_back(error); });
  }
  Error refusal(const RedisSettings& with) {
    auto opened = open(with);
    EXPECT_FALSE(opened.ok());
    return opened.ok() ? Error{} : opened.error();
  }
  void SetUp() override {
    ASSERT_TRUE(server.running());
    auto opened = open(settings());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(*opened);
    fill();
  }
  void TearDown() override { store.reset(); }
  void reopen() {
    store.reset();
    auto opened = open(settings());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(*opened);
  }
  boost::asio::awaitable<void> accept(Order order, std::vector<std::string>* failures) {
    const auto accepted = co_await ledger().accept(std::move(order), "hash", bot);
    if (!accepted.ok()) failures->push_back(accepted.error().message);
  }

  RedisServer server;
  std::vector<Error> told;  // after the store: told from its thread until that ends
};

INSTANTIATE_TEST_SUITE_P(Engine, RedisStoreTest, ::testing::Values(StoreEngine{.name = "Redis", .open = nullptr}),
                         engine_name);

TEST_P(RedisStoreTest, EverythingIsThereAfterBothWereKilled) {
  const Order before = executing("c-1", {.accounts = {mom}, .symbols = {"AAPL", "MSFT"}});
  report(complete(before.child_orders[0].id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  const Order expected = stored(before.id);
  const auto events_before = events();
  const LedgerId id = ledger().id();
  const std::uint64_t incarnation = ledger().incarnation();
  server.kill();
  server.start();
  reopen();

  const Order after = stored(before.id);
  ASSERT_EQ(after.child_orders.size(), 2U);
  EXPECT_EQ(after.child_orders[0].executions, expected.child_orders[0].executions);
  EXPECT_EQ(after.child_orders[1].status, ChildOrderStatus::executing);
  EXPECT_EQ(after.deadline, expected.deadline);
  EXPECT_EQ(events().size(), events_before.size());
  EXPECT_EQ(ledger().id(), id);
  EXPECT_EQ(ledger().incarnation(), incarnation);
  EXPECT_EQ(run(registry().find_account(mom))->value().sealed_credentials, std::string("sealed\0bytes", 12));
  EXPECT_EQ(run(ledger().executing()).value().size(), 1U);
}

TEST_P(RedisStoreTest, ARedisThatComesBackIsWrittenToAndReadAgain) {
  const Order before = placed("c-1", {.accounts = {mom}});
  server.kill();
  server.start();
  EXPECT_EQ(stored(before.id).child_orders.size(), 1U);
  placed("c-2", {.accounts = {mom}});
  EXPECT_EQ(run(ledger().list_orders({})).value().size(), 2U);
  EXPECT_TRUE(told.empty());
}

TEST_P(RedisStoreTest, ManyOverlappingWritesAllLand) {
  constexpr int kOrders = 100;
  std::vector<std::string> failures;
  for (int i = 0; i < kOrders; ++i) {
    Order made = order("many-" + std::to_string(i), {.accounts = {mom}});
    boost::asio::co_spawn(io, accept(std::move(made), &failures), boost::asio::detached);
  }
  io.restart();
  io.run();
  EXPECT_TRUE(failures.empty()) << failures.front();
  EXPECT_EQ(run(ledger().pending(mom, 1000))->size(), static_cast<std::size_t>(kOrders));
  EXPECT_EQ(run(ledger().pending(mom, 7))->size(), 7U);
  EXPECT_EQ(events().back().sequence, filled + static_cast<std::uint64_t>(kOrders));
}

TEST_P(RedisStoreTest, WhatTheLifeOfAnOrderReadsIsWishedFor) {
  const Epoch epoch = assign("family");
  server.command("CONFIG RESETSTAT");
  const Order made = placed("c-1", {.accounts = {mom}, .symbols = {"AAPL", "MSFT"}});
  std::vector<ChildOrderId> ids;
  for (const ChildOrder& child : made.child_orders) ids.push_back(child.id);
  ASSERT_TRUE(run(ledger().offered(ids, WorkerName("w1"), clock.now())).ok());
  ASSERT_EQ(permit(ask(made, mom, epoch)).permitted.size(), 2U);
  report(complete(ids[0], ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  ASSERT_TRUE(run(ledger().confirm_sequence(JournalId("journal-1"), 7)).ok());
  const std::string asked = server.command("INFO commandstats");
  EXPECT_THAT(asked, HasSubstr("cmdstat_eval:calls=10,")) << "one question and one batch for each of five";
  EXPECT_THAT(asked, Not(HasSubstr("cmdstat_mget"))) << "nothing was asked for by itself";
}

TEST_P(RedisStoreTest, WhileRedisIsAwayNothingIsWrittenAndThenAllGoesOn) {
  store.reset();
  RedisSettings impatient = settings();
  impatient.tries = 2;
  auto opened = open(impatient);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  store = std::move(*opened);
  server.kill();
  EXPECT_EQ(run(registry().list_groups()).error().code, ErrorCode::unavailable);
  EXPECT_EQ(run(ledger().append_event({})).error().code, ErrorCode::unavailable);
  server.start();
  EXPECT_TRUE(run(registry().list_groups()).ok());
  EXPECT_TRUE(run(ledger().append_event({})).ok());
  EXPECT_EQ(events().size(), 1U);
  EXPECT_TRUE(told.empty()) << "nothing was sent";
}

TEST_P(RedisStoreTest, ABatchThatIsNotAnsweredInTimeFailsItsCommit) {
  store.reset();
  RedisSettings impatient = settings();
  impatient.tries = 2;
  RedisConnection connection = RedisConnection::open(settings()).value();
  const auto taken = redis_scripts::take(connection, "me", {}).value();
  RedisTarget target(impatient, "me", taken.batch);
  ASSERT_TRUE(target.begin().ok());
  const auto change = [&] {
    target.part().set("key", "value");
    return true;
  };
  ASSERT_TRUE(target.part(change).ok());
  server.kill();
  EXPECT_EQ(target.commit().error().code, ErrorCode::unavailable);
  server.start();
  EXPECT_TRUE(target.commit().ok()) << "the same batch again";
  EXPECT_EQ(server.command("GET key"), "value");
}

TEST_P(RedisStoreTest, AnotherThatOpensItTakesItOver) {
  placed("c-1", {.accounts = {mom}});
  auto second = open(settings());
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(run(ledger().accept(order("c-2", {.accounts = {mom}}), "hash", bot)).error().reason, "redis_fenced");
  EXPECT_EQ(run((*second)->ledger().list_orders({})).value().size(), 1U);
  store.reset();
  EXPECT_EQ(told.size(), 1U);
}

TEST_P(RedisStoreTest, WhatRedisForgotIsNoticedAndGivesANewIncarnation) {
  placed("c-1", {.accounts = {mom}});
  const std::uint64_t incarnation = ledger().incarnation();
  server.command("HINCRBY tradeauto batch -1");  // as after a fall back to an older copy
  EXPECT_EQ(run(ledger().accept(order("c-2", {.accounts = {mom}}), "hash", bot)).error().reason, "redis_lost");
  reopen();
  EXPECT_EQ(ledger().incarnation(), incarnation + 1);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told.front().message, HasSubstr("lost"));
}

TEST_P(RedisStoreTest, ARedisThatLostEverythingIsNotWrittenToAsIfNothingHadBeen) {
  placed("c-1", {.accounts = {mom}});
  const std::uint64_t incarnation = ledger().incarnation();
  const LedgerId id = ledger().id();
  server.kill();
  server.forget();
  server.start();
  EXPECT_EQ(run(ledger().accept(order("c-2", {.accounts = {mom}}), "hash", bot)).error().reason, "redis_lost");
  clock.advance(std::chrono::seconds(1));
  reopen();
  EXPECT_GT(ledger().incarnation(), incarnation);
  EXPECT_NE(ledger().id(), id);
}

TEST_P(RedisStoreTest, ABatchWhoseAnswerWasLostIsNotAppliedTwice) {
  placed("c-1", {.accounts = {mom}});
  const auto opened = RedisConnection::open(settings());
  ASSERT_TRUE(opened.ok());
  RedisConnection connection = RedisConnection::open(settings()).value();
  const auto taken = redis_scripts::take(connection, "me", {}).value();
  RedisClient client(settings(), [](RedisConnection&) { return Result<void>{}; });
  RedisChanges changes;
  changes.events.push_back({.sequence = "100", .row = "once"});
  ASSERT_TRUE(redis_scripts::apply(client, "me", taken.batch, changes).ok());
  EXPECT_TRUE(redis_scripts::apply(client, "me", taken.batch, changes).ok()) << "XADD would refuse it a second time";
  ASSERT_TRUE(redis_scripts::apply(client, "me", taken.batch + 1, {}).ok());
  EXPECT_FALSE(redis_scripts::apply(client, "me", taken.batch + 7, {}).ok());
}

TEST_P(RedisStoreTest, ADatabaseFromBeforeActorsWereKeptIsBroughtUpToDate) {
  store.reset();
  Event old;
  old.sequence = filled + 1;
  old.type = "order_accepted";
  std::string row = redis_rows::write(old);
  row.resize(row.size() - 3);  // no actor, no account, no token
  const std::string id = std::to_string(old.sequence) + "-0";
  {
    RedisConnection connection = RedisConnection::open(settings()).value();
    ASSERT_TRUE(connection.ask({"XADD", "events", id, "row", row}).ok());
    ASSERT_TRUE(connection.ask({"SET", redis_rows::kLastEvent, redis_rows::write_number(old.sequence)}).ok());
    ASSERT_TRUE(connection.ask({"HSET", "tradeauto", "format", "1"}).ok());
  }
  reopen();
  EXPECT_EQ(server.command("HGET tradeauto format"), "2") << "an older program is kept away from now on";
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events().front().type, "order_accepted");
  EXPECT_EQ(events().front().actor, std::nullopt) << "nobody wrote it down";
  placed("c-1", {.accounts = {mom}});
  EXPECT_EQ(events().back().actor, bot);
}

TEST_P(RedisStoreTest, ATokenAndItsEventAreOneBatch) {
  const auto batches = [&] { return std::stoi(server.command("HGET tradeauto batch")); };
  const int before = batches();
  AccessToken token;
  token.name = TokenName("bot");
  ASSERT_TRUE(run(store->tokens().add_token(token, bot)).ok());
  EXPECT_EQ(events().size(), 1U);
  EXPECT_EQ(batches(), before + 1);
  ASSERT_TRUE(run(store->tokens().delete_token(token.name, bot, clock.now())).ok());
  EXPECT_EQ(events().size(), 2U);
  EXPECT_EQ(batches(), before + 2);
}

TEST_P(RedisStoreTest, ADatabaseOfAnotherIsLeftAlone) {
  RedisSettings other = settings();
  other.database = 3;
  server.command("SELECT 3");
  {
    RedisConnection connection = RedisConnection::open(other).value();
    ASSERT_TRUE(connection.ask({"SET", "Group:family", "theirs"}).ok());
  }
  EXPECT_EQ(refusal(other).reason, "redis_foreign");
  other.database = 4;
  {
    RedisConnection connection = RedisConnection::open(other).value();
    ASSERT_TRUE(connection.ask({"HSET", "tradeauto", "format", "3"}).ok());
  }
  EXPECT_EQ(refusal(other).reason, "redis_newer");
}

TEST_P(RedisStoreTest, AnUnsafeRedisIsRefusedAndSaysWhy) {
  server.command("CONFIG SET appendfsync everysec");
  const Error error = refusal(settings());
  EXPECT_EQ(error.reason, "redis_unsafe");
  EXPECT_THAT(error.message, HasSubstr("appendfsync is \"everysec\" and must be \"always\""));
  EXPECT_THAT(error.message, Not(HasSubstr("appendonly")));
  server.command("CONFIG SET maxmemory-policy allkeys-lru");
  EXPECT_THAT(refusal(settings()).message, HasSubstr("maxmemory-policy"));
  RedisSettings reckless = settings();
  reckless.allow_loss = true;
  EXPECT_TRUE(open(reckless).ok());
}

TEST_P(RedisStoreTest, AUserWhoMayNotReadTheConfigurationIsToldSo) {
  server.command("ACL SETUSER trader on >pass123 ~* &* +@all -config");
  RedisSettings as = settings();
  as.user = "trader";
  as.password = SecretString("pass123");
  EXPECT_THAT(refusal(as).message, HasSubstr("CONFIG GET is refused"));
  as.password = SecretString("another");
  const Error wrong = refusal(as);
  EXPECT_EQ(wrong.code, ErrorCode::unauthenticated);
  EXPECT_THAT(wrong.message, Not(HasSubstr("another")));
  server.command("ACL SETUSER trader +config");
  as.password = SecretString("pass123");
  EXPECT_TRUE(open(as).ok());
}

TEST_P(RedisStoreTest, AReplicaIsRefused) {
  server.command("REPLICAOF 127.0.0.1 1");
  EXPECT_EQ(refusal(settings()).reason, "redis_replica");
}

}  // namespace
}  // namespace tradeauto
