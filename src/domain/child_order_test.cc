#include "domain/child_order.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

constexpr int kStatuses = static_cast<int>(expired) + 1;
constexpr int kCauses = static_cast<int>(Cause::resolution) + 1;

struct Allowed {
  ChildOrderStatus from;
  ChildOrderStatus to;
  Cause cause;
  bool changed = true;
  bool alarm = false;
};

constexpr bool kSame = false;
constexpr bool kChanged = true;
constexpr bool kAlarm = true;

// Every pair that may be, and no other: written out, so that a new one is a decision.
const std::vector<Allowed> kAllowed = {
    {pending, executing, Cause::permit},
    {pending, denied, Cause::refusal},
    {pending, canceled, Cause::cancel},
    {pending, expired, Cause::expiry},
    {executing, pending, Cause::not_started},
    {executing, in_doubt, Cause::doubt},

    {in_doubt, submitted, Cause::resolution},
    {in_doubt, filled, Cause::resolution},
    {in_doubt, rejected, Cause::resolution},
    {in_doubt, mixed, Cause::resolution},
    {in_doubt, denied, Cause::resolution},

    // A report of what was never permitted: taken, and an alarm.
    {pending, submitted, Cause::report, kChanged, kAlarm},
    {pending, filled, Cause::report, kChanged, kAlarm},
    {pending, rejected, Cause::report, kChanged, kAlarm},
    {pending, closed, Cause::report, kChanged, kAlarm},
    {pending, mixed, Cause::report, kChanged, kAlarm},
    {pending, dry_run, Cause::report, kChanged, kAlarm},
    {pending, denied, Cause::report, kChanged, kAlarm},
    {pending, in_doubt, Cause::report, kChanged, kAlarm},

    {executing, submitted, Cause::report},
    {executing, filled, Cause::report},
    {executing, rejected, Cause::report},
    {executing, closed, Cause::report},
    {executing, mixed, Cause::report},
    {executing, dry_run, Cause::report},
    {executing, denied, Cause::report},
    {executing, in_doubt, Cause::report},

    {submitted, submitted, Cause::report, kSame},
    {submitted, filled, Cause::report},
    {submitted, rejected, Cause::report},
    {submitted, closed, Cause::report},
    {submitted, mixed, Cause::report},

    {in_doubt, in_doubt, Cause::report, kSame},
    {in_doubt, submitted, Cause::report},
    {in_doubt, filled, Cause::report},
    {in_doubt, rejected, Cause::report},
    {in_doubt, closed, Cause::report},
    {in_doubt, mixed, Cause::report},
    {in_doubt, denied, Cause::report},
    {in_doubt, dry_run, Cause::report},

    // Final states: only the broker's own late word corrects them, and it raises an alarm.
    {filled, filled, Cause::report, kSame},
    {filled, submitted, Cause::report, kChanged, kAlarm},
    {filled, rejected, Cause::report, kChanged, kAlarm},
    {filled, closed, Cause::report, kChanged, kAlarm},
    {filled, mixed, Cause::report, kChanged, kAlarm},

    {rejected, rejected, Cause::report, kSame},
    {rejected, submitted, Cause::report, kChanged, kAlarm},
    {rejected, filled, Cause::report, kChanged, kAlarm},
    {rejected, closed, Cause::report, kChanged, kAlarm},
    {rejected, mixed, Cause::report, kChanged, kAlarm},

    {closed, closed, Cause::report, kSame},
    {closed, submitted, Cause::report, kChanged, kAlarm},
    {closed, filled, Cause::report, kChanged, kAlarm},
    {closed, rejected, Cause::report, kChanged, kAlarm},
    {closed, mixed, Cause::report, kChanged, kAlarm},

    {mixed, mixed, Cause::report, kSame},
    {mixed, submitted, Cause::report, kChanged, kAlarm},
    {mixed, filled, Cause::report, kChanged, kAlarm},
    {mixed, rejected, Cause::report, kChanged, kAlarm},
    {mixed, closed, Cause::report, kChanged, kAlarm},

    {dry_run, dry_run, Cause::report, kSame},
    {dry_run, submitted, Cause::report, kChanged, kAlarm},
    {dry_run, filled, Cause::report, kChanged, kAlarm},
    {dry_run, rejected, Cause::report, kChanged, kAlarm},
    {dry_run, closed, Cause::report, kChanged, kAlarm},
    {dry_run, mixed, Cause::report, kChanged, kAlarm},

    {denied, denied, Cause::report, kSame},
    {denied, submitted, Cause::report, kChanged, kAlarm},
    {denied, filled, Cause::report, kChanged, kAlarm},
    {denied, rejected, Cause::report, kChanged, kAlarm},
    {denied, closed, Cause::report, kChanged, kAlarm},
    {denied, mixed, Cause::report, kChanged, kAlarm},

    {canceled, submitted, Cause::report, kChanged, kAlarm},
    {canceled, filled, Cause::report, kChanged, kAlarm},
    {canceled, rejected, Cause::report, kChanged, kAlarm},
    {canceled, closed, Cause::report, kChanged, kAlarm},
    {canceled, mixed, Cause::report, kChanged, kAlarm},

    {expired, submitted, Cause::report, kChanged, kAlarm},
    {expired, filled, Cause::report, kChanged, kAlarm},
    {expired, rejected, Cause::report, kChanged, kAlarm},
    {expired, closed, Cause::report, kChanged, kAlarm},
    {expired, mixed, Cause::report, kChanged, kAlarm},
};

