#include "http/legacy_api.h"

#include <string>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "http/api_bench_test.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr LegacyApiSettings kOn{.on = true,
                                .default_order = false,
                                .longest_run = std::chrono::seconds(20),
                                .worker_time = std::chrono::milliseconds(0)};

constexpr LegacyApiSettings without_patience(LegacyApiSettings settings) {
  settings.longest_run = std::chrono::seconds(0);
  return settings;
}

class LegacyApiTest : public testing::Test, public ApiBench {
 protected:
  explicit LegacyApiTest(LegacyApiSettings settings = kOn) : ApiBench(settings) { accounts.answer = {"active", ""}; }

  static constexpr const char* kTradier =
      R"({"group_name":"family","account_name":"mom","brokerage":"Tradier","cred":{"ACCESS_TOKEN":"s3cret"}})";
  static constexpr const char* kOrder = "/transaction?group_name=family&method=Buy&amount=2&ticker=AAPL";
  static constexpr const char* kMom = "/v1/groups/family/accounts/mom";

  Answer post(std::string target, std::string body = {}, NameValues headers = {}) {
    return call("POST", std::move(target), std::move(body), std::move(headers));
  }
};

class LegacyApiPatienceTest : public LegacyApiTest {
 protected:
  LegacyApiPatienceTest() : LegacyApiTest(without_patience(kOn)) {}
};

class LegacyApiDefaultOrderTest : public LegacyApiTest {
 protected:
  LegacyApiDefaultOrderTest() : LegacyApiTest({.on = true, .default_order = true}) {}
};

class LegacyApiOffTest : public testing::Test, public ApiBench {};

TEST_F(LegacyApiTest, AGroupIsMadeOnce) {
  const auto made = post("/createGroup?group_name=my%20family");
  EXPECT_EQ(made.reply.status, 200U);
  EXPECT_EQ(made.reply.body, R"("Group created")");
  EXPECT_EQ(made.reply.content_type, "application/json");
  EXPECT_TRUE(is_uuid(made.header("X-Request-Id")));
  EXPECT_EQ(call("GET", "/v1/groups/my%20family").reply.status, 200U);
  const auto again = post("/createGroup?group_name=my+family");
  EXPECT_EQ(again.reply.status, 400U);
  EXPECT_EQ(again.reply.body, R"("Group already exists")");
}

TEST_F(LegacyApiTest, SaysWhoAsksAndThatItIsAClientOfTheOriginals) {
  post("/createGroup?group_name=family");
  post("/activate", kTradier);
  post("/deactivate?group_name=family&account_name=mom");
  const Actor admin{.kind = Actor::Kind::legacy, .name = "admin"};
  EXPECT_EQ(accounts.actors, std::vector(3, admin));
  orders.settle_at_once = ChildOrderStatus::filled;
  post(kOrder);
  ASSERT_EQ(orders.requests.size(), 1U);
  EXPECT_EQ(orders.requests.front().by, admin);
}

TEST_F(LegacyApiTest, AGroupHasAName) {
  const auto missing = post("/createGroup");
  EXPECT_EQ(missing.reply.status, 422U);
  EXPECT_EQ(missing.reply.body,
            R"({"detail":[{"type":"missing","loc":["query","group_name"],"msg":"Field required","input":null}]})");
  EXPECT_EQ(post("/createGroup?group_name=").reply.status, 422U);
  EXPECT_EQ(post("/createGroup?group_name=a%2Fb").reply.status, 422U);
  EXPECT_THAT(post("/createGroup?group_name=a%FF").reply.body, testing::HasSubstr("\"input\":\"a\uFFFD\"")) << "UTF-8";
}

TEST_F(LegacyApiTest, AnActivationIsGoodOnceTheWorkerSaysSo) {
  post("/createGroup?group_name=family");
  const auto made = post("/activate", kTradier);
  EXPECT_EQ(made.reply.status, 200U);
  EXPECT_EQ(made.reply.body, R"("Account created")");
  EXPECT_EQ(call("GET", kMom).body.at("activation"), "active");
  EXPECT_EQ(accounts.last_credentials.find("ACCESS_TOKEN")->reveal(), "s3cret");
  EXPECT_EQ(post("/activate", kTradier).reply.body, R"("Account created")") << "its credentials are replaced";
}

