#include "store/sqlite/sqlite_store.h"

#include <sys/stat.h>

#include <fstream>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "contract/store_fixture.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_target.h"

namespace tradeauto {
namespace {

std::unique_ptr<Store> open_or_fail(const std::filesystem::path& folder, const Clock& clock, Rng& rng) {
  auto store = open_sqlite_store(folder / "tradeauto.db", clock, rng, nullptr);
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(*store) : nullptr;
}

class SqliteStoreTest : public StoreContract {
 protected:
  void reopen() {
    store.reset();
    store = open_or_fail(folder.path(), clock, rng);
  }
  std::filesystem::path file() const { return folder.path() / "tradeauto.db"; }
  boost::asio::awaitable<void> accept(Order order, std::vector<std::string>* failures) {
    const auto accepted = co_await ledger().accept(std::move(order), "hash", bot);
    if (!accepted.ok()) failures->push_back(accepted.error().message);
  }
};

INSTANTIATE_TEST_SUITE_P(Engine, SqliteStoreTest,
                         ::testing::Values(StoreEngine{.name = "Sqlite", .open = open_or_fail}), engine_name);

TEST_P(SqliteStoreTest, EverythingIsThereAfterARestart) {
  const Order before = executing("c-1", {.accounts = {mom}, .symbols = {"AAPL", "MSFT"}});
  report(complete(before.child_orders[0].id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  const Order expected = stored(before.id);
  const auto told = events();
  const LedgerId id = ledger().id();
  const std::uint64_t incarnation = ledger().incarnation();
  clock.advance(std::chrono::hours(1));
  reopen();

  const Order after = stored(before.id);
  ASSERT_EQ(after.child_orders.size(), 2U);
  EXPECT_EQ(after.child_orders[0].status, ChildOrderStatus::filled);
  EXPECT_EQ(after.child_orders[0].executions, expected.child_orders[0].executions);
  EXPECT_EQ(after.child_orders[1].status, ChildOrderStatus::executing);
  EXPECT_EQ(after.deadline, expected.deadline);
  EXPECT_EQ(events().size(), told.size());
  EXPECT_EQ(ledger().id(), id);
  EXPECT_EQ(ledger().incarnation(), incarnation);
  EXPECT_EQ(run(registry().find_account(mom))->value().sealed_credentials, std::string("sealed\0bytes", 12));
  EXPECT_EQ(run(ledger().executing()).value().size(), 1U);
}

TEST_P(SqliteStoreTest, ItsFileIsTheOwnersAlone) {
  struct stat status{};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0077U, 0U);
}

TEST_P(SqliteStoreTest, ManyOverlappingWritesAllLand) {
  constexpr int kOrders = 200;
  std::vector<std::string> failures;
  for (int i = 0; i < kOrders; ++i) {
    Order made = order("many-" + std::to_string(i), {.accounts = {mom}});
    boost::asio::co_spawn(io, accept(std::move(made), &failures), boost::asio::detached);
  }
  io.restart();
  io.run();  // outlives the store: the writer may still be in its last post when this returns
  EXPECT_TRUE(failures.empty()) << failures.front();
  EXPECT_EQ(run(ledger().pending(mom, 1000))->size(), static_cast<std::size_t>(kOrders));
}

TEST_P(SqliteStoreTest, AFileOfANewerProgramIsLeftAlone) {
  store.reset();
  {
    auto database = Database::open(file(), Database::Mode::read_write);
    ASSERT_TRUE(database->execute("PRAGMA user_version=99").ok());
  }
  const auto opened = open_sqlite_store(file(), clock, rng, nullptr);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().reason, "newer_schema");
  EXPECT_NE(opened.error().message.find(file().string()), std::string::npos);
}

TEST_P(SqliteStoreTest, AFileFromBeforeActorsWereKeptIsBroughtUpToDate) {
  placed("c-1", {.accounts = {mom}});
  store.reset();
  {
    auto database = Database::open(file(), Database::Mode::read_write);
    ASSERT_TRUE(database
                    ->execute("DROP INDEX events_deeds; ALTER TABLE events DROP COLUMN deed;"
                              "ALTER TABLE events DROP COLUMN token; ALTER TABLE events DROP COLUMN account;"
                              "ALTER TABLE events DROP COLUMN actor; ALTER TABLE events DROP COLUMN actor_kind;"
                              "PRAGMA user_version=3")
                    .ok());
  }
  reopen();
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events().front().type, "order_accepted");
  EXPECT_EQ(events().front().actor, std::nullopt) << "nobody wrote it down";
  placed("c-2", {.accounts = {mom}});
  EXPECT_EQ(events().back().actor, bot);
}

TEST_P(SqliteStoreTest, WhereTheEventCannotBeWrittenNothingHasChanged) {
  {
    auto database = Database::open(file(), Database::Mode::read_write);
    ASSERT_TRUE(
        database->execute("CREATE TRIGGER no_event BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END")
            .ok());
  }
  AccessToken token;
  token.name = TokenName("bot");
  EXPECT_FALSE(run(store->tokens().add_token(token, bot)).ok());
  EXPECT_FALSE(run(registry().put_group(GroupName("new"), bot, clock.now())).ok());
  EXPECT_FALSE(run(registry().put_account(account(ref("family", "aunt")), {}, bot)).ok());
  EXPECT_FALSE(run(registry().delete_account(mom, bot, clock.now())).ok());
  EXPECT_TRUE(run(store->tokens().list_tokens()).value().empty());
  EXPECT_FALSE(run(registry().find_group(GroupName("new"))).value().has_value());
  EXPECT_FALSE(run(registry().find_account(ref("family", "aunt"))).value().has_value());
  EXPECT_TRUE(run(registry().find_account(mom)).value().has_value());
  EXPECT_TRUE(events().empty());
}

TEST_P(SqliteStoreTest, AFileThatIsNotOursIsLeftAlone) {
  const auto other = folder.path() / "other.db";
  {
    auto database = Database::open(other, Database::Mode::read_write);
    ASSERT_TRUE(database->execute("CREATE TABLE theirs(x)").ok());
  }
  EXPECT_EQ(open_sqlite_store(other, clock, rng, nullptr).error().reason, "foreign_database");
  const auto text = folder.path() / "text.db";
  std::ofstream(text) << "this is no database, but it is long enough to be looked at as if it were one. "
                      << std::string(200, 'x');
  EXPECT_EQ(open_sqlite_store(text, clock, rng, nullptr).error().reason, "database_failed");
}

TEST_P(SqliteStoreTest, AFileThatCannotBeMadeIsNamed) {
  const auto nowhere = folder.path() / "missing" / "tradeauto.db";
  const auto opened = open_sqlite_store(nowhere, clock, rng, nullptr);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find(nowhere.string()), std::string::npos);
}

