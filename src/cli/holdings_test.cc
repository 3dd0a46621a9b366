#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHolding =
    R"({"group":"family","account":"mom","brokerage":"Paper","sub_account":"xxxx0001","symbol":"AAPL","quantity":"2",
        "price":"190","value":"380","as_of":"2026-01-02T00:00:00Z","stale":false})";

// An account as the server shows it; `more` replaces members.
std::string account_json(const std::string& account, const std::string& state, const std::string& more = "{}") {
  json::object object{{"group", "family"},
                      {"account", account},
                      {"brokerage", "Paper"},
                      {"guarantee", "dedupes"},
                      {"enabled", true},
                      {"state", state},
                      {"refreshing", false},
                      {"stale", false},
                      {"as_of", "2026-01-02T00:00:00Z"},
                      {"sub_accounts", json::array{"xxxx0001"}},
                      {"reason", nullptr},
                      {"message", nullptr}};
  const json::value replaced = json::parse(more);
  for (const auto& [key, value] : replaced.as_object()) object[key] = value;
  return json::serialize(object);
}

class HoldingsTest : public CliBench {
 protected:
  static constexpr const char* kAsked = R"({"refreshing":true})";
  static constexpr const char* kRefused =
      R"({"reason":"login_failed","message":"the broker refused the log-in","sub_accounts":[]})";

  static std::string list_json(const std::string& items, const std::string& accounts,
                               const std::string& cursor = "null") {
    return R"({"items":[)" + items + R"(],"next_cursor":)" + cursor + R"(,"accounts":[)" + accounts + "]}";
  }
  static std::string accounts_json(const std::string& accounts) { return R"({"accounts":[)" + accounts + "]}"; }
  static std::string check_json(const std::string& ok, const std::string& more = "{}") {
    json::object object = json::parse(account_json("mom", "ok", more)).as_object();
    object.erase("state");
    object["ok"] = json::parse(ok);
    return json::serialize(object);
  }
};