TEST_F(LegacyApiTest, NothingStaysOfAnActivationThatFails) {
  post("/createGroup?group_name=family");
  accounts.answer = {"failed", "the token is not known there"};
  const auto failed = post("/activate", kTradier);
  EXPECT_EQ(failed.reply.status, 500U);
  EXPECT_EQ(failed.reply.body, R"("Stub error: the token is not known there")");
  EXPECT_EQ(call("GET", kMom).reply.status, 404U);
}

TEST_F(LegacyApiTest, AnAccountThatWasThereIsDisabledWhenItsActivationFails) {
  post("/createGroup?group_name=family");
  post("/activate", kTradier);
  accounts.answer = {"failed", "no"};
  EXPECT_EQ(post("/activate", kTradier).reply.status, 500U);
  EXPECT_EQ(call("GET", kMom).body.at("enabled"), false);
}

TEST_F(LegacyApiTest, AnAccountWithOrdersIsDisabledWhenItsActivationFails) {
  post("/createGroup?group_name=family");
  accounts.answer = {"failed", "no"};
  accounts.delete_failure = make_error(ErrorCode::conflict, "orders_under_way", "it has orders");
  EXPECT_EQ(post("/activate", kTradier).reply.body, R"("Stub error: no")");
  EXPECT_EQ(call("GET", kMom).body.at("enabled"), false);
}

TEST_F(LegacyApiTest, WhatAnotherRequestMadeOfAnAccountIsNotTakenBack) {
  post("/createGroup?group_name=family");
  accounts.changed_meanwhile = true;
  const auto answer = post("/activate", kTradier);
  EXPECT_EQ(answer.reply.status, 500U);
  EXPECT_THAT(answer.reply.body, HasSubstr("another request changed the account"));
  EXPECT_EQ(call("GET", kMom).body.at("enabled"), true);
}

TEST_F(LegacyApiPatienceTest, AWorkerThatDoesNotAnswerHasNotActivated) {
  post("/createGroup?group_name=family");
  accounts.answer.reset();
  const auto answer = post("/activate", kTradier);
  EXPECT_EQ(answer.reply.status, 500U);
  EXPECT_EQ(answer.reply.body, R"("Stub error: the worker did not answer in time")");
  EXPECT_EQ(call("GET", kMom).reply.status, 404U);
}

TEST_F(LegacyApiTest, NoActivationWithoutAGroupAndAWorker) {
  EXPECT_EQ(post("/activate", kTradier).reply.status, 400U);
  EXPECT_EQ(post("/activate", kTradier).reply.body, R"("Group dose not exists")");
  post("/createGroup?group_name=family");
  accounts.served = false;
  EXPECT_EQ(post("/activate", kTradier).reply.status, 400U);
  EXPECT_EQ(post("/activate", kTradier).reply.body, R"("Group dose not exists")");
  EXPECT_EQ(call("GET", kMom).reply.status, 404U);
}

TEST_F(LegacyApiTest, NothingIsStoredWithoutACompleteLogIn) {
  post("/createGroup?group_name=family");
  const auto missing = post(
      "/activate", R"({"group_name":"family","account_name":"mom","brokerage":"Tradier","cred":{"ACCESS_TOKEN":""}})");
  EXPECT_EQ(missing.reply.status, 500U);
  EXPECT_EQ(missing.reply.body, R"("Stub error: Missing field 'ACCESS_TOKEN' for broker 'Tradier'.")");
  const auto bad =
      post("/activate",
           R"({"group_name":"family","account_name":"mom","brokerage":"Tradier","cred":{"ACCESS_TOKEN":"s3cret,x"}})");
  EXPECT_EQ(bad.reply.status, 422U);
  EXPECT_EQ(bad.body.at_pointer("/detail/0/loc"), boost::json::parse(R"(["body","cred","ACCESS_TOKEN"])"));
  EXPECT_THAT(bad.reply.body, Not(HasSubstr("s3cret")));
  EXPECT_EQ(post("/activate", "{").body.at_pointer("/detail/0/type"), "json_invalid");
  EXPECT_EQ(post("/activate").body.at_pointer("/detail/0/loc"), boost::json::parse(R"(["body"])"));
  EXPECT_EQ(call("GET", kMom).reply.status, 404U);
}

