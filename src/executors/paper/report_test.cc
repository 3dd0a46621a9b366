#include "executors/paper/report.h"

#include <gtest/gtest.h>

#include "testing/fake_clock.h"

namespace tradeauto {
namespace {

using std::chrono::seconds;

const Timestamp kNow = FakeClock().now();

PaperRun run_of(int sub_accounts, bool ended, std::set<int> unanswered = {}) {
  return {.child_order = ChildOrderId("c"),
          .account = {},
          .quantity = Quantity(Decimal::from_int(1)),
          .sub_accounts = sub_accounts,
          .ended = ended,
          .unanswered = std::move(unanswered),
          .reason = "no_answer",
          .updated_at = kNow};
}

RecordedPlacement accepted(int number, Timestamp fills_at) {
  RecordedPlacement recorded;
  recorded.placement.sub_account = number;
  recorded.placement.decision = Decision::accepted;
  recorded.placement.broker_order_id = "P1";
  recorded.placement.price = Price(Decimal::from_int(5));
  recorded.placement.fills_at = fills_at;
  recorded.line = "the line";
  return recorded;
}

RecordedPlacement rejected(int number) {
  RecordedPlacement recorded;
  recorded.placement.sub_account = number;
  recorded.placement.reason = "insufficient_cash";
  return recorded;
}

TEST(PaperReportTest, AnAcceptedOrderIsSubmittedAndThenFilled) {
  const auto before = snapshot_of(run_of(1, true), {accepted(1, kNow + seconds(1))}, kNow);
  EXPECT_TRUE(before.report.complete);
  EXPECT_EQ(before.report.status, ChildOrderStatus::submitted);
  EXPECT_EQ(before.next_fill, kNow + seconds(1));
  EXPECT_FALSE(before.settled);
  const auto after = snapshot_of(run_of(1, true), {accepted(1, kNow + seconds(1))}, kNow + seconds(1));
  EXPECT_EQ(after.report.status, ChildOrderStatus::filled);
  EXPECT_EQ(after.report.executions.at(0).at, kNow + seconds(1));
  EXPECT_EQ(after.report.executions.at(0).evidence, "the line");
  EXPECT_TRUE(after.settled);
}

TEST(PaperReportTest, ARunThatGoesOnShowsOnlyWhatWasHeard) {
  const auto snapshot = snapshot_of(run_of(3, false, {2}), {accepted(1, kNow), accepted(2, kNow)}, kNow);
  EXPECT_FALSE(snapshot.report.complete);
  EXPECT_EQ(snapshot.report.status, ChildOrderStatus::executing);
  ASSERT_EQ(snapshot.report.executions.size(), 1U);
  EXPECT_EQ(snapshot.report.executions.at(0).sub_account, "xxxx0001");
}

TEST(PaperReportTest, WhatWasNotHeardIsInDoubtAndWhatWasNotAskedWasNotSent) {
  const auto snapshot = snapshot_of(run_of(3, true, {2}), {rejected(1), accepted(2, kNow)}, kNow);
  ASSERT_EQ(snapshot.report.executions.size(), 3U);
  EXPECT_EQ(snapshot.report.executions.at(0).status, ExecutionStatus::rejected);
  EXPECT_EQ(snapshot.report.executions.at(0).message, "not enough cash");
  EXPECT_EQ(snapshot.report.executions.at(1).status, ExecutionStatus::in_doubt);
  EXPECT_FALSE(snapshot.report.executions.at(1).broker_order_id.has_value());
  EXPECT_EQ(snapshot.report.executions.at(2).status, ExecutionStatus::not_sent);
  EXPECT_EQ(snapshot.report.status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(snapshot.report.reason, "no_answer");
  EXPECT_FALSE(snapshot.settled);
}

TEST(PaperReportTest, SubAccountsThatDifferAreMixed) {
  EXPECT_EQ(snapshot_of(run_of(2, true), {accepted(1, kNow), rejected(2)}, kNow).report.status,
            ChildOrderStatus::mixed);
}

TEST(PaperReportTest, NothingSentAtAllIsDenied) {
  const auto snapshot = snapshot_of(run_of(2, true), {}, kNow);
  EXPECT_EQ(snapshot.report.status, ChildOrderStatus::denied);
  EXPECT_EQ(snapshot.report.reason, "not_sent");
  EXPECT_TRUE(snapshot.settled);
}

}  // namespace
}  // namespace tradeauto
