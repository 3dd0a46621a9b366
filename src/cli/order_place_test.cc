#include <csignal>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kBuy = {"order", "buy", "1", "AAPL", "--group", "demo"};

std::vector<std::string> buy(std::vector<std::string> more) {
  more.insert(more.begin(), kBuy.begin(), kBuy.end());
  return more;
}

class OrderPlaceTest : public CliBench {
 protected:
  // The order is accepted and then found in this state.
  void settles(const std::string& status, const std::vector<std::string>& statuses) {
    on("POST /v1/orders", 201, order_json("working", std::vector<std::string>(statuses.size(), "pending")));
    on("GET /v1/orders/o-1", 200, order_json(status, statuses));
  }
  json::object sent() const { return json::parse(requests().front().body).as_object(); }
};

TEST_F(OrderPlaceTest, SendsOnceAndPrintsALineForEachAccount) {
  settles("settled", {"filled", "filled"});
  const Outcome done = run(buy({"--confirm", "demo"}));
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("account0"));
  EXPECT_THAT(done.out, HasSubstr("account1"));
  EXPECT_THAT(done.out, HasSubstr("filled"));
  EXPECT_THAT(done.out, Not(HasSubstr("\x1b")));
  ASSERT_EQ(requests().size(), 2U);
  EXPECT_EQ(requests()[0].headers.at("authorization"), "Bearer ta_test");
  EXPECT_EQ(requests()[0].headers.at("content-type"), "application/json");
  EXPECT_THAT(requests()[1].headers.at("prefer"), HasSubstr("wait="));
}

TEST_F(OrderPlaceTest, TheBodyIsWhatRestTakes) {
  settles("settled", {"filled"});
  run({"orders", "sell", "0.5", "AAPL,msft", "BRK.B", "--group", "demo", "--confirm", "demo", "--deadline", "60",
       "--override", "dance"});
  json::object body = sent();
  EXPECT_EQ(body["client_order_id"].as_string().size(), 36U);
  body.erase("client_order_id");
  EXPECT_EQ(body, json::parse(R"({"side":"sell","quantity":"0.5","symbols":["AAPL","msft","BRK.B"],"group":"demo",
                                  "deadline_seconds":60,"override":["dance"]})"));
}

TEST_F(OrderPlaceTest, EachOrderHasItsOwnIdUnlessOneIsGiven) {
  settles("settled", {"filled"});
  run(buy({"--confirm", "demo"}));
  run(buy({"--confirm", "demo"}));
  run(buy({"--confirm", "demo", "--client-order-id", "mine"}));
  std::vector<std::string> ids;
  for (const FakeRequest& request : requests()) {
    if (request.method == "POST") ids.emplace_back(json::parse(request.body).at("client_order_id").as_string());
  }
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_EQ(ids[2], "mine");
}

TEST_F(OrderPlaceTest, AccountsAreSentByTheirFullNames) {
  settles("settled", {"filled"});
  run({"order", "buy", "1", "AAPL", "--account", "demo/mom", "--account", "demo/dad", "--confirm", "demo"});
  EXPECT_EQ(sent()["accounts"], json::parse(R"(["demo/mom","demo/dad"])"));
  EXPECT_FALSE(sent().contains("group"));
  run(buy({"--account", "mom", "--confirm", "demo"}));
  EXPECT_EQ(json::parse(requests().back().method == "GET" ? requests()[2].body : "{}").at("accounts"),
            json::parse(R"(["demo/mom"])"));
}

TEST_F(OrderPlaceTest, JsonIsTheOrderAsTheServerShowsIt) {
  settles("settled", {"filled"});
  const Outcome done = run(buy({"--confirm", "demo", "-o", "json"}));
  EXPECT_EQ(json::parse(done.out), json::parse(order_json("settled", {"filled"})));
}

TEST_F(OrderPlaceTest, TheExitCodeTellsTheOutcome) {
  struct Case {
    std::string status;
    std::vector<std::string> children;
    int code;
  };
  const std::vector<Case> cases = {{"settled", {"filled", "submitted"}, 0},
                                   {"failed", {"denied", "expired"}, 1},
                                   {"failed", {"filled", "rejected"}, 5},
                                   {"failed", {"filled", "denied"}, 5},
                                   {"attention", {"filled", "in_doubt"}, 6},
                                   {"settled", {"sideways"}, 6},
                                   {"failed", {}, 6}};
  on("POST /v1/orders", 201, order_json("working", {"pending"}));
  for (const Case& each : cases) on("GET /v1/orders/o-1", 200, order_json(each.status, each.children));
  for (const Case& each : cases) EXPECT_EQ(run(buy({"--confirm", "demo"})).code, each.code) << each.status;
}

