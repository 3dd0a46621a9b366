#include "net/address.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

TEST(AddressTest, LoopbackIsWhatNeverLeavesThisMachine) {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "example.com", "127.0.0.1.example.com", ""}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(AddressTest, BeyondLoopbackNeedsTheSettingWithTheHonestName) {
  const auto refused = check_plaintext("HTTP_HOST", "0.0.0.0", false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "plaintext_beyond_loopback");
  EXPECT_NE(refused.error().message.find("HTTP_HOST"), std::string::npos);
  EXPECT_TRUE(check_plaintext("HTTP_HOST", "0.0.0.0", true).ok());
  EXPECT_TRUE(check_plaintext("HTTP_HOST", "localhost", false).ok());
}

TEST(AddressTest, OnlyBracketsAreTakenOff) {
  EXPECT_EQ(bare_host("[::1]"), "::1");
  for (const char* host : {"::1", "h", "", "[]", "[::1", "::1]"}) EXPECT_EQ(bare_host(host), host);
}

TEST(AddressTest, JoinsHostAndPort) {
  EXPECT_EQ(join_address("HTTP_HOST", "127.0.0.1", 80).value(), "127.0.0.1:80");
  EXPECT_EQ(join_address("HTTP_HOST", "::1", 80).value(), "[::1]:80");
  EXPECT_EQ(join_address("HTTP_HOST", "[::1]", 80).value(), "[::1]:80");
  EXPECT_EQ(join_address("HTTP_HOST", "a b", 80).error().reason, "bad_host");
}

}  // namespace
}  // namespace tradeauto
