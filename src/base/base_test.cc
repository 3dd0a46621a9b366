#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/typed_id.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "testing/fake_clock.h"

namespace tradeauto {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return make_error(ErrorCode::unprocessable, "odd", "not even");
  return value / 2;
}

Result<int> quarter(int value) {
  TRY(const int once, half(value));
  TRY(const int twice, half(once));
  return twice;
}

TEST(ResultTest, TryReturnsTheFirstError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().reason, "odd");
}

TEST(SecretTest, IsWipedWhenMovedFrom) {
  SecretString secret(std::string("hunter2"));
  const SecretString other = std::move(secret);
  EXPECT_EQ(other.reveal(), "hunter2");
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): the promise under test
}

TEST(SecretTest, CannotBePrinted) { EXPECT_FALSE(fmt::is_formattable<SecretString>::value); }

TEST(ClockTest, Rfc3339RoundTrips) {
  const auto time = parse_rfc3339("2026-03-04T05:06:07.123456Z");
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(to_rfc3339(*time), "2026-03-04T05:06:07.123456Z");
  EXPECT_EQ(to_rfc3339(*parse_rfc3339("2026-03-04T05:06:07+02:00")), "2026-03-04T03:06:07.000000Z");
}

TEST(ClockTest, Rfc3339RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026-03-04", "2026-13-04T05:06:07Z", "2026-02-30T05:06:07Z", "2026-03-04T25:06:07Z",
                           "2026-03-04T05:06:07", "2026-03-04T05:06:07.Z", "2026-03-04T05:06:07Zx"}) {
    EXPECT_FALSE(parse_rfc3339(text).ok()) << text;
  }
}

TEST(DeadlineTest, IsOverWhenTheBootClockSaysSo) {
  FakeClock clock;
  const auto deadline = Deadline::after(clock, std::chrono::seconds(2));
  EXPECT_FALSE(deadline.over(clock));
  clock.advance(std::chrono::seconds(2));
  EXPECT_TRUE(deadline.over(clock));
  EXPECT_EQ(deadline.left(clock).count(), 0);
  EXPECT_FALSE(Deadline::never().over(clock));
}

TEST(Utf8Test, MendsBytesAndCutsBehindAWholeCharacter) {
  EXPECT_EQ(as_utf8("a\u00FC\u20AC"), "a\u00FC\u20AC");
  EXPECT_EQ(as_utf8("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(as_utf8("\xC0\xAF"), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(as_utf8(std::string_view("\u00FC").substr(0, 1)), "\uFFFD");
  EXPECT_EQ(as_utf8("a\u00FC", 2), "a");
  EXPECT_EQ(as_utf8("a\u00FC", 3), "a\u00FC");
  EXPECT_EQ(as_utf8("", 0), "");
}

TEST(UuidTest, Version7IsOrderedByTimeAndVersion8ByDigest) {
  FakeClock clock;
  SystemRng rng;
  const auto first = make_uuid_v7(clock, rng);
  clock.advance(std::chrono::milliseconds(1));
  const auto second = make_uuid_v7(clock, rng);
  EXPECT_LT(first, second);
  EXPECT_TRUE(is_uuid(first));
  EXPECT_EQ(first[14], '7');
  const std::array<std::uint8_t, 16> digest{1, 2, 3};
  EXPECT_EQ(make_uuid_v8(digest), make_uuid_v8(digest));
  EXPECT_EQ(make_uuid_v8(digest)[14], '8');
  EXPECT_FALSE(is_uuid("not-a-uuid"));
}

}  // namespace
}  // namespace tradeauto
