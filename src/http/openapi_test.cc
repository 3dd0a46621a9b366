#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"
#include "http/openapi_document.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

class OpenapiTest : public testing::Test, public ApiBench {
 protected:
  std::set<std::string> properties_of(const std::string& schema) const {
    return keys_of(document_.at_pointer("/components/schemas/" + schema + "/properties"));
  }
  static std::set<std::string> keys_of(const json::value& object) {
    std::set<std::string> keys;
    for (const auto& item : object.as_object()) keys.insert(std::string(item.key()));
    return keys;
  }
  static void collect_references(const json::value& value, std::set<std::string>& out) {
    if (const json::array* array = value.if_array()) {
      for (const json::value& item : *array) collect_references(item, out);
    } else if (const json::object* object = value.if_object()) {
      for (const auto& [key, item] : *object) {
        if (key == "$ref") out.insert(std::string(item.as_string()));
        collect_references(item, out);
      }
    }
  }

  const json::value document_ = json::parse(openapi_document());
};

TEST_F(OpenapiTest, HasEveryRouteWithItsScopeAndNothingElse) {
  std::map<std::string, std::string> documented;
  for (const auto& [path, operations] : document_.at("paths").as_object()) {
    for (const auto& [method, operation] : operations.as_object()) {
      std::string upper(method);
      std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
      const json::value* scope = operation.as_object().if_contains("x-scope");
      EXPECT_NE(scope != nullptr, operation.as_object().contains("security")) << path;
      documented[upper + " " + std::string(path)] = scope == nullptr ? "" : std::string(scope->as_string());
    }
  }
  std::map<std::string, std::string> served;
  for (const Route& route : handler.routes().all()) {
    served[fmt::format("{} {}", route.method, route.path)] = std::string(route.scope);
  }
  EXPECT_EQ(served, documented);
}

TEST_F(OpenapiTest, EveryReferenceLeadsSomewhere) {
  std::set<std::string> references;
  collect_references(document_, references);
  for (const std::string& reference : references) {
    boost::system::error_code missing;
    EXPECT_NE(document_.find_pointer(reference.substr(1), missing), nullptr) << reference;
  }
  for (const auto& item : document_.at_pointer("/components/schemas").as_object()) {
    const bool used = references.contains("#/components/schemas/" + std::string(item.key()));
    EXPECT_TRUE(used) << item.key();
  }
}