TEST_F(LegacyApiTest, ALogInIsRegisteredOnce) {
  post("/createGroup?group_name=family");
  accounts.failure = make_error(ErrorCode::conflict, "login_registered", "this login is registered already");
  const auto answer = post("/activate", kTradier);
  EXPECT_EQ(answer.reply.status, 400U);
  EXPECT_EQ(answer.reply.body, R"("this login is registered already")");
  accounts.failure = make_error(ErrorCode::unavailable, "store_busy", "the store is busy");
  EXPECT_EQ(post("/activate", kTradier).reply.body, R"("Stub error: the store is busy")");
}

TEST_F(LegacyApiTest, ADeactivatedAccountIsDisabled) {
  EXPECT_EQ(post("/deactivate?group_name=family&account_name=mom").reply.body, R"("Group dose not exists")");
  post("/createGroup?group_name=family");
  const auto unknown = post("/deactivate?group_name=family&account_name=mom");
  EXPECT_EQ(unknown.reply.status, 200U);
  EXPECT_EQ(unknown.reply.body, R"({"status":false,"message":"there is no such account"})");
  post("/activate", kTradier);
  const auto done = post("/deactivate?group_name=family&account_name=mom");
  EXPECT_EQ(done.reply.status, 200U);
  EXPECT_EQ(done.reply.body, R"({"status":true,"message":null})");
  EXPECT_EQ(call("GET", kMom).body.at("enabled"), false);
  EXPECT_EQ(post("/deactivate").body.at("detail").as_array().size(), 2U);
}

TEST_F(LegacyApiTest, ATransactionIsAnsweredWhenItIsSettled) {
  orders.settle_at_once = ChildOrderStatus::filled;
  const auto answer = post(kOrder);
  EXPECT_EQ(answer.reply.status, 200U);
  EXPECT_EQ(answer.reply.body, R"({"status":true,"message":"mom (Paper): filled"})");
  ASSERT_EQ(orders.requests.size(), 1U);
  const OrderRequest& asked = orders.requests.front();
  EXPECT_EQ(asked.client_order_id.str(), "legacy-" + answer.header("X-Request-Id"));
  EXPECT_EQ(asked.group, GroupName("family"));
  EXPECT_EQ(asked.side, Side::buy);
  EXPECT_EQ(asked.quantity.to_string(), "2");
  EXPECT_EQ(asked.symbols, std::vector{Symbol("AAPL")});
  EXPECT_FALSE(asked.dry_run);
}

TEST_F(LegacyApiTest, ATransactionThatFailedSaysWhy) {
  orders.settle_at_once = ChildOrderStatus::denied;
  EXPECT_EQ(post(kOrder).reply.body, R"({"status":false,"message":"mom (Paper): denied"})");
}

TEST_F(LegacyApiTest, ADoubtIsToldAsWhatMustNotBeRepeated) {
  orders.settle_at_once = ChildOrderStatus::in_doubt;
  const auto answer = post(kOrder);
  EXPECT_EQ(answer.reply.status, 200U);
  EXPECT_EQ(answer.body.at("status"), false);
  EXPECT_THAT(std::string(answer.body.at("message").as_string()),
              StartsWith("IN DOUBT, may have been placed, do not repeat: mom (Paper): in_doubt"));
  orders.failure = make_error(ErrorCode::internal, "disk", "the disk failed");
  orders.failure->effect = Effect::maybe;
  EXPECT_THAT(post(kOrder).reply.body, HasSubstr("IN DOUBT, may have been placed, do not repeat: the disk failed"));
}

TEST_F(LegacyApiPatienceTest, WhatHasNotEndedMustNotBeRepeated) {
  const auto answer = post(kOrder);
  EXPECT_EQ(answer.reply.status, 200U);
  EXPECT_EQ(answer.body.at("status"), false);
  EXPECT_THAT(answer.reply.body, HasSubstr("IN DOUBT, may have been placed, do not repeat: mom (Paper): pending"));
  EXPECT_EQ(post(std::string(kOrder) + "&dry=1").reply.body, R"({"status":false,"message":"mom (Paper): pending"})");
}

