#include "domain/order.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

ChildOrder child(ChildOrderStatus status, Brokerage brokerage = Brokerage::tradier) {
  ChildOrder child;
  child.status = status;
  child.brokerage = brokerage;
  return child;
}

using enum ChildOrderStatus;

TEST(OrderStatusTest, AnyDoubtIsAttentionEvenAmongFailures) {
  EXPECT_EQ(derive_status({child(rejected), child(in_doubt), child(pending)}), OrderStatus::attention);
}

TEST(OrderStatusTest, SubmittedIsWorkingOnlyWhereFillsAreReported) {
  EXPECT_EQ(derive_status({child(submitted, Brokerage::paper)}), OrderStatus::working);
  EXPECT_EQ(derive_status({child(submitted, Brokerage::tradier)}), OrderStatus::settled);
}

TEST(OrderStatusTest, WorkingComesBeforeFailed) {
  EXPECT_EQ(derive_status({child(denied), child(executing)}), OrderStatus::working);
  EXPECT_EQ(derive_status({child(denied), child(filled)}), OrderStatus::failed);
}

TEST(OrderStatusTest, SentIsTheMostThatMayHaveHappened) {
  EXPECT_EQ(sent({child(denied), child(expired)}), Sent::no);
  EXPECT_EQ(sent({child(denied), child(in_doubt)}), Sent::maybe);
  EXPECT_EQ(sent({child(rejected), child(in_doubt)}), Sent::yes);
}

TEST(OrderWordsTest, EveryStatusHasAWordThatParsesBack) {
  for (int i = 0; i <= static_cast<int>(expired); ++i) {
    const auto status = static_cast<ChildOrderStatus>(i);
    EXPECT_EQ(parse_child_order_status(to_string(status)), status);
  }
  EXPECT_FALSE(parse_child_order_status("done").has_value());
}

}  // namespace
}  // namespace tradeauto
