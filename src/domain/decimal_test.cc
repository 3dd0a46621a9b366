#include "domain/decimal.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

Decimal decimal(std::string_view text) {
  auto parsed = Decimal::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : Decimal();
}

TEST(DecimalTest, ParsesPlainNotationAndPrintsTheShortest) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0", "0"},
      {"-0", "0"},
      {"1", "1"},
      {"001", "1"},
      {"1.0", "1"},
      {"0.5", "0.5"},
      {"-12.250", "-12.25"},
      {"-0.000000001", "-0.000000001"},
      {"999999999999999999.999999999", "999999999999999999.999999999"},
      {"-999999999999999999.999999999", "-999999999999999999.999999999"},
  };
  for (const auto& [text, printed] : cases) EXPECT_EQ(decimal(text).to_string(), printed) << text;
}

TEST(DecimalTest, PrintedTextParsesBackToTheSameValue) {
  for (const char* text : {"0.1", "123456789.000000001", "-7.7", "1000000"}) {
    EXPECT_EQ(decimal(decimal(text).to_string()), decimal(text)) << text;
  }
}

TEST(DecimalTest, RefusesEverythingElse) {
  for (const char* text : {"",
                           "-",
                           ".",
                           "1.",
                           ".5",
                           "-.5",
                           "+1",
                           " 1",
                           "1 ",
                           "1e3",
                           "1E3",
                           "nan",
                           "inf",
                           "0x10",
                           "1,5",
                           "1.2.3",
                           "--1",
                           "1.0000000001",
                           "1000000000000000000",
                           "0000000000000000001",
                           "1_000"}) {
    const auto parsed = Decimal::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().reason, "bad_decimal") << text;
  }
  EXPECT_FALSE(Decimal::parse(std::string_view("1\0", 2)).ok());
  EXPECT_FALSE(Decimal::parse("\xD9\xA1").ok()) << "an Arabic-Indic digit is no digit here";
}

TEST(DecimalTest, ATenthAndTwoTenthsAreThreeTenths) {
  const auto sum = decimal("0.1").add(decimal("0.2"));
  ASSERT_TRUE(sum.ok());
  EXPECT_EQ(*sum, decimal("0.3"));
}

TEST(DecimalTest, AddAndSubtractStopAtTheRange) {
  const Decimal most = decimal("999999999999999999.999999999");
  const auto over = most.add(decimal("0.000000001"));
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().reason, "overflow");
  const auto under = decimal("-999999999999999999.999999999").subtract(decimal("0.000000001"));
  ASSERT_FALSE(under.ok());
  EXPECT_EQ(under.error().reason, "overflow");
  EXPECT_TRUE(most.subtract(most)->is_zero());
}

TEST(DecimalTest, MultiplyRoundsHalfToEven) {
  const std::vector<std::pair<std::pair<std::string, std::string>, std::string>> cases = {
      {{"0.000000001", "0.5"}, "0"},            // half, down to the even 0
      {{"0.000000003", "0.5"}, "0.000000002"},  // half, up to the even 2
      {{"0.000000005", "0.5"}, "0.000000002"},  // half, down to the even 2
      {{"-0.000000003", "0.5"}, "-0.000000002"},
      {{"0.000000001", "0.51"}, "0.000000001"},
      {{"0.000000001", "0.49"}, "0"},
      {{"-0.000000001", "0.51"}, "-0.000000001"},
      {{"3", "190.25"}, "570.75"},
      {{"-2", "-2"}, "4"},
  };
  for (const auto& [factors, expected] : cases) {
    const auto product = decimal(factors.first).multiply(decimal(factors.second));
    ASSERT_TRUE(product.ok());
    EXPECT_EQ(product->to_string(), expected) << factors.first << " * " << factors.second;
  }
}

TEST(DecimalTest, MultiplyStopsAtTheRange) {
  for (const auto& [a, b] : {std::pair{"999999999999999999", "999999999999999999"},
                             std::pair{"-999999999999999999", "2"}, std::pair{"1000000000", "1000000000"}}) {
    const auto product = decimal(a).multiply(decimal(b));
    ASSERT_FALSE(product.ok()) << a << " * " << b;
    EXPECT_EQ(product.error().reason, "overflow");
  }
  EXPECT_EQ(decimal("999999999999999999").multiply(decimal("1"))->to_string(), "999999999999999999");
}

TEST(DecimalTest, UnitsOutsideTheRangeAreRefused) {
  const Int128 limit = static_cast<Int128>(1'000'000'000'000'000'000) * Decimal::kScale;
  EXPECT_TRUE(Decimal::from_units(limit - 1).ok());
  EXPECT_TRUE(Decimal::from_units(-limit + 1).ok());
  for (const Int128 units : {limit, -limit}) {
    const auto made = Decimal::from_units(units);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().reason, "out_of_range");
  }
}

TEST(DecimalTest, KnowsSignAndWholeness) {
  EXPECT_TRUE(decimal("2.0").is_whole());
  EXPECT_FALSE(decimal("0.5").is_whole());
  EXPECT_TRUE(decimal("0.000000001").is_positive());
  EXPECT_FALSE(decimal("0").is_positive());
  EXPECT_FALSE(decimal("-1").is_positive());
  EXPECT_LT(decimal("-1"), decimal("0.5"));
}

}  // namespace
}  // namespace tradeauto