TEST_F(OrderPlaceTest, DoubtWarnsAgainstRepeating) {
  settles("attention", {"filled", "in_doubt"});
  const Outcome done = run(buy({"--confirm", "demo", "-q"}));
  EXPECT_EQ(done.code, 6);
  EXPECT_THAT(done.err, HasSubstr("not simply repeat"));
  EXPECT_THAT(done.out, HasSubstr("in_doubt"));
  EXPECT_THAT(done.out, HasSubstr("said so"));
  EXPECT_THAT(done.err, Not(HasSubstr("order resolve"))) << "-q";
  const Outcome told = run(buy({"--confirm", "demo"}));
  EXPECT_THAT(told.err, HasSubstr("AAPL in demo/account1, once you know: tradeauto order resolve c1 --outcome"));
  EXPECT_THAT(told.err, Not(HasSubstr("order resolve c0")));
}

TEST_F(OrderPlaceTest, OfManyDoubtsAFewAreNamed) {
  settles("attention", std::vector<std::string>(7, "in_doubt"));
  const Outcome done = run(buy({"--confirm", "demo"}));
  EXPECT_THAT(done.err, HasSubstr("tradeauto order resolve c4"));
  EXPECT_THAT(done.err, Not(HasSubstr("tradeauto order resolve c5")));
  EXPECT_THAT(done.err, HasSubstr("2 more are in doubt: tradeauto order show o-1 -o json"));
}

TEST_F(OrderPlaceTest, AFaultIsToldOnce) {
  on("POST /v1/orders", 422,
     R"({"title":"t","detail":"is no symbol","sent":"no","errors":[{"pointer":"/symbols/0","code":"x","detail":"is no symbol"}]})");
  EXPECT_EQ(run(buy({"--confirm", "demo", "-q"})).err, "error: t: is no symbol\n");
}

TEST_F(OrderPlaceTest, WithoutConfirmationNothingIsSent) {
  for (const auto& confirm :
       std::vector<std::vector<std::string>>{{}, {"--confirm", "other"}, {"--confirm", ""}, {"-y"}}) {
    const Outcome done = run(buy(confirm));
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr("nothing was sent"));
    EXPECT_EQ(done.out, "");
  }
  EXPECT_TRUE(requests().empty());
}

TEST_F(OrderPlaceTest, OnATerminalTheGroupsNameIsTyped) {
  settles("settled", {"filled"});
  context().stdin_is_terminal = true;
  const Outcome declined = run(buy({}), "no\n");
  EXPECT_EQ(declined.code, 9);
  EXPECT_THAT(declined.err, HasSubstr("buy 1 of AAPL for each sub-account, group demo"));
  EXPECT_EQ(run(buy({}), "").code, 9);
  EXPECT_EQ(run(buy({"--no-input"}), "demo\n").code, 2);
  EXPECT_TRUE(requests().empty());
  EXPECT_EQ(run(buy({}), "demo\n").code, 0);
  EXPECT_EQ(requests().size(), 2U);
}

TEST_F(OrderPlaceTest, ARehearsalNeedsNoConfirmation) {
  settles("settled", {"dry_run"});
  EXPECT_EQ(run(buy({"--dry-run"})).code, 0);
  EXPECT_TRUE(sent()["dry_run"].as_bool());
  EXPECT_EQ(run(buy({"--dry-run", "--confirm", "other"})).code, 2);
}

TEST_F(OrderPlaceTest, WhatCannotBeReadIsNotSent) {
  for (const std::string quantity : {"0", "0.0", "1e3", "abc", "1.", ".5", "+1", "1,5", ""}) {
    const Outcome done = run({"order", "buy", quantity, "AAPL", "--group", "demo", "--confirm", "demo"});
    EXPECT_EQ(done.code, 2) << quantity;
    EXPECT_THAT(done.err, HasSubstr("quantity")) << quantity;
  }
  EXPECT_EQ(run({"order", "buy", "-1", "AAPL", "--group", "demo", "--confirm", "demo"}).code, 2);
  for (const std::string symbol : {"A APL", "AAPL,", ",", "A\nB"}) {
    const Outcome done = run({"order", "buy", "1", symbol, "--group", "demo", "--confirm", "demo"});
    EXPECT_EQ(done.code, 2) << symbol;
    EXPECT_THAT(done.err, HasSubstr("symbol")) << symbol;
  }
  EXPECT_THAT(run({"order", "buy", "1", "AAPL"}).err, HasSubstr("--group"));
  EXPECT_THAT(run({"order", "buy", "1", "AAPL", "--account", "mom"}).err, HasSubstr("GROUP/ACCOUNT"));
  EXPECT_THAT(run(buy({"--account", "other/mom"})).err, HasSubstr("not in the group"));
  EXPECT_TRUE(requests().empty());
}

