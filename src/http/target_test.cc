#include "http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/route_table.h"

namespace tradeauto {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(TargetTest, TakesPathAndQueryApart) {
  const auto target = parse_target("/v1/groups/a%20b%2Fc+d?x=1&y=a+b%26&flag&&x=2");
  ASSERT_TRUE(target.ok());
  EXPECT_THAT(target->path, ElementsAre("v1", "groups", "a b/c+d"));
  EXPECT_THAT(target->query, ElementsAre(Pair("x", "1"), Pair("y", "a b&"), Pair("flag", ""), Pair("x", "2")));
}

TEST(TargetTest, KnowsTheAbsoluteForm) {
  EXPECT_THAT(parse_target("http://host:1/v1/orders?a=b")->path, ElementsAre("v1", "orders"));
  EXPECT_THAT(parse_target("http://host")->path, ElementsAre(""));
}

TEST(TargetTest, KeepsDotsAndEmptySegments) {
  EXPECT_THAT(parse_target("/v1/../v1/orders")->path, ElementsAre("v1", "..", "v1", "orders"));
  EXPECT_THAT(parse_target("/v1/orders/")->path, ElementsAre("v1", "orders", ""));
}

TEST(TargetTest, RefusesWhatCannotBeRead) {
  for (const char* text : {"", "*", "v1/orders", "/a%", "/a%1", "/%zz", "/?a=%g0", "/a#b", "/\xc3\xa4", "/a b"}) {
    EXPECT_FALSE(parse_target(text).ok()) << text;
  }
}

TEST(PreferTest, FindsTheFirstWait) {
  EXPECT_EQ(parse_prefer_wait("wait=30"), 30U);
  EXPECT_EQ(parse_prefer_wait("respond-async, WAIT = \"5\" ; x=y, wait=7"), 5U);
  for (const char* text :
       {"", "wait", "wait=", "wait=-1", "wait=1.5", "wait=99999999999", "waits=3", "respond-async"}) {
    EXPECT_EQ(parse_prefer_wait(text), std::nullopt) << text;
  }
}

TEST(RouteTableTest, FindsARouteAndItsParts) {
  RouteTable routes;
  routes.add({.method = "GET", .path = "/a/{x}/b/{y}", .scope = "s", .handler = {}});
  routes.add({.method = "PUT", .path = "/a/{x}/b/{y}", .scope = "s", .handler = {}});
  const auto match = routes.find("PUT", {"a", "1", "b", "2"});
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->method, "PUT");
  EXPECT_THAT(match.params, ElementsAre(Pair("x", "1"), Pair("y", "2")));
  EXPECT_EQ(routes.find("HEAD", {"a", "1", "b", "2"}).route->method, "GET");
}

TEST(RouteTableTest, APathThatSaysMoreIsNoValueOfAnother) {
  RouteTable routes;
  routes.add({.method = "GET", .path = "/a/{x}", .scope = {}, .handler = {}});
  routes.add({.method = "POST", .path = "/a/preview", .scope = {}, .handler = {}});
  EXPECT_EQ(routes.find("GET", {"a", "preview"}).route, nullptr);
  EXPECT_EQ(routes.find("GET", {"a", "preview"}).allow, "POST");
  EXPECT_EQ(routes.find("POST", {"a", "preview"}).route->path, "/a/preview");
  EXPECT_EQ(routes.find("GET", {"a", "other"}).route->path, "/a/{x}");
}

TEST(RouteTableTest, TellsWhatAPathAllows) {
  RouteTable routes;
  routes.add({.method = "GET", .path = "/a", .scope = {}, .handler = {}});
  routes.add({.method = "POST", .path = "/a", .scope = {}, .handler = {}});
  EXPECT_EQ(routes.find("DELETE", {"a"}).allow, "GET, HEAD, POST");
  EXPECT_EQ(routes.find("GET", {"b"}).allow, "");
  EXPECT_EQ(routes.find("GET", {"a", ""}).allow, "");
}

}  // namespace
}  // namespace tradeauto
