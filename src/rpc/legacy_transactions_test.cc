#include "rpc/legacy_transactions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto::legacy {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LegacyTransactionsTest : public testing::Test {
 protected:
  // One that has a part for each of these accounts; a part's id is its account's name.
  void begin(const std::vector<std::string>& accounts) {
    Transaction made;
    made.request.task = TaskId("t");
    for (const std::string& account : accounts) {
      Transaction::Part part;
      part.child.id = ChildOrderId(account);
      part.child.account.account = AccountName(account);
      part.child.brokerage = Brokerage::tradier;
      made.parts.push_back(std::move(part));
    }
    made.callers.push_back(
        {.reply = [this](const Answer& answer) { answers.push_back(answer); }, .waits = [this] { return waits; }});
    transactions.begin(std::move(made));
  }
  bool report(const std::string& part, ChildOrderStatus status, bool complete = true) {
    JournaledReport report{.sequence = ++sequence, .task = TaskId(part), .report = {}};
    report.report.child_order = ChildOrderId(part);
    report.report.complete = complete;
    report.report.status = status;
    return transactions.report(report);
  }
  Answer answer() { return transactions.take(TaskId("t")).answer(); }

  bool waits = true;
  std::uint64_t sequence = 0;
  std::vector<TaskId> done;
  std::vector<Answer> answers;
  Transactions transactions{[this](const TaskId& task) { done.push_back(task); }};
};

TEST_F(LegacyTransactionsTest, IsDoneOnceEachPartIs) {
  begin({"mom", "dad"});
  EXPECT_NE(transactions.permit(TaskId("mom")), nullptr);
  EXPECT_TRUE(report("mom", ChildOrderStatus::executing, false));
  EXPECT_TRUE(report("mom", ChildOrderStatus::submitted));
  EXPECT_TRUE(done.empty());
  transactions.unsent(TaskId("dad"), "login_failed", "no");
  EXPECT_EQ(done, std::vector{TaskId("t")});
  const Transaction ended = transactions.take(TaskId("t"));
  EXPECT_EQ(ended.reports, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_FALSE(ended.answer().good);
  EXPECT_EQ(ended.answer().message,
            "PARTLY PLACED, do not repeat for all: mom (Tradier): submitted\ndad (Tradier): denied (login_failed): no");
}

TEST_F(LegacyTransactionsTest, APartIsPermittedOnce) {
  begin({"mom"});
  EXPECT_NE(transactions.permit(TaskId("mom")), nullptr);
  EXPECT_EQ(transactions.permit(TaskId("mom")), nullptr);
  EXPECT_EQ(transactions.permit(TaskId("nobody")), nullptr);
}

TEST_F(LegacyTransactionsTest, NothingStartsForACallerWhoHungUp) {
  begin({"mom"});
  waits = false;
  EXPECT_EQ(transactions.permit(TaskId("mom")), nullptr);
  EXPECT_EQ(done.size(), 1U);
  EXPECT_THAT(answer().message, StartsWith("mom (Tradier): denied (canceled)"));
}

TEST_F(LegacyTransactionsTest, ADoubtBeginsWithTheWarning) {
  begin({"mom", "dad"});
  transactions.permit(TaskId("mom"));
  transactions.permit(TaskId("dad"));
  report("mom", ChildOrderStatus::filled);
  report("dad", ChildOrderStatus::in_doubt);
  EXPECT_THAT(answer().message, StartsWith("IN DOUBT - may have been sent, do not repeat: mom (Tradier): filled\n"));
}

TEST_F(LegacyTransactionsTest, TheEndOfTheSessionSettlesWhatHasNoPermit) {
  begin({"mom", "dad"});
  transactions.permit(TaskId("mom"));
  transactions.session_over();
  EXPECT_EQ(transactions.permit(TaskId("dad")), nullptr);
  EXPECT_TRUE(done.empty()) << "what was permitted ends with the worker's report";
  report("mom", ChildOrderStatus::submitted);
  EXPECT_EQ(done.size(), 1U);
}

TEST_F(LegacyTransactionsTest, WhatTheWorkerDoesNotKnowNeverStarted) {
  begin({"mom", "dad"});
  transactions.permit(TaskId("mom"));
  transactions.permit(TaskId("dad"));
  transactions.reconcile({{.task = TaskId("mom"), .child_orders = {}, .state = TaskStanding::State::running}});
  EXPECT_FALSE(report("dad", ChildOrderStatus::filled)) << "settled";
  report("mom", ChildOrderStatus::filled);
  EXPECT_THAT(answer().message, HasSubstr("dad (Tradier): denied (permit_lapsed)"));
}

TEST_F(LegacyTransactionsTest, AReportOfNothingUnderWayIsNotTaken) {
  EXPECT_FALSE(report("mom", ChildOrderStatus::filled));
}

TEST_F(LegacyTransactionsTest, TheEndOfTheProcessAnswersWhoWaits) {
  begin({"mom", "dad"});
  transactions.permit(TaskId("mom"));
  const Answer dead = transactions.find(TaskId("t"))->answer_if_dead();
  EXPECT_THAT(dead.message, StartsWith("IN DOUBT - may have been sent, do not repeat: mom (Tradier): in_doubt"));
  EXPECT_THAT(dead.message, HasSubstr("dad (Tradier): in_doubt")) << "what is written first covers every start";
  transactions.abandon();
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_THAT(answers[0].message, StartsWith("IN DOUBT"));
  EXPECT_THAT(answers[0].message, HasSubstr("dad (Tradier): denied (worker_stopped)"));
  EXPECT_EQ(transactions.find(TaskId("t")), nullptr);
}

}  // namespace
}  // namespace tradeauto::legacy
