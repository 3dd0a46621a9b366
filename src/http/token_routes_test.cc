#include <set>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"
#include "http/http_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class TokenRoutesTest : public testing::Test, public ApiBench {
 protected:
  static constexpr const char* kOrder =
      R"({"client_order_id":"c","group":"family","side":"buy","quantity":"1","symbols":["AAPL"]})";

  // From here on a token with these scopes asks.
  void become(std::vector<Scope> scopes, Groups groups = {}, const std::string& name = "bot") {
    access.give(name, std::move(scopes), std::move(groups));
    token = name;
  }
  // A token for the group "club" alone asks, after the administrator has filled the group "family".
  OrderId from_club() {
    EXPECT_EQ(call("PUT", "/v1/groups/club").reply.status, 201U);
    EXPECT_EQ(call("PUT", "/v1/groups/family").reply.status, 201U);
    EXPECT_EQ(call("PUT", "/v1/groups/family/accounts/mom", R"({"brokerage":"Paper"})").reply.status, 201U);
    const auto order = call("POST", "/v1/orders", kOrder);
    EXPECT_EQ(order.reply.status, 201U);
    become(all_scopes(), {GroupName("club")}, "club-bot");
    return OrderId(std::string(order.body.at("id").as_string()));
  }
  static std::string filled(std::string_view path) {
    std::string target;
    while (!path.empty()) {
      const auto open = path.find('{');
      target += path.substr(0, open);
      if (open == std::string_view::npos) break;
      const auto close = path.find('}');
      target += path.substr(open, close - open) == "{id" ? fake_uuid(1) : std::string("x");
      path.remove_prefix(close + 1);
    }
    return target;
  }
};

TEST_F(TokenRoutesTest, EachRouteWantsItsScopeAndNoOther) {
  for (const Route& route : handler.routes().all()) {
    if (route.scope.empty() || route.scope == kAnyScope) continue;
    const auto scope = parse_scope(route.scope);
    ASSERT_TRUE(scope.has_value()) << route.path << ": " << route.scope;
    std::vector<Scope> others = all_scopes();
    std::erase_if(others, [&](Scope one) { return one == *scope || one == Scope::admin; });
    const std::string method(route.method);

    become(others);
    const auto refused = call(method, filled(route.path));
    EXPECT_EQ(refused.reply.status, 403U) << route.method << " " << route.path;
    EXPECT_EQ(refused.code(), "missing_scope");
    EXPECT_THAT(std::string(refused.body.at("detail").as_string()), HasSubstr(std::string(route.scope)));
    EXPECT_THAT(refused.header("WWW-Authenticate"), HasSubstr("insufficient_scope"));

    become({*scope});
    EXPECT_NE(call_raw(method, filled(route.path)).status, 403U) << route.method << " " << route.path;
    become({Scope::admin});
    EXPECT_NE(call_raw(method, filled(route.path)).status, 403U) << route.method << " " << route.path;
  }
}

TEST_F(TokenRoutesTest, ATokenIsMadeShownAndRevoked) {
  const auto made = call("POST", "/v1/tokens", R"({"name":"my bot","scopes":["orders:read"],"groups":["family"]})");
  ASSERT_EQ(made.reply.status, 201U);
  EXPECT_EQ(made.header("Location"), "/v1/tokens/my%20bot");
  EXPECT_EQ(made.body.at("token"), "my bot") << "the fake's value";
  EXPECT_EQ(made.body.at_pointer("/scopes/0"), "orders:read");
  EXPECT_EQ(made.body.at_pointer("/groups/0"), "family");
  EXPECT_EQ(call("POST", "/v1/tokens", R"({"name":"my bot","scopes":["admin"]})").reply.status, 409U);

  const auto shown = call("GET", "/v1/tokens/my%20bot");
  EXPECT_EQ(shown.reply.status, 200U);
  EXPECT_FALSE(shown.body.as_object().contains("token")) << "the value is never shown again";
  const auto list = call("GET", "/v1/tokens");
  EXPECT_EQ(list.body.at_pointer("/items/0/name"), "my bot");
  EXPECT_FALSE(list.body.at_pointer("/items/0").as_object().contains("token"));

  EXPECT_EQ(call("DELETE", "/v1/tokens/my%20bot").reply.status, 204U);
  EXPECT_EQ(call("DELETE", "/v1/tokens/my%20bot").reply.status, 404U);
  EXPECT_EQ(call("GET", "/v1/tokens/a%2Fb").reply.status, 404U);
}

