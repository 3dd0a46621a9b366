#include "main_server/ids.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

ChildOrder child(const char* id, std::uint32_t attempt) {
  ChildOrder child;
  child.id = ChildOrderId(id);
  child.attempt = attempt;
  return child;
}

TEST(IdsTest, AChildOrderIsNamedByWhatItIs) {
  const auto id = [](const char* ledger, const char* order, const char* account, const char* symbol) {
    return make_child_order_id(LedgerId(ledger), ClientOrderId(order),
                               {.group = GroupName("g"), .account = AccountName(account)}, Symbol(symbol));
  };
  EXPECT_EQ(id("l", "c", "a", "X"), id("l", "c", "a", "X"));
  EXPECT_NE(id("l", "c", "a", "X"), id("m", "c", "a", "X"));
  EXPECT_NE(id("l", "c", "a", "X"), id("l", "d", "a", "X"));
  EXPECT_NE(id("l", "c", "a", "X"), id("l", "c", "b", "X"));
  EXPECT_NE(id("l", "c", "a", "X"), id("l", "c", "a", "Y"));
}

TEST(IdsTest, ATaskIsNamedByItsChildOrdersAndTheAttempt) {
  EXPECT_EQ(make_task_id({child("1", 1), child("2", 1)}), make_task_id({child("2", 1), child("1", 1)}));
  EXPECT_NE(make_task_id({child("1", 1)}), make_task_id({child("1", 2)}));
  EXPECT_NE(make_task_id({child("1", 1)}), make_task_id({child("1", 1), child("2", 1)}));
}

}  // namespace
}  // namespace tradeauto