TEST_F(OrderPlaceTest, ARefusalSaysWhyAndExitsByItsKind) {
  struct Case {
    int status;
    std::string problem;
    int code;
    std::string text;
  };
  const std::vector<Case> cases = {
      {404, problem_json(404, "unknown_group", "no"), 3, "unknown_group"},
      {401, problem_json(401, "no_token", "no"), 4, "no_token"},
      {403, problem_json(403, "scope", "no"), 4, "scope"},
      {422, problem_json(422, "bad", "no", R"([{"pointer":"/symbols/0","code":"x","detail":"is no symbol"}])"), 2,
       "symbols/0: is no symbol"},
      {422, problem_json(422, "in_doubt_open", "no"), 1, "in_doubt_open"},
      {503, problem_json(503, "starting", "no"), 8, "othing was sent"},
      {500, problem_json(500, "disk", "maybe"), 6, "--client-order-id"},
      {502, "<html>", 6, "--client-order-id"},
      {302, "", 1, "302"}};
  for (const Case& each : cases) on("POST /v1/orders", each.status, each.problem);
  for (const Case& each : cases) {
    const Outcome done = run(buy({"--confirm", "demo"}));
    EXPECT_EQ(done.code, each.code) << each.problem;
    EXPECT_THAT(done.err, HasSubstr(each.text));
    EXPECT_EQ(done.out, "");
  }
}

TEST_F(OrderPlaceTest, NoAnswerAfterSendingIsDoubtAndTellsHowToAskAgain) {
  on("POST /v1/orders", {.cut = true});
  const Outcome done = run(buy({"--confirm", "demo", "--client-order-id", "k-7"}));
  EXPECT_EQ(done.code, 6);
  EXPECT_THAT(done.err, HasSubstr("repeat it with --client-order-id k-7"));
  EXPECT_THAT(done.err, HasSubstr("may have been sent"));
  EXPECT_EQ(requests().size(), 1U) << "the client never repeats by itself";
}

TEST_F(OrderPlaceTest, AnAnswerThatIsNoOrderIsDoubt) {
  for (const std::string body : {"", "[]", "{}", "{", "null", R"({"id":7})", R"({"id":"o-1","status":null})"}) {
    on("POST /v1/orders", 201, body);
  }
  for (int i = 0; i < 7; ++i) {
    const Outcome done = run(buy({"--confirm", "demo"}));
    EXPECT_EQ(done.code, 6);
    EXPECT_THAT(done.err, HasSubstr("--client-order-id"));
  }
}

TEST_F(OrderPlaceTest, NobodyListeningMeansNothingWasSent) {
  const Outcome done = run(buy({"--confirm", "demo", "--server", "http://127.0.0.1:1"}));
  EXPECT_EQ(done.code, 8);
  EXPECT_THAT(done.err, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(done.err, HasSubstr("Nothing was sent"));
}

TEST_F(OrderPlaceTest, WithoutATokenItIsToldIfTheServerWantsOne) {
  context().token = []() -> Result<SecretString> {
    return make_error(ErrorCode::not_found, "no_file", "TOKEN_FILE = /nowhere/admin.token: no such file");
  };
  on("POST /v1/orders", 401, problem_json(401, "unauthenticated", "no"));
  const Outcome refused = run(buy({"--confirm", "demo"}));
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("/nowhere/admin.token"));
  const Outcome away = run(buy({"--confirm", "demo", "--server", "http://127.0.0.1:1"}));
  EXPECT_EQ(away.code, 8);
  EXPECT_THAT(away.err, HasSubstr("Nothing was sent"));
}

TEST_F(OrderPlaceTest, ATokenThatCannotBeReadIsToldBeforeAnybodyIsAsked) {
  context().token = []() -> Result<SecretString> {
    return make_error(ErrorCode::invalid_argument, "no_file", "TOKEN_FILE /nowhere/admin.token cannot be read");
  };
  const Outcome done = run(buy({"--confirm", "demo"}));
  EXPECT_THAT(done.err, HasSubstr("/nowhere/admin.token"));
  EXPECT_EQ(done.code, 2);
  context().token = []() -> Result<SecretString> { return make_error(ErrorCode::internal, "no_file", "unreadable"); };
  EXPECT_EQ(run(buy({"--confirm", "demo"})).code, 4);
}

