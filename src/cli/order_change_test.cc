#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class OrderChangeTest : public CliBench {};

TEST_F(OrderChangeTest, CancelAsksOnceAndPrintsTheOrder) {
  on("POST /v1/orders/o-1/cancel", 200, order_json("working", {"executing", "canceled"}));
  const Outcome done = run({"order", "cancel", "o-1"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("1 of its child orders is canceled: it never starts"));
  EXPECT_THAT(done.err, HasSubstr("1 had been started"));
  EXPECT_THAT(done.out, HasSubstr("account1  Paper      AAPL    canceled"));
  ASSERT_EQ(requests().size(), 1U);
  EXPECT_EQ(requests().front().body, "");
}

TEST_F(OrderChangeTest, CancelOfAllSaysNothingOfWhatWasStarted) {
  on("POST /v1/orders/o-1/cancel", 200, order_json("failed", {"canceled"}));
  const Outcome done = run({"order", "cancel", "o-1", "-o", "json"});
  EXPECT_THAT(done.err, Not(HasSubstr("started")));
  EXPECT_EQ(json::parse(done.out), json::parse(order_json("failed", {"canceled"})));
}

TEST_F(OrderChangeTest, ACancelThatIsRefusedSaysWhy) {
  on("POST /v1/orders/o-1/cancel", 409, problem_json(409, "nothing_to_cancel", "no"));
  const Outcome refused = run({"order", "cancel", "o-1"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("because of nothing_to_cancel"));
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(run({"order", "cancel", "o-2"}).code, 3);
  EXPECT_EQ(run({"order", "cancel"}).code, 2);
}

TEST_F(OrderChangeTest, ACancelWhoseAnswerIsLostIsNotRepeated) {
  on("POST /v1/orders/o-1/cancel", {.cut = true});
  const Outcome lost = run({"order", "cancel", "o-1", "--server", address()});
  EXPECT_EQ(lost.code, 6);
  EXPECT_THAT(lost.err, HasSubstr("tradeauto order show o-1 --server " + address()));
  EXPECT_EQ(requests().size(), 1U);
  on("POST /v1/orders/o-3/cancel", 200, "{}");
  EXPECT_EQ(run({"order", "cancel", "o-3"}).code, 1);
}

class OrderResolveTest : public CliBench {
 protected:
  static std::string child(const std::string& status) {
    return R"({"id":"c-1","order_id":"o-1","group":"demo","account":"mom","brokerage":"Paper","symbol":"AAPL","status":")" +
           status + R"(","reason":"worker_lost","detail":"gone","sent":"maybe","executions":[]})";
  }
  static std::vector<std::string> resolve(const std::string& outcome, const std::string& more = {}) {
    std::vector<std::string> words = {"order", "resolve", "c-1", "--outcome", outcome, "--note", "seen in the app"};
    if (!more.empty()) words.push_back(more);
    return words;
  }
};

TEST_F(OrderResolveTest, ShowsAsksAndHasItRecorded) {
  context().stdin_is_terminal = true;
  on("GET /v1/child_orders/c-1", 200, child("in_doubt"));
  on("POST /v1/child_orders/c-1/resolve", 200, child("filled"));
  const Outcome done = run(resolve("filled"), "y\n");
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("mom AAPL: in_doubt, gone"));
  EXPECT_THAT(done.err, HasSubstr("Record for demo/mom: AAPL was filled? [y/N]"));
  EXPECT_THAT(done.err, Not(HasSubstr("ordered again")));
  EXPECT_THAT(done.out, HasSubstr("mom      Paper      AAPL    filled"));
  ASSERT_EQ(requests().size(), 2U);
  EXPECT_EQ(json::parse(requests().back().body), json::parse(R"({"outcome":"filled","note":"seen in the app"})"));
  EXPECT_EQ(run(resolve("filled", "-y")).code, 0);
}

TEST_F(OrderResolveTest, NothingIsRecordedWithoutAYes) {
  on("GET /v1/child_orders/c-1", 200, child("in_doubt"));
  EXPECT_EQ(run(resolve("not_placed")).code, 2);
  context().stdin_is_terminal = true;
  const Outcome declined = run(resolve("not_placed"), "n\n");
  EXPECT_EQ(declined.code, 9);
  EXPECT_THAT(declined.err, HasSubstr("ordered again"));
  for (const FakeRequest& request : requests()) EXPECT_EQ(request.method, "GET");
}

TEST_F(OrderResolveTest, WrongWordsAskNothing) {
  EXPECT_EQ(run(resolve("perhaps")).code, 2);
  EXPECT_EQ(run({"order", "resolve", "c-1", "--outcome", "filled"}).code, 2);
  EXPECT_EQ(run({"order", "resolve", "c-1", "--note", "seen"}).code, 2);
  EXPECT_TRUE(requests().empty());
}