TEST(ChildOrderTest, AllowsExactlyTheWrittenTransitions) {
  std::size_t allowed = 0;
  for (int from = 0; from < kStatuses; ++from) {
    for (int to = 0; to < kStatuses; ++to) {
      for (int cause = 0; cause < kCauses; ++cause) {
        const auto f = static_cast<ChildOrderStatus>(from);
        const auto t = static_cast<ChildOrderStatus>(to);
        const auto c = static_cast<Cause>(cause);
        SCOPED_TRACE(std::string(to_string(f)) + " to " + std::string(to_string(t)) + " by " +
                     std::string(to_string(c)));
        const auto row = std::ranges::find_if(
            kAllowed, [&](const Allowed& each) { return each.from == f && each.to == t && each.cause == c; });
        const auto result = transition(f, t, c);
        ASSERT_EQ(result.ok(), row != kAllowed.end());
        if (!result.ok()) {
          EXPECT_EQ(result.error().code, ErrorCode::conflict);
          EXPECT_EQ(result.error().reason, "bad_transition");
          continue;
        }
        ++allowed;
        EXPECT_EQ(result->changed, row->changed);
        EXPECT_EQ(result->alarm, row->alarm);
      }
    }
  }
  EXPECT_EQ(allowed, kAllowed.size()) << "a row stands twice";
}

TEST(ChildOrderTest, NothingLeavesPendingTwice) {
  for (const Allowed& row : kAllowed) {
    if (row.to == executing) EXPECT_EQ(row.from, pending) << to_string(row.from);
    if (row.to == pending) EXPECT_EQ(row.cause, Cause::not_started) << to_string(row.from);
  }
}

TEST(ChildOrderTest, TheBrokersLateWordCorrectsAnyFinalStateAndRaisesAnAlarm) {
  for (int from = 0; from < kStatuses; ++from) {
    const auto state = static_cast<ChildOrderStatus>(from);
    if (!is_final(state)) continue;
    for (const ChildOrderStatus word : {submitted, filled, rejected, closed, mixed}) {
      if (word == state) continue;
      const auto result = transition(state, word, Cause::report);
      ASSERT_TRUE(result.ok()) << to_string(state) << " to " << to_string(word);
      EXPECT_TRUE(result->alarm) << to_string(state) << " to " << to_string(word);
    }
  }
}

TEST(ChildOrderTest, AWorkersDoubtOrDenialCorrectsNoFinalState) {
  for (int from = 0; from < kStatuses; ++from) {
    const auto state = static_cast<ChildOrderStatus>(from);
    if (!is_final(state)) continue;
    EXPECT_FALSE(transition(state, in_doubt, Cause::report).ok()) << to_string(state);
    if (state != denied) EXPECT_FALSE(transition(state, denied, Cause::report).ok()) << to_string(state);
  }
}

ExecutionReport report(ExecutionStatus status) {
  ExecutionReport report;
  report.status = status;
  return report;
}

TEST(DeriveStatusTest, OneDoubtMakesTheChildOrderDoubtful) {
  const auto status = derive_status({report(ExecutionStatus::filled), report(ExecutionStatus::in_doubt)});
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(*status, in_doubt);
}

TEST(DeriveStatusTest, WhatAllHaveInCommonIsTheState) {
  const std::vector<std::pair<ExecutionStatus, ChildOrderStatus>> pairs = {
      {ExecutionStatus::submitted, submitted}, {ExecutionStatus::filled, filled},
      {ExecutionStatus::rejected, rejected},   {ExecutionStatus::closed, closed},
      {ExecutionStatus::not_sent, denied},     {ExecutionStatus::dry_run, dry_run},
      {ExecutionStatus::in_doubt, in_doubt},
  };
  for (const auto& [execution, expected] : pairs) {
    const auto one = derive_status({report(execution)});
    const auto two = derive_status({report(execution), report(execution)});
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_EQ(*one, expected);
    EXPECT_EQ(*two, expected);
  }
}

TEST(DeriveStatusTest, DifferentAnswersAreMixed) {
  const auto status = derive_status({report(ExecutionStatus::rejected), report(ExecutionStatus::not_sent)});
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(*status, mixed);
}

// Sub-accounts fill one after the other: what some of them still wait for is no difference to tell anybody of.
TEST(DeriveStatusTest, PartFilledIsSubmittedUntilAllAreFilled) {
  const auto status = derive_status({report(ExecutionStatus::filled), report(ExecutionStatus::submitted)});
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(*status, submitted);
  const auto refused = derive_status(
      {report(ExecutionStatus::filled), report(ExecutionStatus::submitted), report(ExecutionStatus::rejected)});
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(*refused, mixed);
}

TEST(DeriveStatusTest, NoReportIsNoEvidence) {
  const auto status = derive_status(std::vector<ExecutionReport>{});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace tradeauto
