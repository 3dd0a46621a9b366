#include "domain/deed.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

TEST(DeedTest, EachHasAWordOfItsOwnAndIsReadBackFromIt) {
  std::set<std::string> words;
  for (int i = 0; i <= static_cast<int>(Deed::worker_drained); ++i) {
    const auto deed = static_cast<Deed>(i);
    EXPECT_EQ(parse_deed(to_string(deed)), deed);
    EXPECT_TRUE(words.emplace(to_string(deed)).second);
  }
  EXPECT_EQ(to_string(Deed::child_order_resolved), "child_order_resolved");
}

TEST(DeedTest, WhatComesOfADeedIsNone) {
  for (const char* type : {"child_order_executing", "child_order_canceled", "alarm", "", "Order_accepted"}) {
    EXPECT_EQ(parse_deed(type), std::nullopt) << type;
  }
}

TEST(ActorTest, EachKindIsReadBackFromItsWord) {
  for (int i = 0; i <= static_cast<int>(Actor::Kind::system); ++i) {
    const auto kind = static_cast<Actor::Kind>(i);
    EXPECT_EQ(parse_actor_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(to_string(Actor::Kind::legacy), "legacy");
  EXPECT_EQ(parse_actor_kind("nobody"), std::nullopt);
}

}  // namespace
}  // namespace tradeauto
