#include "http/holdings_routes.h"

#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"
#include "http/json_reader.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class HoldingsRoutesTest : public testing::Test, public ApiBench {
 protected:
  static constexpr const char* kCheck = "/v1/groups/family/accounts/mom/check";

  static std::vector<std::string> texts(const Answer& answer, const std::string& list, const std::string& member) {
    std::vector<std::string> found;
    for (const json::value& item : answer.body.at(list).as_array()) found.emplace_back(item.at(member).as_string());
    return found;
  }
  static std::string pointer(const Answer& answer) {
    return std::string(answer.body.at_pointer("/errors/0/pointer").as_string());
  }
  AccountHoldings& fail(AccountHoldings& account, const std::string& reason) {
    account.failure = {.reason = reason, .message = "it did not work", .at = kFakeNow + std::chrono::seconds(7)};
    return account;
  }
  // Ends every refresh as soon as somebody waits.
  void answer_while_waiting() {
    holdings.on_wait = [this] {
      for (AccountHoldings& account : holdings.accounts) account.refreshing = false;
    };
  }
};

TEST_F(HoldingsRoutesTest, ShowsWhatEachSubAccountHolds) {
  AccountHoldings& mom = holdings.add("family", "mom");
  FakeHoldings::hold(mom, "xxxx0001", "MSFT", "0.5");
  FakeHoldings::hold(mom, "xxxx0001", "AAPL", "2", "190.25");
  const auto answer = call("GET", "/v1/holdings");
  EXPECT_EQ(answer.reply.status, 200U);
  EXPECT_EQ(answer.body.at("items"), json::parse(R"([
    {"group":"family","account":"mom","brokerage":"Paper","sub_account":"xxxx0001","symbol":"AAPL","quantity":"2",
     "price":"190.25","value":"380.5","as_of":"2026-01-02T00:00:00.000000Z","stale":false},
    {"group":"family","account":"mom","brokerage":"Paper","sub_account":"xxxx0001","symbol":"MSFT","quantity":"0.5",
     "price":null,"value":null,"as_of":"2026-01-02T00:00:00.000000Z","stale":false}])"));
  EXPECT_TRUE(answer.body.at("next_cursor").is_null());
}

TEST_F(HoldingsRoutesTest, AnEmptyListTellsWhyItIsEmpty) {
  holdings.add("family", "asked").report = FakeHoldings::nothing();
  AccountHoldings& partly = holdings.add("family", "partly");
  partly.report = FakeHoldings::nothing();
  partly.report->complete = false;
  partly.report->message = "xxxx0002 did not answer";
  fail(holdings.add("family", "refused"), "login_failed");
  holdings.add("family", "unknown").refreshing = true;
  const auto answer = call("GET", "/v1/holdings");
  EXPECT_THAT(answer.body.at("items").as_array(), IsEmpty());
  EXPECT_THAT(texts(answer, "accounts", "state"), ElementsAre("ok", "incomplete", "failed", "never_asked"));
  EXPECT_EQ(answer.body.at_pointer("/accounts/1/reason"), "incomplete");
  EXPECT_EQ(answer.body.at_pointer("/accounts/1/message"), "xxxx0002 did not answer");
  EXPECT_EQ(answer.body.at_pointer("/accounts/2/reason"), "login_failed");
  EXPECT_EQ(answer.body.at_pointer("/accounts/2/failed_at"), "2026-01-02T00:00:07.000000Z");
  EXPECT_TRUE(answer.body.at_pointer("/accounts/2/as_of").is_null());
  EXPECT_EQ(answer.body.at_pointer("/accounts/3/refreshing"), true);
}

TEST_F(HoldingsRoutesTest, OldHoldingsAreShownWithTheirAgeAndTheFailure) {
  AccountHoldings& mom = holdings.add("family", "mom");
  FakeHoldings::hold(mom, "xxxx0001", "AAPL", "2");
  mom.report->sub_accounts = {"xxxx0001"};
  mom.report->as_of = clock.now() - std::chrono::minutes(5);
  mom.report->cash = {{"xxxx0001", Money(Decimal::from_int(5))}};
  fail(mom, "no_answer");
  const auto answer = call("GET", "/v1/holdings");
  EXPECT_EQ(answer.body.at_pointer("/items/0/stale"), true);
  const json::value& account = answer.body.at_pointer("/accounts/0");
  EXPECT_EQ(account.at("state"), "failed");
  EXPECT_EQ(account.at("stale"), true);
  EXPECT_EQ(account.at("as_of").as_string(), to_rfc3339(mom.report->as_of));
  EXPECT_GE(account.at("age_seconds").as_int64(), 300);
  EXPECT_EQ(account.at("guarantee"), "dedupes");
  EXPECT_EQ(account.at("sub_accounts"), json::parse(R"(["xxxx0001"])"));
  EXPECT_EQ(account.at("cash"), json::parse(R"([{"sub_account":"xxxx0001","amount":"5"}])"));
}

