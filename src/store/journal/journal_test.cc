#include <fstream>
#include <iterator>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "store/journal/open_journal.h"
#include "testing/fake_clock.h"
#include "testing/null_log.h"
#include "testing/run_async.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

TransactionTask task(const std::string& id, std::vector<std::string> children, std::uint64_t epoch = 1) {
  TransactionTask made;
  made.id = TaskId(id);
  made.epoch = {.incarnation = 7, .counter = epoch};
  made.order_id = OrderId("order-1");
  made.client_order_id = ClientOrderId("c-1");
  made.account = {.group = GroupName("family"), .account = AccountName("mom")};
  made.brokerage = Brokerage::tradier;
  made.side = Side::sell;
  made.quantity = Quantity(Decimal::parse("1.5").value());
  made.dry_run = true;
  for (std::string& child : children)
    made.child_orders.push_back({.id = ChildOrderId(child), .symbol = Symbol("AAPL")});
  return made;
}

ChildOrderReport report_on(const std::string& child, bool complete) {
  ExecutionReport execution;
  execution.sub_account = "xxxx1234";
  execution.status = ExecutionStatus::filled;
  execution.broker_order_id = "42";
  execution.quantity = Quantity(Decimal::from_int(1));
  execution.price = Price(Decimal::parse("187.31").value());
  execution.message = "ok";
  execution.evidence = std::string("a line\0with a zero", 18);
  execution.at = Timestamp(std::chrono::microseconds(1234567));
  return {.child_order = ChildOrderId(child),
          .complete = complete,
          .status = complete ? ChildOrderStatus::filled : ChildOrderStatus::executing,
          .reason = "",
          .detail = "",
          .executions = {execution}};
}

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    journal.reset();
    auto opened = open_journal(folder.path(), clock, rng, log());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    journal = std::move(*opened);
  }
  // The error of an opening that must fail.
  Error refused() {
    journal.reset();
    auto opened = open_journal(folder.path(), clock, rng, log());
    EXPECT_FALSE(opened.ok());
    return opened.ok() ? Error{} : opened.error();
  }
  template <typename T>
  T run(asio::awaitable<T> work) {
    return run_async(io, std::move(work));
  }
  Result<void> start(const TransactionTask& of) { return run(journal->start(of, clock.now())); }
  Logger log() { return Logger(sink, "store"); }

  std::filesystem::path file() const { return folder.path() / "journal"; }
  std::string bytes() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void overwrite(const std::string& with) const { std::ofstream(file(), std::ios::binary) << with; }

  TempFolder folder;
  FakeClock clock;
  SystemRng rng;
  NullLog sink;
  asio::io_context io;
  std::unique_ptr<Journal> journal;
};

TEST_F(JournalTest, RemembersWhatItStartedAndReported) {
  ASSERT_TRUE(start(task("t-1", {"a", "b"})).ok());
  ASSERT_TRUE(run(journal->report(TaskId("t-1"), report_on("a", true))).ok());
  const auto before = journal->position();
  open();
  EXPECT_EQ(journal->position().id, before.id);
  EXPECT_EQ(journal->position().last_sequence, before.last_sequence);
  EXPECT_FALSE(journal->position().tail_cut);
  EXPECT_TRUE(journal->was_started(ChildOrderId("a")));
  EXPECT_FALSE(journal->was_started(ChildOrderId("c")));

  const auto unfinished = journal->unfinished();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].open, std::vector{ChildOrderId("b")});
  const TransactionTask expected = task("t-1", {"a", "b"});
  const TransactionTask& read = unfinished[0].task;
  EXPECT_EQ(read.id, expected.id);
  EXPECT_EQ(read.epoch, expected.epoch);
  EXPECT_EQ(read.client_order_id, expected.client_order_id);
  EXPECT_EQ(read.account, expected.account);
  EXPECT_EQ(read.brokerage, expected.brokerage);
  EXPECT_EQ(read.side, expected.side);
  EXPECT_EQ(read.quantity, expected.quantity);
  EXPECT_EQ(read.dry_run, expected.dry_run);
  EXPECT_EQ(read.child_orders, expected.child_orders);

  const auto unconfirmed = journal->unconfirmed();
  ASSERT_EQ(unconfirmed.size(), 1U);
  EXPECT_EQ(unconfirmed[0].report.executions, report_on("a", true).executions);
  EXPECT_EQ(unconfirmed[0].task, TaskId("t-1"));
}

