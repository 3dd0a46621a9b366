#include "http/legacy_outcome.h"

#include <string>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using testing::StartsWith;
using Parts = std::vector<std::pair<std::string, ChildOrderStatus>>;

Order order(const Parts& parts) {
  Order out;
  for (const auto& [account, status] : parts) {
    ChildOrder child;
    child.account = {.group = GroupName("g"), .account = AccountName(account)};
    child.brokerage = Brokerage::tradier;
    child.status = status;
    out.child_orders.push_back(std::move(child));
  }
  return out;
}

boost::json::value outcome(const Order& of) { return boost::json::parse(legacy_order_outcome(of).body); }
std::string message(const Order& of) { return std::string(outcome(of).at("message").as_string()); }

TEST(LegacyOutcomeTest, HasALineForEachAccount) {
  const Order good = order({{"mom", ChildOrderStatus::submitted}, {"dad", ChildOrderStatus::filled}});
  EXPECT_EQ(outcome(good).at("status"), true);
  EXPECT_EQ(message(good), "mom (Tradier): submitted\ndad (Tradier): filled");
}

TEST(LegacyOutcomeTest, ALineSaysWhyAndWhere) {
  Order one = order({{"mom", ChildOrderStatus::mixed}});
  ChildOrder& child = one.child_orders.front();
  child.reason = "word";
  child.detail = "two\nlines";
  child.executions.resize(2);
  child.executions[0].sub_account = "xxxx1234";
  child.executions[0].status = ExecutionStatus::submitted;
  child.executions[0].message = "ok";
  child.executions[1].sub_account = "xxxx5678";
  child.executions[1].status = ExecutionStatus::rejected;
  EXPECT_EQ(outcome(one).at("status"), false);
  EXPECT_EQ(message(one),
            "PARTLY PLACED, do not repeat for all: mom (Tradier): mixed (word): two lines; xxxx1234 submitted: ok; "
            "xxxx5678 rejected");
}

TEST(LegacyOutcomeTest, WhatIsPartlyPlacedIsNotRepeatedForAll) {
  EXPECT_THAT(message(order({{"mom", ChildOrderStatus::filled}, {"dad", ChildOrderStatus::denied}})),
              StartsWith("PARTLY PLACED, do not repeat for all: mom"));
  EXPECT_THAT(message(order({{"mom", ChildOrderStatus::rejected}, {"dad", ChildOrderStatus::denied}})),
              StartsWith("mom (Tradier): rejected"));
}

TEST(LegacyOutcomeTest, OneDoubtIsADoubt) {
  for (const auto status : {ChildOrderStatus::in_doubt, ChildOrderStatus::executing, ChildOrderStatus::pending}) {
    Order two = order({{"mom", ChildOrderStatus::filled}, {"dad", status}});
    EXPECT_EQ(outcome(two).at("status"), false);
    EXPECT_THAT(message(two), StartsWith("IN DOUBT, may have been placed, do not repeat: mom"));
    two.dry_run = true;
    EXPECT_THAT(message(two), StartsWith("mom"));
  }
}

}  // namespace
}  // namespace tradeauto