TEST_F(OrderResolveTest, WhatTheServerRefusesIsTold) {
  EXPECT_EQ(run(resolve("filled", "-y")).code, 3);
  on("GET /v1/child_orders/c-1", 200, child("in_doubt"));
  on("POST /v1/child_orders/c-1/resolve", 409, problem_json(409, "run_may_be_alive", "no"));
  const Outcome early = run(resolve("filled", "-y"));
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("because of run_may_be_alive"));
}

TEST_F(OrderResolveTest, AnAnswerThatIsLostOrNoneIsNotTakenForGood) {
  on("GET /v1/child_orders/c-1", 200, child("in_doubt"));
  on("POST /v1/child_orders/c-1/resolve", {.cut = true});
  on("POST /v1/child_orders/c-1/resolve", 200, "[]");
  const Outcome lost = run(resolve("filled", "-y"));
  EXPECT_EQ(lost.code, 6);
  EXPECT_THAT(lost.err, HasSubstr("tradeauto order show o-1"));
  EXPECT_EQ(run(resolve("filled", "-y")).code, 1);
}

class OrderRetryTest : public CliBench {
 protected:
  // The first order, with its child orders in these states; the group is in each child order.
  static std::string first(const std::vector<std::string>& statuses) {
    json::object order = json::parse(order_json("failed", statuses)).as_object();
    for (json::value& child : order["child_orders"].as_array()) child.as_object()["group"] = "demo";
    return json::serialize(order);
  }
  static std::string second() {
    json::object order = json::parse(order_json("settled", {"filled"})).as_object();
    order["id"] = "o-2";
    return json::serialize(order);
  }
};

TEST_F(OrderRetryTest, ShowsWhatTradesAgainAndFollowsTheNewOrder) {
  context().stdin_is_terminal = true;
  on("GET /v1/orders/o-1", 200, first({"denied", "filled", "rejected", "in_doubt", "mixed"}));
  on("POST /v1/orders/o-1/retry", 201, second());
  const Outcome done = run({"order", "retry", "o-1"}, "demo\n");
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("again:\n  demo/account0 AAPL: was denied\n")) << "lines of their own";
  for (const char* other : {"account1", "account2", "account3", "account4"}) {
    EXPECT_THAT(done.err, Not(HasSubstr(other)));
  }
  EXPECT_THAT(done.err, HasSubstr("order o-2 accepted"));
  EXPECT_THAT(done.out, HasSubstr("filled"));
  const json::object body = json::parse(requests().back().body).as_object();
  EXPECT_EQ(body.at("client_order_id").as_string().size(), 36U);
  EXPECT_FALSE(body.contains("include_rejected"));
}

TEST_F(OrderRetryTest, RejectedOnesAreIncludedWhenAskedFor) {
  on("GET /v1/orders/o-1", 200, first({"rejected"}));
  const Outcome without = run({"order", "retry", "o-1", "--confirm", "demo"});
  EXPECT_EQ(without.code, 1);
  EXPECT_THAT(without.err, HasSubstr("--include-rejected"));
  on("POST /v1/orders/o-1/retry", 201, second());
  const Outcome with =
      run({"order", "retry", "o-1", "--include-rejected", "--confirm", "demo", "--client-order-id", "mine"});
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_EQ(json::parse(requests().back().body), json::parse(R"({"client_order_id":"mine","include_rejected":true})"));
}

TEST_F(OrderRetryTest, NothingIsSentWithoutTheGroupsName) {
  on("GET /v1/orders/o-1", 200, first({"canceled"}));
  EXPECT_EQ(run({"order", "retry", "o-1"}).code, 2);
  EXPECT_EQ(run({"order", "retry", "o-1", "--confirm", "other"}).code, 2);
  context().stdin_is_terminal = true;
  EXPECT_EQ(run({"order", "retry", "o-1"}, "y\n").code, 9);
  EXPECT_EQ(run({"order", "retry", "o-9", "--confirm", "demo"}).code, 3);
  for (const FakeRequest& request : requests()) EXPECT_EQ(request.method, "GET");
}

TEST_F(OrderRetryTest, ARetryThatMayHaveBeenTakenIsToldAsDoubt) {
  on("GET /v1/orders/o-1", 200, first({"expired"}));
  on("POST /v1/orders/o-1/retry", {.cut = true});
  const Outcome lost = run({"order", "retry", "o-1", "--confirm", "demo", "--client-order-id", "mine"});
  EXPECT_EQ(lost.code, 6);
  EXPECT_THAT(lost.err, HasSubstr("--client-order-id mine"));
  on("POST /v1/orders/o-1/retry", 409, problem_json(409, "nothing_to_retry", "no"));
  EXPECT_EQ(run({"order", "retry", "o-1", "--confirm", "demo"}).code, 1);
}

}  // namespace
}  // namespace tradeauto