TEST_F(LegacyApiTest, NoTransactionWithoutAnOrder) {
  EXPECT_EQ(post("/transaction").body.at("detail").as_array().size(), 4U);
  EXPECT_EQ(post("/transaction?group_name=family").reply.status, 422U);
  EXPECT_EQ(post("/transaction?group_name=family&method=Buy&amount=0&ticker=AAPL").reply.status, 422U);
  EXPECT_TRUE(orders.requests.empty());
}

TEST_F(LegacyApiDefaultOrderTest, TheOriginalsOrder) {
  orders.settle_at_once = ChildOrderStatus::filled;
  EXPECT_EQ(post("/transaction?group_name=family").body.at("status"), true);
  EXPECT_EQ(orders.requests.back().symbols, std::vector{Symbol("AAPL")});
  EXPECT_EQ(orders.requests.back().quantity.to_string(), "1");
}

TEST_F(LegacyApiTest, ATransactionThatIsRefused) {
  EXPECT_EQ(post("/transaction?group_name=nobody&method=Buy&amount=1&ticker=A").reply.status, 400U);
  EXPECT_EQ(post("/transaction?group_name=nobody&method=Buy&amount=1&ticker=A").reply.body,
            R"("Group dose not exists")");
  orders.failure = make_error(ErrorCode::unprocessable, "in_doubt_open", "an order there is in doubt");
  const auto guarded = post(kOrder);
  EXPECT_EQ(guarded.reply.status, 422U);
  EXPECT_EQ(
      guarded.reply.body,
      R"({"detail":[{"type":"in_doubt_open","loc":["query","group_name"],"msg":"an order there is in doubt","input":"family"}]})");
  orders.failure = make_error(ErrorCode::unprocessable, "fraction_not_supported", "whole shares only");
  orders.failure->fields.push_back({.pointer = "/quantity", .code = "fraction_not_supported", .detail = ""});
  EXPECT_EQ(post(kOrder).body.at_pointer("/detail/0/loc"), boost::json::parse(R"(["query","amount"])"));
  orders.failure = make_error(ErrorCode::unavailable, "stopping", "this server stops");
  EXPECT_EQ(post(kOrder).reply.status, 500U);
  EXPECT_EQ(post(kOrder).reply.body, R"("Stub error: this server stops")");
}

TEST_F(LegacyApiTest, AKeyMakesARepeatOfATransactionTheSameOrder) {
  orders.settle_at_once = ChildOrderStatus::filled;
  const NameValues key = {{"idempotency-key", "k-1"}};
  const auto first = post(kOrder, {}, key);
  EXPECT_EQ(orders.requests.back().client_order_id, ClientOrderId("k-1"));
  EXPECT_EQ(post(kOrder, {}, key).reply.body, first.reply.body);
  const auto other = post("/transaction?group_name=family&method=Sell&amount=2&ticker=AAPL", {}, key);
  EXPECT_EQ(other.reply.status, 422U);
  EXPECT_EQ(other.body.at_pointer("/detail/0/loc"), boost::json::parse(R"(["header","idempotency-key"])"));
  EXPECT_EQ(post(kOrder, {}, {{"idempotency-key", "a b"}}).reply.status, 422U);
}

TEST_F(LegacyApiTest, ARequestIdThatIsNoKeyStillMakesOne) {
  orders.settle_at_once = ChildOrderStatus::filled;
  post(kOrder, {}, {{"x-request-id", std::string(100, 'x')}});
  post(kOrder, {}, {{"x-request-id", "n 1"}});
  ASSERT_EQ(orders.requests.size(), 2U);
  for (const OrderRequest& request : orders.requests) {
    EXPECT_TRUE(is_uuid(request.client_order_id.str().substr(7))) << request.client_order_id.str();
  }
  EXPECT_NE(orders.requests[0].client_order_id, orders.requests[1].client_order_id);
}

