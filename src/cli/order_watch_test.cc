#include <algorithm>
#include <csignal>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

constexpr const char* kQuickly = "retry: 10\n\n";

class OrderWatchTest : public CliBench {
 protected:
  void streams(const std::string& body) { on("GET /v1/events", {.body = body, .stream = true}); }
};

TEST_F(OrderWatchTest, OneOrdersChangesAreRowsUntilItsOutcome) {
  on("GET /v1/orders/o-1", 200, order_json("working", {"pending", "pending"}));
  on("GET /v1/orders/o-1", {.body = order_json("failed", {"filled", "denied"}), .after_requests = 4});
  streams(kQuickly + event_text(1, "child_order_executing", "c1") + event_text(2, "child_order_offered", "c0"));
  on("GET /v1/events", {.hold = true, .stream = true});
  const Outcome done = run({"order", "watch", "o-1", "-o", "csv"});
  EXPECT_EQ(done.code, 5);
  EXPECT_EQ(done.out,
            "at,account,symbol,status,detail\n"
            "2026-01-02T03:04:05.000000Z,demo/account0,AAPL,pending,said so\n"
            "2026-01-02T03:04:05.000000Z,demo/account1,AAPL,pending,said so\n"
            "2026-01-02T03:04:06.000001Z,demo/account1,AAPL,executing,\n"
            "2026-01-02T03:04:05.000000Z,demo/account0,AAPL,filled,\n"
            "2026-01-02T03:04:05.000000Z,demo/account1,AAPL,denied,said so\n");
  EXPECT_THAT(done.err, HasSubstr("order o-1: buy 1 of AAPL"));
}

TEST_F(OrderWatchTest, AnOrderThatIsSettledIsOneRowForEachChildOrder) {
  on("GET /v1/orders/o-1", 200, order_json("settled", {"filled"}));
  const Outcome done = run({"order", "watch", "o-1", "-o", "json", "-q"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(json::parse(done.out),
            json::parse(R"({"at":"2026-01-02T03:04:05.000000Z","order_id":"o-1","child_order_id":"c0","group":"demo",
                            "account":"account0","brokerage":"Paper","symbol":"AAPL","status":"filled","detail":""})"));
  EXPECT_EQ(run_into("/dev/full", {"order", "watch", "o-1"}).code, 74);
  EXPECT_EQ(run({"order", "watch", "o-2"}).code, 3);
  EXPECT_EQ(run({"order", "watch", "o-1", "--group", "demo"}).code, 2);
  EXPECT_EQ(run({"order", "watch", "--timeout", "1"}).code, 2);
}

TEST_F(OrderWatchTest, AllOrdersChangesAreToldUntilTheServerRefuses) {
  on("GET /v1/orders/o-1", {.cut = true});
  on("GET /v1/orders/o-1", 200, order_json("settled", {"filled", "denied"}));
  streams(kQuickly + event_text(1, "order_accepted", "") + event_text(2, "child_order_executing", "c0") +
          event_text(3, "child_order_filled", "c0", "x1 filled 1") + event_text(4, "alarm", "c0") +
          event_text(5, "child_order_denied", "c1", "bad log-in"));
  on("GET /v1/events", 401, problem_json(401, "no_token", "no"));
  const Outcome done = run({"order", "watch", "--group", "demo", "-o", "csv"});
  EXPECT_EQ(done.code, 4);
  EXPECT_EQ(done.out,
            "at,account,symbol,status,order,detail\n"
            "2026-01-02T03:04:06.000001Z,demo/account0,AAPL,pending,o-1,\n"
            "2026-01-02T03:04:06.000001Z,demo/account1,AAPL,pending,o-1,\n"
            "2026-01-02T03:04:06.000002Z,demo/account0,AAPL,executing,o-1,\n"
            "2026-01-02T03:04:06.000003Z,demo/account0,AAPL,filled,o-1,\n"
            "2026-01-02T03:04:06.000005Z,demo/account1,AAPL,denied,o-1,bad log-in\n");
  EXPECT_EQ(requests().front().target, "/v1/events?group=demo");
  EXPECT_EQ(std::ranges::count(requests(), "/v1/orders/o-1", &FakeRequest::target), 2);
}

TEST_F(OrderWatchTest, WhatMayNotBeSeenIsLeftOut) {
  streams(kQuickly + event_text(1, "order_accepted", "") + event_text(2, "child_order_filled", "c0") +
          "id: 7\nevent: reset\ndata: {\"newest\":7}\n\n");
  on("GET /v1/events", 401, problem_json(401, "no_token", "no"));
  const Outcome done = run({"order", "watch", "-o", "csv"});
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("may be missing up to 7"));
  EXPECT_EQ(std::ranges::count(requests(), "/v1/orders/o-1", &FakeRequest::target), 1);
}

TEST_F(OrderWatchTest, CtrlCEndsItAndNoOrder) {
  on("GET /v1/events", {.body = kQuickly, .hold = true, .stream = true});
  seen_ = [](const FakeRequest&) { ::raise(SIGINT); };
  const Outcome done = run({"order", "watch"});
  EXPECT_EQ(done.code, 130);
  EXPECT_THAT(done.err, HasSubstr("orders do not depend on us"));
}

}  // namespace
}  // namespace tradeauto
