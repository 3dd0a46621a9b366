#include "http/conditional.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

const Route kOrder{.method = "GET", .path = "/v1/orders/{id}", .scope = "orders:read", .handler = {}};

std::string tag_of(const ApiReply& reply) {
  const auto it = std::ranges::find(reply.headers, "ETag", &NameValues::value_type::first);
  return it == reply.headers.end() ? std::string() : it->second;
}

ApiReply reply_of(std::string body) { return {.body = std::move(body)}; }

TEST(ConditionalTest, WhoHasTheBodyGetsNone) {
  const ApiReply first = conditional(kOrder, reply_of("{\"a\":1}"), {});
  EXPECT_EQ(first.status, 200U);
  const std::string tag = tag_of(first);
  ASSERT_FALSE(tag.empty());
  for (const std::string& given : {tag, "W/" + tag, "\"x\", " + tag, "\"a,b\"," + tag + " ", std::string("*")}) {
    const ApiReply again = conditional(kOrder, reply_of("{\"a\":1}"), given);
    EXPECT_EQ(again.status, 304U) << given;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.content_type, "");
    EXPECT_EQ(tag_of(again), tag);
  }
}

TEST(ConditionalTest, AnyOtherTagGetsTheBody) {
  const std::string tag = tag_of(conditional(kOrder, reply_of("{\"a\":1}"), {}));
  EXPECT_EQ(conditional(kOrder, reply_of("{\"a\":2}"), tag).status, 200U) << "it has changed";
  for (const char* given : {"\"x\"", "x", ",", " ", "W/", "\"*\""}) {
    EXPECT_EQ(conditional(kOrder, reply_of("{\"a\":1}"), given).status, 200U) << given;
  }
  EXPECT_EQ(conditional(kOrder, reply_of("{\"a\":1}"), tag.substr(1)).status, 200U) << "without its quotes";
}

TEST(ConditionalTest, AVersionIsATag) {
  const Route child{.method = "GET", .path = "/v1/child_orders/{id}", .scope = "orders:read", .handler = {}};
  ApiReply reply = reply_of("{}");
  reply.headers = {{"ETag", "\"7\""}};
  EXPECT_EQ(tag_of(conditional(child, reply, {})), "\"7\"");
  EXPECT_EQ(conditional(child, reply, "\"7\"").status, 304U);
  EXPECT_EQ(conditional(child, reply, "\"6\"").status, 200U);
}

TEST(ConditionalTest, OnlyWhereTheTagCoversEverything) {
  const Route account{
      .method = "GET", .path = "/v1/groups/{group}/accounts/{account}", .scope = "accounts:read", .handler = {}};
  ApiReply reply = reply_of("{}");
  reply.headers = {{"ETag", "\"7\""}};
  EXPECT_EQ(conditional(account, reply, "\"7\"").status, 200U) << "its activation may have changed";
  const Route list{.method = "GET", .path = "/v1/orders", .scope = "orders:read", .handler = {}};
  EXPECT_EQ(tag_of(conditional(list, reply_of("{}"), "*")), "");
  Route write = kOrder;
  write.method = "POST";
  EXPECT_EQ(conditional(write, reply_of("{}"), "*").status, 200U);
  reply.status = 201;
  EXPECT_EQ(conditional(kOrder, reply, "*").status, 201U);
}

}  // namespace
}  // namespace tradeauto
