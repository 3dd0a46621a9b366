#include "cli/text_wrap.h"

#include <gmock/gmock.h>

namespace tradeauto {
namespace {

using ::testing::ElementsAre;

TEST(TextWrapTest, BreaksAfterBlanksAndCommas) {
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("AAPL,MSFT,F", 7), ElementsAre("AAPL,", "MSFT,F"));
  EXPECT_THAT(wrapped("fits", 4), ElementsAre("fits"));
  EXPECT_THAT(wrapped("", 4), ElementsAre(""));
  EXPECT_THAT(wrapped("a    b", 2), ElementsAre("a", "b"));
}

TEST(TextWrapTest, ALongWordIsBrokenBetweenCodePoints) {
  EXPECT_THAT(wrapped("äöüäöü x", 4), ElementsAre("äöüä", "öü x"));
  EXPECT_THAT(wrapped("abc", 0), ElementsAre("a", "b", "c"));
}

TEST(TextWrapTest, WidthIsInCodePoints) { EXPECT_EQ(width_of("aä…"), 3U); }

}  // namespace
}  // namespace tradeauto