TEST_F(OrderPlaceTest, ControlCharactersOfTheServerNeverReachTheTerminal) {
  std::string order = order_json("failed", {"rejected"});
  order.replace(order.find("said so"), 7, R"(\u001b[2Jgone\u009b)");
  on("POST /v1/orders", 201, order);
  const Outcome done = run(buy({"--confirm", "demo"}));
  EXPECT_EQ(done.code, 5);
  EXPECT_THAT(done.out + done.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(done.out + done.err, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(done.out, HasSubstr("[2Jgone"));
}

TEST_F(OrderPlaceTest, InterruptedAtThePromptNothingWasSent) {
  context().stdin_is_terminal = true;
  input_stays_open_ = true;
  context().token = [] {
    ::raise(SIGINT);  // before the question; taken while it waits for the answer
    return Result<SecretString>(SecretString("ta_test"));
  };
  const Outcome done = run(buy({}));
  EXPECT_EQ(done.code, 130);
  EXPECT_THAT(done.err, HasSubstr("nothing was sent"));
  EXPECT_TRUE(requests().empty());
}

TEST_F(OrderPlaceTest, InterruptedWhileWaitingItTellsTheOrder) {
  on("POST /v1/orders", 201, order_json("working", {"executing"}));
  on("GET /v1/orders/o-1", {.hold = true});
  seen_ = [](const FakeRequest& request) {
    if (request.method == "GET") ::raise(SIGINT);
  };
  const Outcome done = run(buy({"--confirm", "demo", "-q"}));
  EXPECT_EQ(done.code, 130);
  EXPECT_THAT(done.err, HasSubstr("tradeauto order wait o-1"));
}

TEST_F(OrderPlaceTest, InterruptedWhileSendingItWaitsForTheOrdersId) {
  on("POST /v1/orders", 201, order_json("working", {"executing"}));
  seen_ = [](const FakeRequest&) { ::raise(SIGINT); };
  const Outcome done = run(buy({"--confirm", "demo"}));
  EXPECT_EQ(done.code, 130);
  EXPECT_THAT(done.err, HasSubstr("tradeauto order wait o-1"));
}

TEST_F(OrderPlaceTest, InterruptedTwiceWhileSendingItTellsHowToAskAgain) {
  on("POST /v1/orders", {.hold = true});
  seen_ = [](const FakeRequest&) {
    ::raise(SIGINT);
    ::raise(SIGINT);
  };
  const Outcome done = run(buy({"--confirm", "demo", "--client-order-id", "k-9"}));
  EXPECT_EQ(done.code, 130);
  EXPECT_THAT(done.err, HasSubstr("--client-order-id k-9"));
}

TEST_F(OrderPlaceTest, APreviewShowsEachChildOrderAndPlacesNothing) {
  const std::string preview =
      R"({"accounts":[{"group":"demo","account":"mom","brokerage":"Paper","guarantee":"dedupes"},
                      {"group":"demo","account":"dad","brokerage":"Tradier","guarantee":"none"}],
          "child_orders":[{"group":"demo","account":"mom","brokerage":"Paper","symbol":"AAPL"},
                          {"group":"demo","account":"dad","brokerage":"Tradier","symbol":"AAPL"}],
          "warnings":[{"code":"no_guarantee","detail":"be careful","group":"demo","account":"dad","symbol":null},
                      {"code":"in_doubt_open","detail":"look first","group":"demo","account":"mom","symbol":"MSFT"}]})";
  on("POST /v1/orders/preview", 200, preview);
  const Outcome done = run(buy({"--preview"}));
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("mom      Paper      AAPL    dedupes\n"));
  EXPECT_THAT(done.out, HasSubstr("dad      Tradier    AAPL    none       be careful\n"));
  ASSERT_EQ(requests().size(), 1U);
  EXPECT_FALSE(sent().contains("client_order_id"));
  EXPECT_EQ(json::parse(run(buy({"--preview", "-o", "json"})).out), json::parse(preview));
}

TEST_F(OrderPlaceTest, APreviewWithoutAnAnswerLeavesNoDoubt) {
  on("POST /v1/orders/preview", {.cut = true});
  on("POST /v1/orders/preview", 200, "[]");
  on("POST /v1/orders/preview", 404, problem_json(404, "unknown_group", "no"));
  EXPECT_EQ(run(buy({"--preview"})).code, 8);
  EXPECT_EQ(run(buy({"--preview"})).code, 1);
  EXPECT_EQ(run(buy({"--preview"})).code, 3);
}

}  // namespace
}  // namespace tradeauto