TEST_F(JournalTest, StartsNothingTwice) {
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  EXPECT_EQ(start(task("t-2", {"b", "a"})).error().reason, "already_started");
  EXPECT_FALSE(journal->was_started(ChildOrderId("b"))) << "a refused start leaves no trace";
  open();
  EXPECT_EQ(start(task("t-1", {"a"})).error().reason, "already_started");
}

TEST_F(JournalTest, RemembersStartsForNinetyDays) {
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  ASSERT_TRUE(start(task("t-2", {"unfinished"})).ok());
  ASSERT_TRUE(run(journal->report(TaskId("t-1"), report_on("a", true))).ok());
  clock.advance(std::chrono::hours(24 * 89));
  open();
  EXPECT_TRUE(journal->was_started(ChildOrderId("a")));
  clock.advance(std::chrono::hours(48));
  open();
  EXPECT_FALSE(journal->was_started(ChildOrderId("a")));
  EXPECT_TRUE(journal->was_started(ChildOrderId("unfinished")));
}

TEST_F(JournalTest, AConfirmedReportIsNotSentAgain) {
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  const auto sequence = run(journal->report(TaskId("t-1"), report_on("a", true))).value();
  journal->confirmed(sequence);
  EXPECT_TRUE(journal->unconfirmed().empty());
  open();
  EXPECT_TRUE(journal->unconfirmed().empty());
  EXPECT_TRUE(journal->unfinished().empty());
}

TEST_F(JournalTest, TakesOnlyNewerEpochs) {
  const GroupName family("family");
  ASSERT_TRUE(run(journal->adopt_epoch(family, {.incarnation = 7, .counter = 3})).ok());
  EXPECT_EQ(run(journal->adopt_epoch(family, {.incarnation = 7, .counter = 3})).error().reason, "stale_epoch");
  open();
  EXPECT_EQ(run(journal->adopt_epoch(family, {.incarnation = 6, .counter = 9})).error().reason, "stale_epoch");
  EXPECT_EQ(start(task("t-1", {"a"}, 2)).error().reason, "stale_epoch");
  EXPECT_TRUE(run(journal->adopt_epoch(family, {.incarnation = 8, .counter = 1})).ok());
}

TEST_F(JournalTest, RemembersARecordedTaskAndItsAnswerForNinetyDays) {
  const auto task_with = [&](const std::string& answer) {
    return RecordedTask{.id = TaskId("t-1"), .request = "buy 1", .answer = answer, .at = clock.now()};
  };
  EXPECT_FALSE(journal->recorded(TaskId("t-1")));
  journal->record(task_with("in doubt"));
  ASSERT_TRUE(journal->recorded(TaskId("t-1"))) << "before the disk has it";
  open();
  ASSERT_TRUE(journal->recorded(TaskId("t-1")));
  EXPECT_EQ(journal->recorded(TaskId("t-1"))->request, "buy 1");
  EXPECT_EQ(journal->recorded(TaskId("t-1"))->answer, "in doubt");
  ASSERT_TRUE(run(journal->record_answer(task_with(std::string("a\0b", 3)))).ok());
  open();
  EXPECT_EQ(journal->recorded(TaskId("t-1"))->answer, std::string("a\0b", 3));
  EXPECT_EQ(journal->recorded(TaskId("t-1"))->at, clock.now());
  clock.advance(std::chrono::hours(24 * 91));
  open();
  EXPECT_FALSE(journal->recorded(TaskId("t-1")));
}

TEST_F(JournalTest, AReportWithoutATaskIsKept) {
  ASSERT_TRUE(run(journal->report(TaskId(), report_on("late", true))).ok());
  open();
  ASSERT_EQ(journal->unconfirmed().size(), 1U);
  EXPECT_TRUE(journal->unconfirmed()[0].task.empty());
}

TEST_F(JournalTest, ATornTailIsCutAtEveryByteAndTheJournalGetsANewId) {
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  const std::string whole = bytes();
  ASSERT_TRUE(start(task("t-2", {"b"})).ok());
  const std::string longer = bytes();
  const JournalId id = journal->position().id;
  journal.reset();
  for (std::size_t size = whole.size() + 1; size < longer.size(); ++size) {
    overwrite(longer.substr(0, size));
    open();
    EXPECT_TRUE(journal->position().tail_cut) << size;
    EXPECT_NE(journal->position().id, id) << size;
    EXPECT_TRUE(journal->was_started(ChildOrderId("a"))) << size;
    EXPECT_FALSE(journal->was_started(ChildOrderId("b"))) << size;
    const JournalId now = journal->position().id;
    open();
    EXPECT_EQ(journal->position().id, now) << "kept from then on";
    EXPECT_FALSE(journal->position().tail_cut) << size;
  }
}

