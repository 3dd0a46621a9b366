#include "http/account_routes.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccountRoutesTest : public testing::Test, public ApiBench {
 protected:
  static constexpr const char* kMom = "/v1/groups/family/accounts/mom";
  static constexpr const char* kTradier = R"({"brokerage":"Tradier","credentials":{"ACCESS_TOKEN":"s3cret"}})";
};

TEST_F(AccountRoutesTest, AGroupIsMadeOnce) {
  const auto made = call("PUT", "/v1/groups/my%20group", "{}");
  EXPECT_EQ(made.reply.status, 201U);
  EXPECT_EQ(made.header("Location"), "/v1/groups/my%20group");
  EXPECT_EQ(made.body.at("name"), "my group");
  EXPECT_EQ(made.body.at("accounts"), 0);
  EXPECT_EQ(made.body.at("worker"), "w1");
  EXPECT_EQ(call("PUT", "/v1/groups/my%20group").reply.status, 200U);
  EXPECT_EQ(call("GET", "/v1/groups/my%20group").body, made.body);
  EXPECT_EQ(call("GET", "/v1/groups").body.at_pointer("/items/0"), made.body);
}

TEST_F(AccountRoutesTest, EachChangeSaysWhoMakesIt) {
  access.give("bot", {Scope::accounts_write, Scope::accounts_read});
  token = "bot";
  call("PUT", "/v1/groups/family");
  call("PUT", kMom, kTradier);
  call("PATCH", kMom, R"({"enabled":false})");
  call("DELETE", kMom);
  call("DELETE", "/v1/groups/family");
  EXPECT_EQ(accounts.actors, std::vector(5, Actor{.kind = Actor::Kind::token, .name = "bot"}));
}

TEST_F(AccountRoutesTest, AGroupHasAName) {
  EXPECT_EQ(call("PUT", "/v1/groups/a%2Fb", "{}").reply.status, 422U);
  EXPECT_EQ(call("PUT", "/v1/groups/a", R"({"name":"b"})").reply.status, 400U);
  EXPECT_EQ(call("GET", "/v1/groups/a%2Fb").reply.status, 404U);
  EXPECT_EQ(call("GET", "/v1/groups/nobody").code(), "unknown_group");
}

TEST_F(AccountRoutesTest, AGroupGoesWhenItIsEmpty) {
  call("PUT", "/v1/groups/family");
  call("PUT", kMom, R"({"brokerage":"Paper"})");
  EXPECT_EQ(call("DELETE", "/v1/groups/family").reply.status, 409U);
  EXPECT_EQ(call("DELETE", kMom).reply.status, 204U);
  const auto gone = call("DELETE", "/v1/groups/family");
  EXPECT_EQ(gone.reply.status, 204U);
  EXPECT_TRUE(gone.reply.body.empty());
  EXPECT_EQ(call("DELETE", "/v1/groups/family").reply.status, 404U);
}

TEST_F(AccountRoutesTest, AnAccountNeverShowsItsCredentials) {
  call("PUT", "/v1/groups/family");
  const auto made = call("PUT", kMom, kTradier);
  EXPECT_EQ(made.reply.status, 201U);
  EXPECT_EQ(made.header("ETag"), "\"1\"");
  EXPECT_EQ(made.header("Location"), kMom);
  EXPECT_EQ(made.body.at_pointer("/credential_fields/0"), "ACCESS_TOKEN");
  EXPECT_EQ(accounts.last_credentials.find("ACCESS_TOKEN")->reveal(), "s3cret");
  for (const auto& answer : {made, call("GET", kMom), call("GET", "/v1/groups/family/accounts")}) {
    EXPECT_THAT(answer.reply.body, Not(HasSubstr("s3cret")));
  }
  EXPECT_EQ(call("GET", "/v1/groups/family/accounts").body.at_pointer("/items/0/name"), "mom");
  EXPECT_EQ(call("PUT", kMom, kTradier).reply.status, 200U);
}

TEST_F(AccountRoutesTest, TellsWhichCredentialIsWrong) {
  call("PUT", "/v1/groups/family");
  const auto answer = call("PUT", kMom, R"({"brokerage":"Tradier","credentials":{"ACCESS_TOKEN":"s3cret,x"}})");
  EXPECT_EQ(answer.reply.status, 422U);
  EXPECT_EQ(answer.body.at_pointer("/errors/0/pointer"), "/credentials/ACCESS_TOKEN");
  EXPECT_THAT(answer.reply.body, Not(HasSubstr("s3cret")));
  EXPECT_EQ(call("GET", kMom).reply.status, 404U);
  EXPECT_EQ(call("PUT", "/v1/groups/nobody/accounts/mom", kTradier).code(), "unknown_group");
  EXPECT_EQ(call("PUT", "/v1/groups/family/accounts/a%2Fb", kTradier).reply.status, 422U);
}

TEST_F(AccountRoutesTest, ChangesTheVersionThatWasMeant) {
  call("PUT", "/v1/groups/family");
  EXPECT_EQ(call("PUT", kMom, kTradier, {{"if-match", "*"}}).reply.status, 412U);
  EXPECT_EQ(call("PUT", kMom, kTradier, {{"if-none-match", "*"}}).reply.status, 201U);
  EXPECT_EQ(call("PUT", kMom, kTradier, {{"if-none-match", "*"}}).reply.status, 412U);
  EXPECT_EQ(call("PUT", kMom, kTradier, {{"if-match", "\"7\""}}).reply.status, 412U);
  EXPECT_EQ(call("PUT", kMom, kTradier, {{"if-match", "\"1\""}}).header("ETag"), "\"2\"");
  EXPECT_EQ(call("PUT", kMom, kTradier, {{"if-match", "*"}}).header("ETag"), "\"3\"");
  EXPECT_EQ(call("PATCH", kMom, R"({"enabled":false})", {{"if-match", "\"1\""}}).reply.status, 412U);
  const auto disabled = call("PATCH", kMom, R"({"enabled":false})", {{"if-match", "\"3\""}});
  EXPECT_EQ(disabled.reply.status, 200U);
  EXPECT_EQ(disabled.body.at("enabled"), false);
  EXPECT_EQ(call("DELETE", kMom, {}, {{"if-match", "\"3\""}}).reply.status, 412U);
  EXPECT_EQ(call("DELETE", kMom, {}, {{"if-match", disabled.header("ETag")}}).reply.status, 204U);
  EXPECT_EQ(call("PATCH", kMom, R"({"enabled":true})").reply.status, 404U);
}

TEST_F(AccountRoutesTest, APatchIsChecked) {
  call("PUT", "/v1/groups/family");
  call("PUT", kMom, kTradier);
  EXPECT_EQ(call("PATCH", kMom, "{}").reply.status, 400U);
  EXPECT_EQ(call("PATCH", kMom, R"({"enabled":true,"limits":{}})").reply.status, 400U);
  EXPECT_EQ(call("PATCH", kMom, R"({"enabled":true})", {{"if-match", "1"}}).reply.status, 400U);
}

}  // namespace
}  // namespace tradeauto
