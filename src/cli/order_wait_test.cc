#include <csignal>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class OrderWaitTest : public CliBench {};

TEST_F(OrderWaitTest, AsksUntilTheOrderIsNotWorking) {
  on("GET /v1/orders/o-1", 200, order_json("working", {"pending"}));
  on("GET /v1/orders/o-1", 200, order_json("working", {"executing"}));
  on("GET /v1/orders/o-1", 200, order_json("settled", {"filled"}));
  const Outcome done = run({"order", "wait", "o-1"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(requests().size(), 3U);
  EXPECT_THAT(done.err, HasSubstr("account0 AAPL: executing"));
  EXPECT_THAT(done.out, HasSubstr("filled"));
}

TEST_F(OrderWaitTest, WhatHappensMeanwhileComesFromTheOrdersEvents) {
  on("GET /v1/orders/o-1", 200, order_json("working", {"pending", "pending"}));
  // Answered once the client came back to the stream: by then it has shown what stood there before.
  on("GET /v1/orders/o-1", {.body = order_json("settled", {"filled", "filled"}), .after_requests = 4});
  on("GET /v1/events", {.body = "retry: 10\n\n" + event_text(7, "child_order_executing", "c1") +
                                event_text(8, "child_order_submitted", "c1") + event_text(9, "alarm", "c1"),
                        .stream = true});
  on("GET /v1/events", {.hold = true, .stream = true});
  const Outcome done = run({"order", "wait", "o-1"});
  EXPECT_EQ(done.code, 0);
  EXPECT_THAT(done.err, HasSubstr("account1 AAPL: executing\naccount1 AAPL: submitted\n"));
  EXPECT_THAT(done.out, HasSubstr("1 filled"));
  EXPECT_EQ(requests()[2].target, "/v1/events?order=o-1");
  EXPECT_EQ(requests()[3].headers.at("last-event-id"), "9");
}

TEST_F(OrderWaitTest, WhileTheEventsComeTheServerHoldsItsAnswerForLong) {
  std::string longest;
  handle("GET /v1/orders/o-1", [&longest](const FakeRequest& request) -> FakeAnswer {
    longest = request.headers.at("prefer");
    const bool live = longest == "wait=30";
    return {.body = live ? order_json("settled", {"filled"}) : order_json("working", {"executing"})};
  });
  on("GET /v1/events", {.body = ":\n\n", .hold = true, .stream = true});
  EXPECT_EQ(run({"order", "wait", "o-1", "--timeout", "100"}).code, 0);
  EXPECT_EQ(longest, "wait=30");
}

TEST_F(OrderWaitTest, WhereTheEventsAreRefusedItAsksInShortSteps) {
  for (const int status : {403, 404, 503}) {
    forget();
    bool refused = false;
    handle("GET /v1/events", [&refused, status](const FakeRequest&) -> FakeAnswer {
      refused = true;
      return {.status = status, .body = problem_json(status, "no", "no")};
    });
    handle("GET /v1/orders/o-1", [&refused](const FakeRequest& request) -> FakeAnswer {
      EXPECT_EQ(request.headers.at("prefer"), "wait=2");
      return {.body = refused ? order_json("settled", {"filled"}) : order_json("working", {"executing"})};
    });
    const Outcome done = run({"order", "wait", "o-1"});
    EXPECT_EQ(done.code, 0);
    EXPECT_THAT(done.err, Not(HasSubstr("error")));
    EXPECT_THAT(done.err, Not(HasSubstr("stream")));
  }
}

TEST_F(OrderWaitTest, AQuestionThatIsHeldIsAskedAnewWhenTheEventsEndForGood) {
  bool held = false;
  std::vector<std::string> asked;
  handle("GET /v1/orders/o-1", [&](const FakeRequest& request) -> FakeAnswer {
    asked.push_back(request.headers.at("prefer"));
    if (asked.back() == "wait=30") {
      held = true;
      return {.hold = true};
    }
    return {.body = held ? order_json("settled", {"filled"}) : order_json("working", {"executing"})};
  });
  // The stream ends once the question is held; then it is refused.
  handle("GET /v1/events", [&](const FakeRequest&) -> FakeAnswer {
    if (held) return {.status = 401, .body = problem_json(401, "no_token", "no")};
    return {.body = "retry: 10\n\n", .stream = true};
  });
  EXPECT_EQ(run({"order", "wait", "o-1"}).code, 0);
  EXPECT_EQ(asked.back(), "wait=2");
}

TEST_F(OrderWaitTest, CtrlCLeavesTheOrderAlone) {
  on("GET /v1/orders/o-1", 200, order_json("working", {"executing"}));
  on("GET /v1/orders/o-1", {.hold = true});
  on("GET /v1/events", {.body = ":\n\n", .hold = true, .stream = true});
  seen_ = [](const FakeRequest& request) {
    if (request.target.starts_with("/v1/events")) ::raise(SIGINT);
  };
  const Outcome done = run({"order", "wait", "o-1"});
  EXPECT_EQ(done.code, 130);
  EXPECT_THAT(done.err, HasSubstr("order o-1 lives on"));
}

TEST_F(OrderWaitTest, OnATerminalTheLinesAreDrawnAnewAndTakenAway) {
  context().stderr_is_terminal = true;
  on("GET /v1/orders/o-1", 200, order_json("working", {"executing", "pending"}));
  on("GET /v1/orders/o-1", 200, order_json("settled", {"filled", "filled"}));
  EXPECT_THAT(run({"order", "wait", "o-1"}).err, HasSubstr("account1 AAPL: pending, said so\n\x1b[2A\x1b[J"));
  context().no_color = true;
  EXPECT_THAT(run({"order", "wait", "o-1"}).err, Not(HasSubstr("\x1b")));
}

TEST_F(OrderWaitTest, ManyAccountsAreCountedInsteadOfDrawn) {
  context().stderr_is_terminal = true;
  on("GET /v1/orders/o-1", 200, order_json("working", std::vector<std::string>(30, "executing")));
  on("GET /v1/orders/o-1", 200, order_json("settled", std::vector<std::string>(30, "filled")));
  EXPECT_THAT(run({"order", "wait", "o-1"}).err, HasSubstr("30 executing\n"));
}

TEST_F(OrderWaitTest, WhenTheTimeIsOverTheOrderLivesOn) {
  on("GET /v1/orders/o-1", 200, order_json("working", {"executing"}));
  const Outcome done = run({"order", "wait", "o-1", "--timeout", "0", "--server", address()});
  EXPECT_EQ(done.code, 7);
  EXPECT_EQ(requests().size(), 1U);
  EXPECT_THAT(done.err, HasSubstr("tradeauto order wait o-1 --server " + address()));
  EXPECT_THAT(done.out, HasSubstr("executing"));
}

TEST_F(OrderWaitTest, TheTimeoutBoundsTheServersTimeToo) {
  on("GET /v1/orders/o-1", 200, order_json("settled", {"filled"}));
  run({"order", "wait", "o-1", "--timeout", "1", "-q"});
  EXPECT_EQ(requests().front().headers.at("prefer"), "wait=1");
  run({"order", "wait", "o-1", "-q"});
  EXPECT_EQ(requests().back().headers.at("prefer"), "wait=30");
}

TEST_F(OrderWaitTest, AServerThatGoesAwayForAMomentIsWaitedFor) {
  on("GET /v1/orders/o-1", 200, order_json("working", {"executing"}));
  on("GET /v1/orders/o-1", {.cut = true});
  on("GET /v1/orders/o-1", 503, problem_json(503, "starting", "no"));
  on("GET /v1/orders/o-1", 200, order_json("settled", {"filled"}));
  EXPECT_EQ(run({"order", "wait", "o-1"}).code, 0);
}

TEST_F(OrderWaitTest, AFirstFailureIsTheCommands) {
  on("GET /v1/orders/o-1", {.cut = true});
  const Outcome away = run({"order", "wait", "o-1"});
  EXPECT_EQ(away.code, 8);
  EXPECT_THAT(away.err, HasSubstr("no answer"));
  EXPECT_EQ(run({"order", "wait", "o-2"}).code, 3);
  on("GET /v1/orders/o-3", 200, "{}");
  EXPECT_EQ(run({"order", "wait", "o-3"}).code, 1);
}

TEST_F(OrderWaitTest, ARefusalInTheMiddleSaysThatTheOrderLivesOn) {
  on("GET /v1/orders/o-1", 200, order_json("working", {"executing"}));
  on("GET /v1/orders/o-1", 401, problem_json(401, "no_token", "no"));
  const Outcome done = run({"order", "wait", "o-1"});
  EXPECT_EQ(done.code, 4);
  EXPECT_THAT(done.err, HasSubstr("order o-1 lives on"));
}

TEST_F(OrderWaitTest, ShowPrintsWithoutWaitingAndExits0) {
  on("GET /v1/orders/o-1", 200, order_json("attention", {"in_doubt"}));
  const Outcome done = run({"order", "show", "o-1", "-o", "json"});
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(json::parse(done.out), json::parse(order_json("attention", {"in_doubt"})));
  EXPECT_FALSE(requests().front().headers.contains("prefer"));
  EXPECT_EQ(run({"order", "show", "../x y"}).code, 3);
  EXPECT_EQ(requests().back().target, "/v1/orders/..%2Fx%20y");
}

TEST_F(OrderWaitTest, ListFiltersAndFollowsPages) {
  on("GET /v1/orders", 200, R"({"items":[)" + order_json("settled", {"filled"}) + R"(],"next_cursor":"n/1"})");
  on("GET /v1/orders", 200, R"({"items":[)" + order_json("failed", {"denied"}) + R"(],"next_cursor":null})");
  const Outcome done =
      run({"order", "list", "--group", "my group", "--limit", "3", "--since", "2026-01-02T00:00:00+01:00"});
  EXPECT_EQ(done.code, 0) << done.err;
  ASSERT_EQ(requests().size(), 2U);
  EXPECT_EQ(requests()[0].target, "/v1/orders?group=my%20group&since=2026-01-02T00%3A00%3A00%2B01%3A00&limit=3");
  EXPECT_EQ(requests()[1].target,
            "/v1/orders?group=my%20group&since=2026-01-02T00%3A00%3A00%2B01%3A00&limit=2&cursor=n%2F1");
  EXPECT_THAT(done.out, HasSubstr("settled"));
  EXPECT_THAT(done.out, HasSubstr("failed"));
}

TEST_F(OrderWaitTest, ListStopsAtItsLimitAndSaysThatThereIsMore) {
  on("GET /v1/orders", 200, R"({"items":[)" + order_json("settled", {"filled"}) + R"(],"next_cursor":"n"})");
  const Outcome done = run({"order", "list", "--limit", "1", "-o", "name"});
  EXPECT_EQ(requests().size(), 1U);
  EXPECT_EQ(done.out, "o-1\n");
  EXPECT_THAT(done.err, HasSubstr("there are more"));
}

TEST_F(OrderWaitTest, AnEmptyListIsItsTitles) {
  on("GET /v1/orders", 200, R"({"items":[],"next_cursor":null})");
  EXPECT_THAT(run({"order", "list"}).out, ::testing::StartsWith("ID "));
  EXPECT_EQ(run({"order", "list", "--no-headers"}).out, "");
}

TEST_F(OrderWaitTest, BrokenListsAreNotTakenForEmptyOnes) {
  for (const std::string body : {"", "[]", "{", "7", "{}"}) on("GET /v1/orders", 200, body);
  for (int i = 0; i < 5; ++i) {
    const Outcome done = run({"order", "list"});
    EXPECT_EQ(done.code, 1);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr("tradeauto main server?"));
  }
}

TEST_F(OrderWaitTest, VerboseTellsEachCallAndNeverTheToken) {
  on("GET /v1/orders/o-1", 200, order_json("settled", {"filled"}));
  const Outcome done = run({"order", "show", "o-1", "-v"});
  EXPECT_THAT(done.err, HasSubstr("GET /v1/orders/o-1 200"));
  EXPECT_THAT(done.err, Not(HasSubstr("ta_test")));
}

}  // namespace
}  // namespace tradeauto