TEST_F(TokenRoutesTest, MeTellsWhoAsks) {
  const auto administrator = call("GET", "/v1/me");
  EXPECT_EQ(administrator.body.at("name"), "admin");
  EXPECT_EQ(administrator.body.at_pointer("/scopes/0"), "admin");
  EXPECT_TRUE(administrator.body.at("groups").is_null());
  become({Scope::workers_join}, {GroupName("club")});
  const auto bot = call("GET", "/v1/me");
  EXPECT_EQ(bot.reply.status, 200U) << "any token may ask";
  EXPECT_EQ(bot.body.at("name"), "bot");
  EXPECT_EQ(bot.body.at_pointer("/groups/0"), "club");
  token = "nobody";
  EXPECT_EQ(call("GET", "/v1/me").reply.status, 401U);
}

TEST_F(TokenRoutesTest, AnOverrideIsAnApproval) {
  const std::string order =
      R"({"client_order_id":"c","group":"family","side":"buy","quantity":"1","symbols":["A"],"override":["dance"]})";
  become({Scope::orders_write});
  const auto refused = call("POST", "/v1/orders", order);
  EXPECT_EQ(refused.reply.status, 403U);
  EXPECT_THAT(std::string(refused.body.at("detail").as_string()), HasSubstr("orders:approve"));
  EXPECT_TRUE(orders.requests.empty());
  become({Scope::orders_write, Scope::orders_approve});
  EXPECT_EQ(call("POST", "/v1/orders", order).reply.status, 201U);
}

TEST_F(TokenRoutesTest, AForeignGroupIsNotThere) {
  from_club();
  for (const auto& [method, target] :
       std::initializer_list<std::pair<const char*, const char*>>{{"GET", "/v1/groups/family"},
                                                                  {"PUT", "/v1/groups/family"},
                                                                  {"PUT", "/v1/groups/new"},
                                                                  {"DELETE", "/v1/groups/family"},
                                                                  {"GET", "/v1/groups/family/accounts"},
                                                                  {"GET", "/v1/groups/family/accounts/mom"},
                                                                  {"DELETE", "/v1/groups/family/accounts/mom"}}) {
    EXPECT_EQ(call(method, target).reply.status, 404U) << method << " " << target;
  }
  EXPECT_EQ(call("PUT", "/v1/groups/family/accounts/mom", R"({"brokerage":"Paper"})").reply.status, 404U);
  EXPECT_EQ(call("PATCH", "/v1/groups/family/accounts/mom", R"({"enabled":false})").reply.status, 404U);
  const auto list = call("GET", "/v1/groups");
  ASSERT_EQ(list.body.at("items").as_array().size(), 1U);
  EXPECT_EQ(list.body.at_pointer("/items/0/name"), "club");
  EXPECT_TRUE(call("GET", "/v1/workers").body.at_pointer("/items/0/groups").as_array().empty());
  EXPECT_EQ(call("GET", "/v1/groups/club").reply.status, 200U);
  token = "ta_test";
  EXPECT_EQ(call("GET", "/v1/groups/family/accounts/mom").body.at("enabled"), true) << "nothing was done";
}

TEST_F(TokenRoutesTest, AForeignOrderIsNotThere) {
  const OrderId order = from_club();
  const std::string path = "/v1/orders/" + order.str();
  const std::string child = "/v1/child_orders/" + fake_uuid(2);
  EXPECT_EQ(call("GET", path).code(), "unknown_order");
  EXPECT_EQ(call("GET", path, {}, {{"prefer", "wait=30"}}).reply.status, 404U) << "at once";
  EXPECT_EQ(call("POST", path + "/cancel").reply.status, 404U);
  EXPECT_EQ(call("POST", path + "/retry", R"({"client_order_id":"c2"})").reply.status, 404U);
  EXPECT_EQ(call("GET", child).code(), "unknown_child_order");
  EXPECT_EQ(call("POST", child + "/resolve", R"({"outcome":"filled","note":"seen"})").reply.status, 404U);
  EXPECT_TRUE(orders.resolutions.empty());
  for (const char* target : {"/v1/orders", "/v1/orders/preview"}) {
    EXPECT_EQ(call("POST", target, kOrder).code(), "unknown_group") << target;
    const auto accounts = call(
        "POST", target,
        R"({"client_order_id":"d","accounts":["club/kim","family/mom"],"side":"buy","quantity":"1","symbols":["A"]})");
    EXPECT_EQ(accounts.code(), "unknown_account") << target;
    EXPECT_EQ(accounts.body.at_pointer("/errors/0/pointer"), "/accounts/1");
  }
  EXPECT_EQ(orders.requests.size(), 1U) << "the administrator's";
  EXPECT_EQ(call("GET", "/v1/orders").reply.status, 200U);
  EXPECT_EQ(orders.filters.back().groups, Groups{GroupName("club")});
  token = "ta_test";
  EXPECT_EQ(call("GET", path).body.at("status"), "working") << "nothing was done";
  EXPECT_EQ(call("GET", "/v1/orders").reply.status, 200U);
  EXPECT_TRUE(orders.filters.back().groups.empty());
}