TEST_F(HoldingsRoutesTest, PagesShowEachHoldingOnceAndEveryAccount) {
  AccountHoldings& mom = holdings.add("family", "mom");
  for (const char* symbol : {"MSFT", "AAPL"}) FakeHoldings::hold(mom, "xxxx0001", symbol, "1");
  for (const char* quantity : {"2", "3"}) FakeHoldings::hold(mom, "xxxx0001", "TSLA", quantity);  // two of one mask
  FakeHoldings::hold(holdings.add("family", "aunt"), "xxxx0009", "AAPL", "4");
  for (std::size_t limit = 1; limit <= 6; ++limit) {
    std::vector<std::string> seen;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
      const auto page = call("GET", "/v1/holdings?limit=" + std::to_string(limit) + "&cursor=" + cursor);
      EXPECT_THAT(texts(page, "accounts", "account"), ElementsAre("mom", "aunt"));
      for (const json::value& item : page.body.at("items").as_array()) {
        seen.push_back(std::string(item.at("symbol").as_string()) + std::string(item.at("quantity").as_string()));
      }
      if (page.body.at("next_cursor").is_null()) break;
      cursor = page.body.at("next_cursor").as_string();
    }
    EXPECT_THAT(seen, ElementsAre("AAPL4", "AAPL1", "MSFT1", "TSLA2", "TSLA3")) << limit;
  }
}

TEST_F(HoldingsRoutesTest, FiltersReachTheAccountsAndTheSymbol) {
  AccountHoldings& mom = holdings.add("family", "mom");
  for (const char* symbol : {"MSFT", "AAPL"}) FakeHoldings::hold(mom, "xxxx0001", symbol, "1");
  const auto answer = call("GET", "/v1/holdings?group=family&account=family/mom&brokerage=Paper&symbol=aapl");
  EXPECT_THAT(texts(answer, "items", "symbol"), ElementsAre("AAPL"));
  const HoldingsFilter& filter = holdings.filters.back();
  EXPECT_EQ(filter.group, GroupName("family"));
  EXPECT_THAT(filter.accounts, ElementsAre(mom.ref));
  EXPECT_EQ(filter.brokerage, Brokerage::paper);
  EXPECT_TRUE(holdings.waits.empty());
}

TEST_F(HoldingsRoutesTest, AFaultyFilterIsNamed) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"group", "a%2Fb"}, {"account", "mom"}, {"brokerage", "Nobody"}, {"symbol", "A%20A"},
      {"limit", "0"},     {"cursor", "o3a"},  {"side", "buy"}};
  for (const auto& [name, value] : wrong) {
    const auto answer = call("GET", "/v1/holdings?" + name + "=" + value);
    EXPECT_EQ(answer.reply.status, 400U) << name;
    EXPECT_EQ(pointer(answer), "?" + name);
  }
  for (const std::string query : {"group=nobody", "account=family/nobody"}) {
    const auto answer = call("GET", "/v1/holdings?" + query);
    EXPECT_EQ(answer.reply.status, 404U) << "not an empty list";
    EXPECT_EQ(pointer(answer), "?" + query.substr(0, query.find('=')));
  }
}

TEST_F(HoldingsRoutesTest, ATokenWithGroupsSeesOnlyThese) {
  holdings.add("family", "mom");
  holdings.add("other", "aunt");
  access.give("bot", {Scope::accounts_read, Scope::accounts_write}, {GroupName("other")});
  token = "bot";
  EXPECT_THAT(texts(call("GET", "/v1/holdings"), "accounts", "account"), ElementsAre("aunt"));
  EXPECT_EQ(call("GET", "/v1/holdings?group=family").code(), "unknown_group");
  EXPECT_EQ(call("GET", "/v1/holdings?account=family/mom").code(), "unknown_account");
  const auto refused = call("POST", "/v1/holdings/refresh", R"({"accounts":["other/aunt","family/mom"]})");
  EXPECT_EQ(refused.reply.status, 404U);
  EXPECT_EQ(pointer(refused), "/accounts/1");
  EXPECT_EQ(call("POST", "/v1/holdings/refresh", R"({"group":"family"})").code(), "unknown_group");
  EXPECT_EQ(call("POST", kCheck).code(), "unknown_account");
  EXPECT_TRUE(holdings.targets.empty()) << "nobody was asked";
}

TEST_F(HoldingsRoutesTest, AskingABrokerageIsMoreThanLooking) {
  holdings.add("family", "mom");
  access.give("reader", {Scope::accounts_read});
  token = "reader";
  EXPECT_EQ(call("GET", "/v1/holdings").reply.status, 200U);
  EXPECT_EQ(call("POST", "/v1/holdings/refresh", R"({"group":"family"})").reply.status, 403U);
  EXPECT_EQ(call("POST", kCheck).reply.status, 403U);
}