TEST_F(OpenapiTest, AnswersHaveTheFieldsOfTheirSchemas) {
  call("PUT", "/v1/groups/family");
  call("PUT", "/v1/groups/family/accounts/mom", R"({"brokerage":"Paper"})");
  const auto order = call(
      "POST", "/v1/orders",
      R"({"client_order_id":"c","group":"family","side":"buy","quantity":"1","symbols":["AAPL"],"override":["dance"]})");
  ASSERT_EQ(order.reply.status, 201U);
  EXPECT_EQ(keys_of(order.body), properties_of("Order"));
  EXPECT_EQ(keys_of(order.body.at_pointer("/child_orders/0")), properties_of("ChildOrder"));
  EXPECT_EQ(keys_of(call("GET", "/v1/groups/family").body), properties_of("Group"));
  EXPECT_EQ(keys_of(call("GET", "/v1/groups/family/accounts/mom").body), properties_of("Account"));
  EXPECT_EQ(keys_of(call("GET", "/v1/brokerages/Paper").body), properties_of("Brokerage"));
  EXPECT_EQ(keys_of(call("GET", "/v1/brokerages/Paper").body.at_pointer("/credential_fields/0")),
            properties_of("CredentialField"));
  EXPECT_EQ(keys_of(call("GET", "/v1/workers").body.at_pointer("/items/0")), properties_of("Worker"));
  EXPECT_EQ(keys_of(call("GET", "/v1/version").body), properties_of("Version"));
  events.add_deed("group_created", {.kind = Actor::Kind::token, .name = "bot"});
  EXPECT_EQ(keys_of(call("GET", "/v1/events").body), properties_of("EventList"));
  EXPECT_EQ(keys_of(call("GET", "/v1/events").body.at_pointer("/items/0")), properties_of("Event"));
  EXPECT_EQ(keys_of(call("GET", "/v1/events").body.at_pointer("/items/0/actor")), properties_of("Actor"));
  EXPECT_EQ(keys_of(call("GET", "/v1/audit").body), properties_of("AuditList"));
  const auto preview =
      call("POST", "/v1/orders/preview", R"({"group":"family","side":"buy","quantity":"1","symbols":["AAPL"]})");
  EXPECT_EQ(keys_of(preview.body), properties_of("OrderPreview"));
  EXPECT_EQ(keys_of(preview.body.at_pointer("/accounts/0")), properties_of("PreviewAccount"));
  EXPECT_EQ(keys_of(preview.body.at_pointer("/child_orders/0")), properties_of("PreviewChildOrder"));
  EXPECT_EQ(keys_of(preview.body.at_pointer("/warnings/0")), properties_of("Warning"));
  const auto problem = call("POST", "/v1/orders", "{}");
  EXPECT_EQ(keys_of(problem.body), properties_of("Problem"));
  EXPECT_EQ(keys_of(problem.body.at_pointer("/errors/0")), properties_of("FieldError"));
  EXPECT_EQ(keys_of(call("GET", "/v1/orders").body), properties_of("OrderList"));
  orders.report({});
  EXPECT_EQ(keys_of(call("GET", "/v1/executions").body), properties_of("ExecutionList"));
  EXPECT_EQ(keys_of(call("GET", "/v1/executions").body.at_pointer("/items/0")), properties_of("Execution"));
  FakeHoldings::hold(holdings.add("family", "mom"), "xxxx0001", "AAPL", "1", "2");
  const auto held = call("GET", "/v1/holdings");
  EXPECT_EQ(keys_of(held.body), properties_of("HoldingList"));
  EXPECT_EQ(keys_of(held.body.at_pointer("/items/0")), properties_of("Holding"));
  EXPECT_EQ(keys_of(held.body.at_pointer("/accounts/0")), properties_of("AccountHoldings"));
  EXPECT_EQ(keys_of(call("POST", "/v1/groups/family/accounts/mom/check").body), properties_of("AccountCheck"));
  EXPECT_EQ(keys_of(call("POST", "/v1/holdings/refresh", R"({"group":"family"})").body),
            properties_of("HoldingsRefresh"));
  const auto token = call("POST", "/v1/tokens", R"({"name":"bot","scopes":["admin"]})");
  EXPECT_EQ(keys_of(token.body), properties_of("NewToken"));
  EXPECT_EQ(keys_of(call("GET", "/v1/tokens/bot").body), properties_of("Token"));
  EXPECT_EQ(keys_of(call("GET", "/v1/tokens").body), properties_of("TokenList"));
  EXPECT_EQ(keys_of(call("GET", "/v1/me").body), properties_of("Me"));
}

TEST_F(OpenapiTest, RequestsTakeTheFieldsOfTheirSchemas) {
  const auto unknown = [this](const std::string& method, const std::string& target, const std::string& schema) {
    json::object body;
    for (const std::string& name : properties_of(schema)) body[name] = json::array{1, 2};
    const auto answer = call(method, target, json::serialize(body));
    EXPECT_EQ(answer.reply.status, 400U) << schema;
    EXPECT_EQ(answer.reply.body.find("unknown_field"), std::string::npos) << answer.reply.body;
  };
  unknown("POST", "/v1/orders", "OrderRequest");
  unknown("POST", "/v1/orders/" + fake_uuid(1) + "/retry", "RetryRequest");
  unknown("POST", "/v1/child_orders/" + fake_uuid(1) + "/resolve", "ResolveRequest");
  unknown("PUT", "/v1/groups/a/accounts/b", "AccountRequest");
  unknown("PATCH", "/v1/groups/a/accounts/b", "AccountPatch");
  unknown("POST", "/v1/tokens", "TokenRequest");
  unknown("POST", "/v1/holdings/refresh", "RefreshRequest");
}

}  // namespace
}  // namespace tradeauto
