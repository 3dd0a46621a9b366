#include "autorsa_output/line_match.h"

#include <string>

#include <gtest/gtest.h>

namespace tradeauto::autorsa_output {
namespace {

std::string number(std::string_view text) {
  const auto value = parse_python_number(text);
  return value ? value->to_string() : "none";
}

TEST(LineMatchTest, ReadsNumbersAsPythonPrintsThem) {
  EXPECT_EQ(number("1.0"), "1");
  EXPECT_EQ(number("1"), "1");
  EXPECT_EQ(number("0.5"), "0.5");
  EXPECT_EQ(number("-1.0"), "-1");
  EXPECT_EQ(number("1e3"), "1000");
  EXPECT_EQ(number("1e+16"), "10000000000000000");
  EXPECT_EQ(number("1.25e-05"), "0.0000125");
  EXPECT_EQ(number("1e-9"), "0.000000001");
  EXPECT_EQ(number("0.10000000000"), "0.1");
  EXPECT_EQ(number("000.5"), "0.5");
  EXPECT_EQ(number("0e5"), "0");
  EXPECT_EQ(number("100e-2"), "1");
}

TEST(LineMatchTest, NoNumberOrOneThatNoDecimalHolds) {
  for (const char* text : {"", "-", ".5", "1.", "+1", "1e", "1e+", "nan", "inf", "1_0", "1,0", " 1", "1 ", "0x1",
                           "1e400", "1e18", "1e-10", "1e99999999999999999999", "1E3"}) {
    EXPECT_EQ(number(text), "none") << text;
  }
  EXPECT_EQ(number(std::string(5000, '9')), "none");
}

TEST(LineMatchTest, MatchesFromEndToEnd) {
  const auto matches = [](std::string_view line) {
    OrderWords words;
    std::string_view account;
    return LineMatch(line).literal("T ").account(&account).literal(": ").order(&words).literal(": ok").matched();
  };
  EXPECT_TRUE(matches("T xxxx1234: buy 1.0 of BRK.B: ok"));
  EXPECT_TRUE(matches("T xx12ab: sell 1e3 of A/B-C: ok"));
  for (const char* line :
       {" T xxxx1234: buy 1.0 of A: ok", "T xxxx1234: buy 1.0 of A: ok ", "T xxxx1234: buy 1.0 of A: ok\r",
        "T xxxx1234: buy 1.0 of a: ok", "T xxxx1234: buy of A: ok", "T : buy 1.0 of A: ok", "T",
        "T xx12345: buy 1.0 of A: ok", "T xxxx1234: Buy 1.0 of A: ok", "T xxxx1234: buying 1.0 of A: ok"}) {
    EXPECT_FALSE(matches(line)) << line;
  }
}

TEST(LineMatchTest, GivesTheOrderItsWords) {
  OrderWords words;
  ASSERT_TRUE(LineMatch("selling 2.5 of AAPL").announcement(&words).matched());
  EXPECT_EQ(words.side, Side::sell);
  EXPECT_EQ(words.quantity, *Decimal::parse("2.5"));
  EXPECT_EQ(words.ticker, "AAPL");
  ASSERT_TRUE(LineMatch("buy 1e400 of A").order(&words).matched());
  EXPECT_FALSE(words.quantity);
}

}  // namespace
}  // namespace tradeauto::autorsa_output