TEST_F(HoldingsTest, AreListedPageByPageWithTheAccountsThatTheyAreOf) {
  on("GET /v1/holdings", 200, list_json(kHolding, account_json("mom", "ok"), R"("n1")"));
  on("GET /v1/holdings", 200, list_json(kHolding, account_json("mom", "ok")));
  const Outcome done = run({"holdings", "list", "--group", "family", "--symbol", "AAPL", "-o", "json"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(requests().front().target, "/v1/holdings?group=family&symbol=AAPL&limit=500");
  EXPECT_EQ(requests().back().target, "/v1/holdings?group=family&symbol=AAPL&limit=500&cursor=n1");
  const json::value answer = json::parse(done.out);
  EXPECT_EQ(answer.at("items").as_array().size(), 2U);
  EXPECT_EQ(answer.at_pointer("/accounts/0/account"), "mom");
  EXPECT_EQ(done.err, "") << "nothing is missing";
}

TEST_F(HoldingsTest, HaveEveryForm) {
  on("GET /v1/holdings", 200, list_json(kHolding, account_json("mom", "ok")));
  EXPECT_THAT(run({"holdings"}).out,
              HasSubstr("family/mom  xxxx0001     AAPL    2         190    380    2026-01-02T00:00:00Z"));
  EXPECT_EQ(run({"holding", "list"}).out, run({"holdings"}).out);
  EXPECT_EQ(run({"holdings", "--group", "family", "-o", "name"}).out, "family/mom/xxxx0001/AAPL\n");
  EXPECT_THAT(requests().back().target, HasSubstr("group=family"));
  EXPECT_THAT(run({"holdings", "list", "-o", "csv"}).out, HasSubstr("family/mom,xxxx0001,AAPL,2,190,380,2026-01-02"));
  EXPECT_THAT(run({"holdings", "list", "-o", "yaml"}).out, HasSubstr("symbol: AAPL"));
}

TEST_F(HoldingsTest, AnEmptyListTellsWhatIsNotKnown) {
  on("GET /v1/holdings", 200,
     list_json("",
               account_json("mom", "never_asked") + "," + account_json("dad", "never_asked") + "," +
                   account_json("aunt", "incomplete", R"({"reason":"incomplete","message":"no \u001b[2J answer"})") +
                   "," + account_json("son", "failed", kRefused) + "," + account_json("girl", "ok", kAsked)));
  const Outcome done = run({"holdings", "list"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("not asked yet, so not known: family/mom, family/dad; to ask: "));
  EXPECT_THAT(done.err, HasSubstr("family/aunt incomplete, holdings may be missing: no "));
  EXPECT_THAT(done.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(done.err, HasSubstr("family/son failed, what it holds is not known: login_failed: the broker refused"));
  EXPECT_THAT(done.err, HasSubstr("family/girl is being asked now"));
}

TEST_F(HoldingsTest, OldOnesAreMarked) {
  std::string old = kHolding;
  old.replace(old.find("\"stale\":false"), 13, "\"stale\":true");
  on("GET /v1/holdings", 200,
     list_json(old, account_json("mom", "failed", R"({"stale":true,"reason":"no_answer","message":"too late"})")));
  const Outcome done = run({"holdings", "list"});
  EXPECT_THAT(done.out, HasSubstr("2026-01-02T00:00:00Z  stale"));
  EXPECT_THAT(done.err, HasSubstr("shown is what it held at 2026-01-02T00:00:00Z: no_answer: too late"));
}

TEST_F(HoldingsTest, ARefreshWaitsForEachAccount) {
  on("POST /v1/holdings/refresh", 202,
     accounts_json(account_json("mom", "never_asked", kAsked) + "," + account_json("dad", "never_asked", kAsked)));
  on("GET /v1/holdings", 200, list_json("", account_json("mom", "never_asked", kAsked)));
  on("GET /v1/holdings", 200, list_json("", account_json("mom", "ok")));
  on("GET /v1/holdings", 200, list_json("", account_json("dad", "ok")));
  const Outcome done = run({"holdings", "refresh", "--group", "family"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(json::parse(requests().front().body), json::parse(R"({"group":"family"})"));
  EXPECT_EQ(requests()[1].target, "/v1/holdings?account=family%2Fmom&limit=1");
  EXPECT_EQ(requests()[1].headers.at("prefer"), "wait=30");
  EXPECT_EQ(requests().back().target, "/v1/holdings?account=family%2Fdad&limit=1");
  EXPECT_THAT(done.out, HasSubstr("family/mom  Paper      ok     xxxx0001"));
  EXPECT_THAT(done.out, HasSubstr("family/dad  Paper      ok     xxxx0001"));
}

TEST_F(HoldingsTest, TheExitCodeOfARefreshIsThatOfItsWorstAccount) {
  const std::string good = account_json("mom", "ok");
  const std::string refused = account_json("dad", "failed", kRefused);
  const std::string failed = account_json("dad", "failed", R"({"reason":"no_worker"})");
  const auto code_of = [this](const std::string& accounts, std::vector<std::string> more) {
    on("POST /v1/holdings/refresh", 200, accounts_json(accounts));
    std::vector<std::string> words = {"holdings", "refresh", "--account", "family/mom", "--account", "family/dad"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words).code;
  };
  EXPECT_EQ(code_of(good, {}), 0);
  EXPECT_EQ(json::parse(requests().back().body), json::parse(R"({"accounts":["family/mom","family/dad"]})"));
  EXPECT_EQ(code_of(good + "," + failed, {}), 1);
  EXPECT_EQ(code_of(failed + "," + refused, {}), 5);
  EXPECT_EQ(code_of(refused + "," + account_json("mom", "ok", kAsked), {"--timeout", "0"}), 7);
}

TEST_F(HoldingsTest, ARefreshIsForAGroupOrForAccounts) {
  EXPECT_EQ(run({"holdings", "refresh"}).code, 2);
  EXPECT_EQ(run({"holdings", "refresh", "--group", "a", "--account", "a/b"}).code, 2);
  EXPECT_TRUE(requests().empty());
}

TEST_F(HoldingsTest, WhereNobodyCanBeAskedNothingWasSent) {
  on("POST /v1/holdings/refresh", 503, problem_json(503, "no_worker", "no"));
  on("POST /v1/groups/family/accounts/mom/check", {.cut = true});
  EXPECT_EQ(run({"holdings", "refresh", "--group", "family"}).code, 8);
  const Outcome cut = run({"account", "check", "family/mom"});
  EXPECT_EQ(cut.code, 8) << "no order was on its way";
  EXPECT_THAT(cut.err, Not(HasSubstr("may have been sent")));
}

TEST_F(HoldingsTest, AnAccountIsChecked) {
  on("POST /v1/groups/family/accounts/mom/check", 200, check_json("true"));
  const Outcome done = run({"account", "check", "family/mom"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("family/mom  Paper      ok      xxxx0001      dedupes"));
  EXPECT_EQ(requests().back().headers.at("prefer"), "wait=30");
  EXPECT_EQ(run({"account", "check", "family/mom", "-o", "name"}).out, "family/mom\n");
  EXPECT_EQ(json::parse(run({"account", "check", "family/mom", "-o", "json"}).out), json::parse(check_json("true")));
  EXPECT_EQ(run({"account", "check", "mom"}).code, 2);
}

TEST_F(HoldingsTest, ALogInThatIsRefusedIsTheBrokersWord) {
  on("POST /v1/groups/family/accounts/mom/check", 200, check_json("false", kRefused));
  const Outcome done = run({"account", "check", "family/mom"});
  EXPECT_EQ(done.code, 5);
  EXPECT_THAT(done.out, HasSubstr("the broker refused the log-in"));
  on("POST /v1/groups/family/accounts/mom/check", 200, check_json("false", R"({"reason":"no_answer"})"));
  EXPECT_EQ(run({"account", "check", "family/mom"}).code, 1);
}

TEST_F(HoldingsTest, ALongCheckIsWaitedFor) {
  on("POST /v1/groups/family/accounts/mom/check", 202, check_json("null", kAsked));
  on("GET /v1/holdings", 200, list_json("", account_json("mom", "failed", kRefused)));
  const Outcome done = run({"account", "check", "family/mom", "-o", "json"});
  EXPECT_EQ(done.code, 5) << done.err;
  EXPECT_EQ(json::parse(done.out), json::parse(check_json("false", kRefused)));
  EXPECT_EQ(run({"account", "check", "family/mom", "--timeout", "0"}).code, 7);
}

}  // namespace
}  // namespace tradeauto