TEST_F(HoldingsRoutesTest, ARefreshOnlyBeginsUnlessSomebodyWaits) {
  holdings.add("family", "mom");
  const auto begun = call("POST", "/v1/holdings/refresh", R"({"group":"family"})");
  EXPECT_EQ(begun.reply.status, 202U);
  EXPECT_EQ(begun.body.at_pointer("/accounts/0/refreshing"), true);
  EXPECT_TRUE(holdings.waits.empty());
  EXPECT_EQ(holdings.targets.back().group, GroupName("family"));

  answer_while_waiting();
  const auto waited = call("POST", "/v1/holdings/refresh", R"({"accounts":["family/mom"]})", {{"prefer", "wait=90"}});
  EXPECT_EQ(waited.reply.status, 200U);
  EXPECT_EQ(waited.header("Preference-Applied"), "wait=60");
  EXPECT_EQ(waited.body.at_pointer("/accounts/0/refreshing"), false);
  EXPECT_LE(holdings.waits.back().left(clock), std::chrono::seconds(60));
}

TEST_F(HoldingsRoutesTest, AListCanWaitForARefresh) {
  holdings.add("family", "mom").refreshing = true;
  answer_while_waiting();
  const auto answer = call("GET", "/v1/holdings?group=family", {}, {{"prefer", "wait=5"}});
  EXPECT_EQ(answer.header("Preference-Applied"), "wait=5");
  EXPECT_EQ(answer.body.at_pointer("/accounts/0/refreshing"), false);
}

TEST_F(HoldingsRoutesTest, ARefreshIsForAGroupOrForAccounts) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"({})", "/group"},
      {R"({"group":"family","accounts":["family/mom"]})", "/accounts"},
      {R"({"account":"family/mom"})", "/group"},
      {R"({"accounts":["mom"]})", "/accounts/0"},
      {R"({"accounts":["family/mom","family/mom"]})", "/accounts/1"},
      {R"({"accounts":[]})", "/accounts"},
      {R"({"group":"a/b"})", "/group"}};
  for (const auto& [body, where] : wrong) {
    const auto answer = call("POST", "/v1/holdings/refresh", body);
    EXPECT_GE(answer.reply.status, 400U) << body;
    EXPECT_EQ(pointer(answer), where) << body;
  }
  EXPECT_TRUE(holdings.targets.empty());
}

TEST_F(HoldingsRoutesTest, ACheckTellsWhetherTheLogInWorks) {
  AccountHoldings& mom = holdings.add("family", "mom");
  FakeHoldings::hold(mom, "xxxx0001", "AAPL", "2");
  mom.report->sub_accounts = {"xxxx0001"};
  answer_while_waiting();
  const auto good = call("POST", kCheck);
  EXPECT_EQ(good.reply.status, 200U);
  EXPECT_EQ(good.body.at("ok"), true);
  EXPECT_EQ(good.body.at("sub_accounts"), json::parse(R"(["xxxx0001"])"));
  EXPECT_THAT(good.reply.body, Not(HasSubstr("AAPL")));

  fail(mom, "login_failed");
  const auto bad = call("POST", kCheck);
  EXPECT_EQ(bad.reply.status, 200U) << "the client's own token is good";
  EXPECT_EQ(bad.body.at("ok"), false);
  EXPECT_EQ(bad.body.at("reason"), "login_failed");
  EXPECT_EQ(bad.body.at("message"), "it did not work");

  mom.failure.reset();
  mom.report->complete = false;
  EXPECT_EQ(call("POST", kCheck).body.at("ok"), false) << "a sub-account may be missing";
}

TEST_F(HoldingsRoutesTest, ACheckThatTakesLongSaysSo) {
  holdings.add("family", "mom");
  const auto answer = call("POST", kCheck, {}, {{"prefer", "wait=1"}});
  EXPECT_EQ(answer.reply.status, 202U);
  EXPECT_TRUE(answer.body.at("ok").is_null());
  EXPECT_EQ(answer.body.at("refreshing"), true);
}

TEST_F(HoldingsRoutesTest, WhatKeepsUsFromAskingIsAProblem) {
  holdings.add("family", "mom");
  holdings.failure = make_error(ErrorCode::unavailable, "no_worker", "no worker serves the group \"family\" now");
  for (const auto& answer : {call("POST", kCheck), call("POST", "/v1/holdings/refresh", R"({"group":"family"})")}) {
    EXPECT_EQ(answer.reply.status, 503U);
    EXPECT_EQ(answer.code(), "no_worker");
    EXPECT_EQ(answer.body.at("sent"), "no");
    EXPECT_EQ(answer.header("Retry-After"), "1");
  }
  holdings.failure = make_error(ErrorCode::unprocessable, "account_disabled", "the account is disabled");
  holdings.failure->fields.push_back({.pointer = "/accounts/0", .code = "account_disabled", .detail = "it is"});
  const auto disabled = call("POST", kCheck);
  EXPECT_EQ(disabled.reply.status, 422U);
  EXPECT_THAT(disabled.body.at("errors").as_array(), IsEmpty()) << "there is no body to point into";
  EXPECT_EQ(call("POST", "/v1/groups/family/accounts/a%2Fb/check").code(), "unknown_account");
  EXPECT_EQ(call("POST", kCheck, R"({"x":1})").reply.status, 400U);
  EXPECT_EQ(call("POST", std::string(kCheck) + "?x=1").reply.status, 400U);
}

}  // namespace
}  // namespace tradeauto
