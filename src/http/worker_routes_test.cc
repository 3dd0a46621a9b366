#include <gtest/gtest.h>

#include "http/api_bench_test.h"

namespace tradeauto {
namespace {

class WorkerRoutesTest : public testing::Test, public ApiBench {
 protected:
  static constexpr const char* kDrain = "/v1/workers/w1/drain";
};

TEST_F(WorkerRoutesTest, AWorkerIsDrainedAndShownAsSuch) {
  const auto drained = call("POST", kDrain, "{}");
  ASSERT_EQ(drained.reply.status, 200U) << drained.reply.body;
  EXPECT_EQ(drained.body.at("state"), "draining");
  EXPECT_EQ(drained.body.at("executing"), 1);
  EXPECT_EQ(call("POST", kDrain).body, drained.body) << "again, and without a body";
  EXPECT_EQ(call("GET", "/v1/workers").body.at_pointer("/items/0"), drained.body);
  EXPECT_EQ(workers.actors.at(0), (Actor{.kind = Actor::Kind::token, .name = "admin"}));
}

TEST_F(WorkerRoutesTest, WhatCannotBeDrainedIsTold) {
  EXPECT_EQ(call("POST", "/v1/workers/w2/drain").code(), "unknown_worker");
  EXPECT_EQ(call("POST", "/v1/workers/a%2Fb/drain").code(), "unknown_worker");
  EXPECT_EQ(call("POST", kDrain, R"({"now":true})").reply.status, 400U);
  EXPECT_EQ(call("POST", "/v1/workers/w1/drain?now=1").reply.status, 400U);
  workers.failure = make_error(ErrorCode::conflict, "worker_not_connected", "it is not connected");
  EXPECT_EQ(call("POST", kDrain).reply.status, 409U);
}

TEST_F(WorkerRoutesTest, OnlyAnAdministratorOfAllGroupsDrains) {
  access.give("bot", {Scope::accounts_write});
  access.give("narrow", {Scope::admin}, {GroupName("family")});
  token = "bot";
  EXPECT_EQ(call("POST", kDrain).code(), "missing_scope");
  token = "narrow";
  EXPECT_EQ(call("POST", kDrain).code(), "all_groups_needed");
  EXPECT_TRUE(workers.actors.empty());
}

}  // namespace
}  // namespace tradeauto
