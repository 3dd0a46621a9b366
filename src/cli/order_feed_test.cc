#include "cli/order_feed.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "cli/cli_bench_test.h"
#include "cli/order_view.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

json::object parsed(const std::string& text) { return json::parse(text).as_object(); }

json::object event(const std::string& type, const std::string& at, const std::string& child = "c1") {
  return {{"type", type}, {"at", at}, {"child_order_id", child}, {"detail", "because"}};
}

std::string second_of(const json::object& order) {
  return describe_child_order(order.at("child_orders").as_array().at(1).as_object());
}

constexpr const char* kLater = "2026-01-02T03:04:06.000000Z";
constexpr const char* kThen = "2026-01-02T03:04:05.000000Z";  // when the order was read
constexpr const char* kBefore = "2026-01-02T03:04:04.999999Z";

TEST(OrderFeedTest, AnEventChangesItsChildOrderOnly) {
  json::object order = parsed(order_json("working", {"pending", "executing"}));
  EXPECT_TRUE(apply_event(order, event("child_order_denied", kLater)));
  EXPECT_EQ(second_of(order), "account1 AAPL: denied, because");
  EXPECT_EQ(order.at("child_orders").at(0), parsed(order_json("", {"pending"})).at("child_orders").at(0));
  EXPECT_TRUE(apply_event(order, event("child_order_filled", "2026-01-02T03:04:07.000000Z")));
  EXPECT_EQ(second_of(order), "account1 AAPL: filled");
}

TEST(OrderFeedTest, WhatIsNoChangeOfAStatusChangesNothing) {
  json::object order = parsed(order_json("working", {"pending", "executing"}));
  const json::object before = order;
  for (const std::string type :
       {"child_order_offered", "child_order_report", "alarm", "order_accepted", "filled", ""}) {
    EXPECT_FALSE(apply_event(order, event(type, kLater))) << type;
  }
  EXPECT_FALSE(apply_event(order, event("child_order_filled", kLater, "c9")));
  EXPECT_FALSE(apply_event(order, json::object()));
  EXPECT_EQ(order, before);
  json::object none;
  EXPECT_FALSE(apply_event(none, event("child_order_filled", kLater)));
}

TEST(OrderFeedTest, AnEventFromBeforeTheOrderWasReadIsOld) {
  json::object order = parsed(order_json("working", {"pending", "submitted"}));
  EXPECT_FALSE(apply_event(order, event("child_order_filled", kBefore)));
  EXPECT_FALSE(apply_event(order, event("child_order_executing", kThen)));
  EXPECT_FALSE(apply_event(order, event("child_order_submitted", kThen)));
  EXPECT_TRUE(apply_event(order, event("child_order_filled", kThen)));
}

}  // namespace
}  // namespace tradeauto