TEST_F(TokenRoutesTest, WhereALoginIsRegisteredIsNotTold) {
  from_club();
  accounts.failure = make_error(ErrorCode::conflict, "login_registered", "it is registered, as \"family/mom\"");
  const auto answer = call("PUT", "/v1/groups/club/accounts/kim", R"({"brokerage":"Paper"})");
  EXPECT_EQ(answer.code(), "login_registered");
  EXPECT_THAT(answer.reply.body, Not(HasSubstr("mom")));
}

TEST_F(TokenRoutesTest, AnotherTokensKeyIsThatOfAnotherOrder) {
  become({Scope::orders_write}, {}, "one");
  EXPECT_EQ(call("POST", "/v1/orders", kOrder).reply.status, 201U);
  EXPECT_EQ(call("POST", "/v1/orders", kOrder).reply.status, 200U);
  become({Scope::orders_write}, {}, "two");
  EXPECT_EQ(call("POST", "/v1/orders", kOrder).code(), "client_order_id_reused");
  token = "ta_test";
  EXPECT_EQ(call("POST", "/v1/orders", kOrder).code(), "client_order_id_reused");
}

class LegacyTokenTest : public testing::Test, public ApiBench {
 protected:
  LegacyTokenTest() : ApiBench({.on = true}) {}
};

TEST_F(LegacyTokenTest, EachPathOfTheOriginalWantsAScopeAndTheGroup) {
  const char* const order = "/transaction?group_name=family&method=Buy&amount=1&ticker=AAPL&dry=false";
  const char* const group = "/createGroup?group_name=family";
  access.give("reader", {Scope::orders_read, Scope::accounts_read});
  access.give("writer", {Scope::orders_write, Scope::accounts_write});
  access.give("club-bot", {Scope::admin}, {GroupName("club")});
  token = "reader";
  for (const char* path : {order, group, "/activate", "/deactivate"}) {
    const auto refused = call("POST", path);
    EXPECT_EQ(refused.reply.status, 403U) << path;
    EXPECT_THAT(std::string(refused.body.at("detail").as_string()), HasSubstr(":write")) << path;
  }
  token = "club-bot";
  for (const char* path : {order, group, "/deactivate?group_name=family&account_name=mom"}) {
    EXPECT_EQ(call("POST", path).reply.body, R"("Group dose not exists")") << path;
  }
  EXPECT_TRUE(orders.requests.empty());
  token = "writer";
  EXPECT_EQ(call("POST", group, {}, {{"idempotency-key", "k"}}).reply.body, R"("Group created")");
  orders.settle_at_once = ChildOrderStatus::filled;
  EXPECT_EQ(call("POST", order).reply.status, 200U);
  token = "ta_test";
  EXPECT_EQ(call("POST", group, {}, {{"idempotency-key", "k"}}).reply.status, 400U) << "a key is its token's own";
}

TEST(TokenWaitTest, WhoLosesTheTokenWhileWaitingIsToldNothing) {
  HttpBench bench;
  bench.access.give("bot", {Scope::orders_read, Scope::orders_write});
  RawClient placing(bench.port);
  const std::string body = HttpBench::order("c-1");
  placing.send(
      fmt::format("POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer bot\r\n"
                  "Prefer: wait=60\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                  bench.port, body.size(), body));
  ASSERT_TRUE(bench.orders.await_waiting(1));
  RawClient watching(bench.port);
  watching.send(
      fmt::format("GET /v1/orders/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer bot\r\n"
                  "Prefer: wait=60\r\n\r\n",
                  fake_uuid(1), bench.port));
  ASSERT_TRUE(bench.orders.await_waiting(2));
  bench.access.take("bot");
  EXPECT_THAT(watching.read_response(), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(placing.read_response(), StartsWith("HTTP/1.1 201"))
      << "it was placed, and whoever placed it learns that";
}

}  // namespace
}  // namespace tradeauto
