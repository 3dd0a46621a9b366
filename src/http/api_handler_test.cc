#include "http/api_handler.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/uuid.h"
#include "http/api_bench_test.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::Not;

class ApiHandlerTest : public testing::Test, public ApiBench {};

// AUTH off, and a client without a token.
class ApiHandlerOpenTest : public testing::Test, public ApiBench {
 protected:
  ApiHandlerOpenTest() : ApiBench({.on = true}, false) { with_token = false; }

  static NameValues from(const char* host, const char* origin = nullptr) {
    NameValues headers = {{"host", host}};
    if (origin != nullptr) headers.emplace_back("origin", origin);
    return headers;
  }
};

TEST_F(ApiHandlerTest, AsksForTheToken) {
  with_token = false;
  for (const char* header : {"", "Bearer", "Bearer ", "Bearer x", "Bearer ta_test ", "Basic ta_test", "ta_test"}) {
    const NameValues headers = {{"authorization", header}};
    for (const char* target : {"/v1/orders", "/v1/nothing", "/v1"}) {
      const auto answer = call("GET", target, {}, headers);
      EXPECT_EQ(answer.reply.status, 401U) << header << " " << target;
      EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer");
      EXPECT_THAT(answer.reply.body, Not(HasSubstr("ta_")));
    }
  }
  EXPECT_EQ(call("GET", "/v1/orders", {}, {{"authorization", "bearer ta_test"}}).reply.status, 200U);
}

TEST_F(ApiHandlerTest, SomePathsNeedNoToken) {
  with_token = false;
  EXPECT_EQ(call("GET", "/healthz").reply.status, 200U);
  EXPECT_EQ(call("HEAD", "/healthz").reply.status, 200U);
  EXPECT_EQ(call("GET", "/openapi.json").body.at("openapi"), "3.1.0");
  EXPECT_EQ(call("GET", "/nothing").reply.status, 404U);
  EXPECT_EQ(call("POST", "/healthz").reply.status, 405U);
}

TEST_F(ApiHandlerOpenTest, AsksForNoToken) {
  const NameValues own = from("127.0.0.1:8000");
  EXPECT_EQ(call("GET", "/v1/orders", {}, own).reply.status, 200U);
  EXPECT_EQ(call("PUT", "/v1/groups/family", {}, own).reply.status, 201U);
  EXPECT_EQ(call("POST", "/createGroup?group_name=g", {}, own).reply.body, R"("Group created")");
  EXPECT_EQ(call("GET", "/v1/nothing", {}, own).reply.status, 404U);
  NameValues wrong = own;
  wrong.emplace_back("authorization", "Bearer ta_wrong");
  EXPECT_EQ(call("GET", "/v1/orders", {}, wrong).reply.status, 200U) << "nobody looks at it";
}

TEST_F(ApiHandlerOpenTest, AnswersNoWebPageOfSomebodyElse) {
  const NameValues foreign[] = {from("evil.example:8000"), from("evil.example:8000", "http://evil.example:8000"),
                                from("127.0.0.1:8000", "http://evil.example"), from("127.0.0.1:8000", "null")};
  for (const NameValues& headers : foreign) {
    const auto answer = call("PUT", "/v1/groups/family", {}, headers);
    EXPECT_EQ(answer.reply.status, 403U);
    EXPECT_THAT(answer.code(), testing::StartsWith("foreign_"));
    EXPECT_EQ(answer.body.at("sent"), "no");
    for (const char* target : {"/v1/orders", "/healthz", "/openapi.json", "/nothing"}) {
      EXPECT_EQ(call("GET", target, {}, headers).reply.status, 403U) << target;
    }
    const auto legacy = call("POST", "/createGroup?group_name=g", {}, headers);
    EXPECT_EQ(legacy.reply.status, 403U);
    EXPECT_THAT(legacy.body.at("detail").as_string(), HasSubstr("AUTH"));
    for (const char* target : {"/createGroup/?group_name=g", "/transaction?group_name=g"}) {
      EXPECT_EQ(call("POST", target, {}, headers).reply.status, 403U) << target;
    }
  }
  EXPECT_EQ(call("GET", "/v1/groups/family", {}, from("127.0.0.1:8000")).reply.status, 404U) << "nothing was done";
  EXPECT_EQ(call("PUT", "/v1/groups/family", {}, from("localhost:8000", "http://localhost:8000")).reply.status, 201U);
}