TEST_F(LegacyApiTest, AKeyMakesARepeatOfTheOthersTheSameRequest) {
  const NameValues key = {{"idempotency-key", "k-1"}};
  EXPECT_EQ(post("/createGroup?group_name=family", {}, key).reply.body, R"("Group created")");
  EXPECT_EQ(post("/createGroup?group_name=family", {}, key).reply.body, R"("Group created")");
  const auto other = post("/createGroup?group_name=friends", {}, key);
  EXPECT_EQ(other.reply.status, 422U);
  EXPECT_EQ(other.body.at_pointer("/detail/0/type"), "idempotency_key_reused");
  EXPECT_EQ(post("/createGroup?group_name=family", {}, {{"idempotency-key", "a b"}}).reply.status, 422U);
  accounts.answer = {"failed", "no"};
  const NameValues second = {{"idempotency-key", "k-2"}};
  EXPECT_EQ(post("/activate", kTradier, second).reply.status, 500U);
  accounts.answer = {"active", ""};
  EXPECT_EQ(post("/activate", kTradier, second).reply.status, 200U) << "what failed is tried again";
}

TEST_F(LegacyApiTest, AsksForTheTokenInEitherForm) {
  with_token = false;
  for (const char* header : {"", "Bearer x", "Basic dTpwYXNz", "Basic !", "ta_test"}) {
    for (const char* path : {"/createGroup?group_name=g", "/activate", "/deactivate", "/transaction"}) {
      const auto answer = post(path, {}, {{"authorization", header}});
      EXPECT_EQ(answer.reply.status, 401U) << header;
      EXPECT_EQ(answer.reply.body, R"({"detail":"Not authenticated"})");
      EXPECT_EQ(answer.header("WWW-Authenticate"), "Basic");
    }
  }
  for (const char* header : {"Bearer ta_test", "Basic bWU6dGFfdGVzdA=="}) {  // me:ta_test
    EXPECT_EQ(post("/deactivate", {}, {{"authorization", header}}).reply.status, 422U) << header;
  }
}

TEST_F(LegacyApiTest, APasswordThatABrowserRemembersIsNotForOtherPages) {
  with_token = false;
  const auto from = [this](const char* name, const char* value, const char* authorization) {
    const NameValues headers = {{"host", "localhost:8000"}, {"authorization", authorization}, {name, value}};
    return post("/createGroup?group_name=g", {}, headers).reply.status;
  };
  constexpr const char* kBasic = "Basic bWU6dGFfdGVzdA==";  // me:ta_test
  EXPECT_EQ(from("origin", "http://evil.example", kBasic), 403U);
  EXPECT_EQ(from("sec-fetch-site", "cross-site", kBasic), 403U);
  EXPECT_EQ(from("origin", "http://evil.example", "Basic dTpwYXNz"), 401U) << "a wrong one learns nothing";
  EXPECT_EQ(from("origin", "http://evil.example", "Bearer ta_test"), 200U) << "no browser adds this by itself";
  EXPECT_EQ(from("origin", "http://localhost:8000", kBasic), 400U) << "heard: the group exists by now";
}

TEST_F(LegacyApiTest, OtherPathsAndMethods) {
  for (const char* path : {"/createGroup", "/activate", "/deactivate", "/transaction"}) {
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
      const auto answer = call(method, path);
      EXPECT_EQ(answer.reply.status, 405U) << method;
      EXPECT_EQ(answer.reply.body, R"({"detail":"Method Not Allowed"})");
      EXPECT_EQ(answer.header("Allow"), "POST");
    }
  }
  for (const char* path : {"/createGroup/x", "/createGroup//", "/creategroup", "/nothing", "/"}) {
    const auto answer = post(path);
    EXPECT_EQ(answer.reply.status, 404U) << path;
    EXPECT_EQ(answer.reply.body, R"({"detail":"Not Found"})");
  }
  EXPECT_EQ(post("/v1/nothing").code(), "unknown_path");
  const auto slash = post("/createGroup/?group_name=a%20b");
  EXPECT_EQ(slash.reply.status, 307U);
  EXPECT_EQ(slash.header("Location"), "/createGroup?group_name=a%20b");
  EXPECT_TRUE(slash.reply.body.empty());
  EXPECT_EQ(post("/transaction/").header("Location"), "/transaction");
}

TEST_F(LegacyApiOffTest, IsNotThere) {
  const auto answer = call("POST", "/createGroup?group_name=g");
  EXPECT_EQ(answer.reply.status, 404U);
  EXPECT_EQ(answer.code(), "unknown_path");
  EXPECT_EQ(call("GET", "/v1/groups/g").reply.status, 404U);
}

}  // namespace
}  // namespace tradeauto