TEST_F(JournalTest, DamageInsideStopsItWithPlaceAndRemedy) {
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  ASSERT_TRUE(start(task("t-2", {"b"})).ok());
  const std::string good = bytes();
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    overwrite(bad);
    const Error error = refused();
    EXPECT_EQ(error.reason, "journal_damaged") << at;
    EXPECT_NE(error.message.find(file().string()), std::string::npos);
    EXPECT_EQ(bytes(), bad) << "a damaged file is not touched";
  }
}

TEST_F(JournalTest, AFrameThatWasTakenOutIsDamage) {
  const std::size_t first = bytes().size();
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  const std::size_t second = bytes().size();
  ASSERT_TRUE(start(task("t-2", {"b"})).ok());
  const std::string all = bytes();
  overwrite(all.substr(0, first) + all.substr(second));
  EXPECT_EQ(refused().reason, "journal_damaged");
}

TEST_F(JournalTest, ADamagedOneIsRepairedUnderANewIdAndACopyIsKept) {
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  const std::string before = bytes();
  ASSERT_TRUE(start(task("t-2", {"b"})).ok());
  const JournalId id = journal->position().id;
  journal.reset();
  EXPECT_EQ(journal_damage(folder.path()).value(), "");
  std::string bad = bytes();
  bad[before.size() + 3] ^= 1;
  overwrite(bad);
  EXPECT_NE(refused().message.find("--repair-journal"), std::string::npos);
  EXPECT_NE(journal_damage(folder.path()).value().find("at byte " + std::to_string(before.size())), std::string::npos);
  EXPECT_EQ(bytes(), bad) << "a look changes nothing";

  const auto repaired = repair_journal(folder.path(), clock, rng).value();
  ASSERT_TRUE(repaired);
  EXPECT_EQ(repaired->kept, before.size());
  EXPECT_EQ(repaired->left_out, bad.size() - before.size());
  EXPECT_EQ(folder.read(repaired->copy.filename().string()), bad);
  open();
  EXPECT_TRUE(journal->was_started(ChildOrderId("a")));
  EXPECT_FALSE(journal->was_started(ChildOrderId("b")));
  EXPECT_NE(journal->position().id, id) << "of the old id it could no longer be said what it has not started";
  const JournalId now = journal->position().id;
  ASSERT_TRUE(start(task("t-3", {"c"})).ok());
  open();
  EXPECT_EQ(journal->position().id, now);
  EXPECT_TRUE(journal->was_started(ChildOrderId("c")));
}

TEST_F(JournalTest, OneThatIsNotDamagedIsNotRepaired) {
  ASSERT_TRUE(start(task("t-1", {"a"})).ok());
  journal.reset();
  const std::string whole = bytes();
  EXPECT_FALSE(repair_journal(folder.path(), clock, rng).value());
  overwrite(whole.substr(0, whole.size() - 1));
  EXPECT_FALSE(repair_journal(folder.path(), clock, rng).value()) << "a torn tail needs nobody";
  EXPECT_EQ(bytes(), whole.substr(0, whole.size() - 1));
  std::filesystem::remove(file());
  EXPECT_FALSE(repair_journal(folder.path(), clock, rng).value());
  EXPECT_EQ(journal_damage(folder.path()).value(), "");
}

TEST_F(JournalTest, OfAFileThatIsNoJournalNothingIsKeptButTheCopy) {
  journal.reset();
  overwrite("something else entirely");
  const auto repaired = repair_journal(folder.path(), clock, rng).value();
  ASSERT_TRUE(repaired);
  EXPECT_EQ(folder.read(repaired->copy.filename().string()), "something else entirely");
  open();
  EXPECT_FALSE(journal->position().id.empty());
}

TEST_F(JournalTest, ARepairThatFailsLeavesItAsItWas) {
  journal.reset();
  overwrite("something else entirely");
  std::filesystem::create_directories(folder.path() / "journal.repaired/in-the-way");
  EXPECT_FALSE(repair_journal(folder.path(), clock, rng).ok());
  EXPECT_EQ(bytes(), "something else entirely");
}

TEST_F(JournalTest, AForeignFileIsLeftAlone) {
  journal.reset();
  overwrite("something else entirely");
  EXPECT_EQ(refused().reason, "journal_damaged");
  EXPECT_EQ(bytes(), "something else entirely");
}

TEST_F(JournalTest, AFileThatCannotBeOpenedIsNamed) {
  journal.reset();
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  const Error error = refused();
  EXPECT_EQ(error.reason, "journal_unreadable");
  EXPECT_NE(error.message.find(file().string()), std::string::npos);
}

}  // namespace
}  // namespace tradeauto
