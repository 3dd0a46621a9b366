#include "http/rate_limiter.h"

#include <string>

#include <gtest/gtest.h>

#include "testing/fake_clock.h"

namespace tradeauto {
namespace {

using std::chrono::seconds;

TEST(RateLimiterTest, GivesWhatThereIsAndThenSaysWhen) {
  FakeClock clock;
  RateLimiter limiter({.per_minute = 3}, clock);  // one each 20 s
  for (const std::uint32_t left : {2U, 1U, 0U}) {
    const auto standing = limiter.take("a");
    ASSERT_TRUE(standing && standing->allowed);
    EXPECT_EQ(standing->limit, 3U);
    EXPECT_EQ(standing->remaining, left);
  }
  const auto refused = limiter.take("a");
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->allowed);
  EXPECT_EQ(refused->retry_after, seconds(20));
  clock.advance(seconds(19));
  EXPECT_EQ(limiter.take("a")->retry_after, seconds(1)) << "a refusal takes nothing";
  clock.advance(seconds(1));
  EXPECT_TRUE(limiter.take("a")->allowed);
  EXPECT_FALSE(limiter.take("a")->allowed);
}

TEST(RateLimiterTest, FillsUpAndNoFurther) {
  FakeClock clock;
  RateLimiter limiter({.per_minute = 2}, clock);
  limiter.take("a");
  limiter.take("a");
  clock.advance(std::chrono::hours(5));
  EXPECT_EQ(limiter.look("a")->remaining, 2U);
  EXPECT_TRUE(limiter.take("a")->allowed);
  EXPECT_TRUE(limiter.take("a")->allowed);
  EXPECT_FALSE(limiter.take("a")->allowed);
}

TEST(RateLimiterTest, OneDoesNotSlowAnother) {
  FakeClock clock;
  RateLimiter limiter({.per_minute = 1}, clock);
  EXPECT_TRUE(limiter.take("a")->allowed);
  EXPECT_FALSE(limiter.look("a")->allowed);
  EXPECT_TRUE(limiter.look("b")->allowed);
  EXPECT_TRUE(limiter.take("b")->allowed);
}

TEST(RateLimiterTest, ZeroIsNoLimit) {
  FakeClock clock;
  RateLimiter limiter({.per_minute = 0}, clock);
  EXPECT_FALSE(limiter.take("a"));
  EXPECT_FALSE(limiter.look("a"));
}

TEST(RateLimiterTest, ManyNamesCostNoMemoryAndLockNobodyOut) {
  FakeClock clock;
  RateLimiter limiter({.per_minute = 1, .most_names = 2}, clock);
  EXPECT_TRUE(limiter.take("a")->allowed);
  clock.advance(seconds(40));
  EXPECT_TRUE(limiter.take("b")->allowed);
  clock.advance(seconds(30));
  EXPECT_TRUE(limiter.take("c")->allowed) << "the place of a, which is full again";
  EXPECT_FALSE(limiter.look("b")->allowed) << "kept";
  EXPECT_TRUE(limiter.take("d")->allowed);
  EXPECT_TRUE(limiter.look("b")->allowed) << "all are forgotten where none is full";
}

}  // namespace
}  // namespace tradeauto
