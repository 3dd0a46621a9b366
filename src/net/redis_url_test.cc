#include "net/redis_url.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

std::string taken_apart(std::string_view url) {
  const auto parsed = parse_redis_url(url);
  if (!parsed.ok()) return parsed.error().reason;
  return fmt::format("{}{} {} {} {}", parsed->tls ? "tls " : "", parsed->host, parsed->port, parsed->database,
                     parsed->user);
}

TEST(RedisUrlTest, NamesHostPortUserAndDatabase) {
  EXPECT_EQ(taken_apart("redis://db.example"), "db.example 6379 0 ");
  EXPECT_EQ(taken_apart("redis://db.example/"), "db.example 6379 0 ");
  EXPECT_EQ(taken_apart("redis://trader@[::1]:7000/3"), "::1 7000 3 trader");
  EXPECT_EQ(taken_apart("redis://trader:@h"), "h 6379 0 trader");
  EXPECT_EQ(taken_apart("rediss://h:1/2"), "tls h 1 2 ");
}

TEST(RedisUrlTest, WhatItCannotBeIsRefusedAndNotQuoted) {
  for (const char* url : {"", "geheim", "http://geheim", "redis://", "redis://:1", "redis://h:", "redis://h:0",
                          "redis://h:70000", "redis://h:geheim", "redis://h/geheim", "redis://h/-1", "redis://[::1",
                          "redis://[::1]x", "redis://h?password=geheim", "redis://h/1/2"}) {
    const auto parsed = parse_redis_url(url);
    ASSERT_FALSE(parsed.ok()) << url;
    EXPECT_EQ(parsed.error().reason, "bad_redis_url");
    EXPECT_EQ(parsed.error().message.find("geheim"), std::string::npos);
  }
  for (const char* url : {"redis://u:geheim@h", "rediss://:geheim@h", "redis://u:ge@heim@h"}) {
    EXPECT_EQ(taken_apart(url), "password_in_url");
  }
}

}  // namespace
}  // namespace tradeauto