TEST_F(ApiHandlerTest, WithATokenTheNameAndTheOriginDoNotMatter) {
  const NameValues named = {{"host", "trade.example"}, {"origin", "https://dashboard.example"}};
  EXPECT_EQ(call("PUT", "/v1/groups/family", {}, named).reply.status, 201U);
}

TEST_F(ApiHandlerTest, IsReadyWhenItIsTold) {
  EXPECT_EQ(call("GET", "/readyz").reply.status, 503U);
  handler.set_ready(true);
  EXPECT_EQ(call("GET", "/readyz").reply.status, 200U);
}

TEST_F(ApiHandlerTest, EchoesTheRequestIdOrMakesOne) {
  EXPECT_EQ(call("GET", "/healthz", {}, {{"x-request-id", "n 1"}}).header("X-Request-Id"), "n 1");
  EXPECT_EQ(call("GET", "/v1/nothing", {}, {{"x-request-id", "n1"}}).body.at("request_id"), "n1");
  for (const std::string& bad : {std::string(), std::string(129, 'a'), std::string("a\tb"), std::string("\xc3\xa4")}) {
    EXPECT_TRUE(is_uuid(call("GET", "/healthz", {}, {{"x-request-id", bad}}).header("X-Request-Id"))) << bad;
  }
}

TEST_F(ApiHandlerTest, KnowsNoOtherPath) {
  for (const char* target : {"/", "/v1", "/v1/nothing", "/v1/orders/", "/v1/../v1/orders", "/v1/orders%00",
                             "/V1/orders", "//v1/orders", "/v1/groups//accounts/x"}) {
    EXPECT_EQ(call("GET", target).reply.status, 404U) << target;
  }
  EXPECT_EQ(call("GET", "/v1/groups/%zz").reply.status, 400U);
}

TEST_F(ApiHandlerTest, TellsWhichMethodsAPathKnows) {
  const auto answer = call("PATCH", "/v1/orders");
  EXPECT_EQ(answer.reply.status, 405U);
  EXPECT_EQ(answer.header("Allow"), "POST, GET, HEAD");
  EXPECT_EQ(call("DELETE", "/v1/orders").reply.status, 405U);
  EXPECT_EQ(call("OPTIONS", "/v1/groups/x").header("Allow"), "GET, HEAD, PUT, DELETE");
}

TEST_F(ApiHandlerTest, TakesJsonOnly) {
  const std::string body = "{}";
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json5"}) {
    EXPECT_EQ(call("POST", "/v1/orders", body, {{"content-type", type}}).reply.status, 415U) << type;
  }
  EXPECT_EQ(call("POST", "/v1/orders", body, {{"content-type", "Application/JSON ; charset=utf-8"}}).reply.status,
            400U);
  EXPECT_EQ(call("POST", "/v1/orders", body, {{"content-encoding", "gzip"}}).reply.status, 415U);
  EXPECT_EQ(call("POST", "/v1/orders").reply.status, 400U);
  EXPECT_EQ(call("GET", "/v1/orders", body).reply.status, 400U);
}

TEST_F(ApiHandlerTest, TellsWhatIsAndWhoIsThere) {
  EXPECT_EQ(call("GET", "/v1/version").body.at("version"), "1.2.3");
  EXPECT_EQ(call("GET", "/v1/workers").body.at_pointer("/items/0/name"), "w1");
  EXPECT_EQ(call("GET", "/v1/brokerages?limit=500").body.at("items").as_array().size(), 17U);
  const auto paper = call("GET", "/v1/brokerages/Paper");
  EXPECT_EQ(paper.body.at("guarantee"), "dedupes");
  EXPECT_EQ(paper.body.at_pointer("/executors/0"), "paper");
  EXPECT_EQ(call("GET", "/v1/brokerages/Nobody").reply.status, 404U);
  EXPECT_EQ(call("GET", "/v1/version?x=1").reply.status, 400U);
}

TEST_F(ApiHandlerTest, AnswersWhatIsNoRequest) {
  const ApiReply reply = handler.refuse(431, make_error(ErrorCode::too_large, "header_too_large", "too long"));
  EXPECT_EQ(reply.status, 431U);
  EXPECT_THAT(reply.body, HasSubstr("\"sent\":\"no\""));
  EXPECT_EQ(reply.headers.back().first, "X-Request-Id");
}

}  // namespace
}  // namespace tradeauto
