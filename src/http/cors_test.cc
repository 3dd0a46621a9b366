#include "http/cors.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

std::string header(const ApiReply& reply, std::string_view name) {
  const auto it = std::ranges::find(reply.headers, name, &NameValues::value_type::first);
  return it == reply.headers.end() ? std::string() : it->second;
}

WireRequest question(std::string origin, std::string method = "OPTIONS") {
  WireRequest request;
  request.method = std::move(method);
  request.headers = {{"origin", std::move(origin)}, {"access-control-request-method", "POST"}};
  return request;
}

TEST(CorsTest, OnlyTheNamedOriginsMayRead) {
  const Cors cors({"https://page.example", "http://localhost:3000"});
  for (const char* origin : {"https://page.example", "http://localhost:3000"}) {
    ApiReply reply;
    cors.allow(origin, reply);
    EXPECT_EQ(header(reply, "Access-Control-Allow-Origin"), origin);
    EXPECT_EQ(header(reply, "Vary"), "Origin");
    EXPECT_NE(header(reply, "Access-Control-Expose-Headers").find("X-Request-Id"), std::string::npos);
    EXPECT_EQ(header(reply, "Access-Control-Allow-Credentials"), "")
        << "what a browser sends by itself is never wanted";
  }
  for (const char* origin : {"", "null", "http://page.example", "https://page.example:444", "https://page.example.evil",
                             "https://sub.page.example", "HTTPS://PAGE.EXAMPLE", "*"}) {
    ApiReply reply;
    cors.allow(origin, reply);
    EXPECT_EQ(header(reply, "Access-Control-Allow-Origin"), "") << origin;
    EXPECT_EQ(header(reply, "Vary"), "Origin") << "a cache must not give it to the others";
  }
}

TEST(CorsTest, WithoutOriginsNothingIsSaid) {
  ApiReply reply;
  Cors({}).allow("https://page.example", reply);
  EXPECT_TRUE(reply.headers.empty());
  EXPECT_FALSE(Cors({}).is_preflight(question("https://page.example")));
}

TEST(CorsTest, APreflightIsAQuestionOfANamedOrigin) {
  const Cors cors({"https://page.example"});
  EXPECT_TRUE(cors.is_preflight(question("https://page.example")));
  EXPECT_FALSE(cors.is_preflight(question("https://evil.example")));
  EXPECT_FALSE(cors.is_preflight(question("https://page.example", "POST")));
  WireRequest plain = question("https://page.example");
  plain.headers.pop_back();
  EXPECT_FALSE(cors.is_preflight(plain)) << "OPTIONS by itself asks what the path knows";
  const ApiReply reply = cors.preflight();
  EXPECT_EQ(reply.status, 204U);
  EXPECT_NE(header(reply, "Access-Control-Allow-Headers").find("Authorization"), std::string::npos);
}

TEST(CorsTest, TheSettingTakesOriginsOnly) {
  EXPECT_TRUE(check_cors_origins({}).ok());
  EXPECT_TRUE(check_cors_origins({"https://page.example", "http://127.0.0.1:3000", "http://[::1]:3000"}).ok());
  for (const char* bad : {"*", "null", "page.example", "https://", "https://page.example/", "https://Page.example",
                          "https://me@page.example", "file://", "https://*.example", "http://:80"}) {
    const auto checked = check_cors_origins({bad});
    ASSERT_FALSE(checked.ok()) << bad;
    EXPECT_EQ(checked.error().reason, "bad_origin");
    EXPECT_NE(checked.error().message.find("CORS_ORIGINS"), std::string::npos);
  }
}

}  // namespace
}  // namespace tradeauto