// A commit that violates a deferred constraint fails like one whose disk is full: at the COMMIT.
class SqliteCommitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = Database::open(folder.path() / "w.db", Database::Mode::read_write);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(database
                    ->execute("CREATE TABLE parent(id INTEGER PRIMARY KEY);"
                              "CREATE TABLE child(id INTEGER REFERENCES parent(id) DEFERRABLE INITIALLY DEFERRED)")
                    .ok());
    target = std::make_unique<SqliteTarget>(std::move(*database));
    writer =
        std::make_unique<GroupCommit>("test-writer", *target, [this](const Error& error) { told.push_back(error); });
  }
  Result<void> write(const char* sql) {
    return run_async(io, writer->write<void>([this, sql] { return target->database().execute(sql); }));
  }

  TempFolder folder;
  boost::asio::io_context io;
  std::vector<Error> told;
  std::unique_ptr<SqliteTarget> target;
  std::unique_ptr<GroupCommit> writer;
};

TEST_F(SqliteCommitTest, AFailedPartTakesNothingElseWithIt) {
  EXPECT_TRUE(write("INSERT INTO parent VALUES (1)").ok());
  EXPECT_FALSE(write("INSERT INTO parent VALUES (2); INSERT INTO parent VALUES (1)").ok());
  EXPECT_TRUE(write("INSERT INTO parent VALUES (2)").ok()) << "its first half was rolled back";
  EXPECT_TRUE(told.empty());
}

TEST_F(SqliteCommitTest, AFailedCommitIsTheEnd) {
  EXPECT_TRUE(write("INSERT INTO parent VALUES (1)").ok());
  EXPECT_FALSE(write("INSERT INTO child VALUES (7)").ok());
  EXPECT_FALSE(write("INSERT INTO parent VALUES (3)").ok()) << "nothing is written after a failed commit";
  ASSERT_EQ(told.size(), 1U);
  writer.reset();
  target.reset();
  auto database = Database::open(folder.path() / "w.db", Database::Mode::read_only);
  Query query = database->query("SELECT count(*) FROM parent");
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.number(0), 1);
}

}  // namespace
}  // namespace tradeauto
