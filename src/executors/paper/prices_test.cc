#include "executors/paper/prices.h"

#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Timestamp kNow = FakeClock().now();
const Symbol kApple("AAPL");

Price walk(std::uint64_t seed, const Symbol& symbol, Timestamp at) {
  return PaperPrices(seed, std::nullopt).price(symbol, at).value().value();
}

TEST(PaperPricesTest, TheWalkIsTheSameForTheSameSeedSymbolAndTime) {
  EXPECT_EQ(walk(1, kApple, kNow), walk(1, kApple, kNow));
  EXPECT_NE(walk(1, kApple, kNow), walk(2, kApple, kNow));
  EXPECT_NE(walk(1, kApple, kNow), walk(1, Symbol("MSFT"), kNow));
}

TEST(PaperPricesTest, TheWalkMovesALittleInASecondAndMoreInAMonth) {
  Decimal least = walk(1, kApple, kNow).decimal();
  Decimal most = least;
  for (int hour = 0; hour < 24 * 60; ++hour) {
    const Timestamp at = kNow + hours(hour);
    const Decimal price = walk(1, kApple, at).decimal();
    EXPECT_TRUE(price.is_positive());
    const Decimal later = walk(1, kApple, at + seconds(1)).decimal();
    const Int128 step = later.units() - price.units();
    EXPECT_LE((step < 0 ? -step : step) * 1000, price.units()) << "more than 0.1 % in a second";
    least = std::min(least, price);
    most = std::max(most, price);
  }
  EXPECT_GT((most.units() - least.units()) * 20, least.units()) << "less than 5 % in two months";
}

TEST(PaperPricesTest, TheWalkKnowsNoSymbolThatBeginsWithNope) {
  EXPECT_FALSE(PaperPrices(1, std::nullopt).price(Symbol("NOPE1"), kNow).value().has_value());
}

TEST(PaperPricesTest, AFileIsReadAgainWhenItChanges) {
  const TempFolder folder;
  folder.write("prices.json", R"({"AAPL":"190.00"})");
  PaperPrices prices(1, folder.path() / "prices.json");
  EXPECT_EQ(prices.price(kApple, kNow).value()->to_string(), "190");
  EXPECT_FALSE(prices.price(Symbol("MSFT"), kNow).value().has_value());
  folder.write("prices.json", R"({"AAPL":"190.5","MSFT":"1"})");
  EXPECT_EQ(prices.price(kApple, kNow).value()->to_string(), "190.5");
  EXPECT_TRUE(prices.price(Symbol("MSFT"), kNow).value().has_value());
}

class BadPricesTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BadPricesTest, NamesTheFile) {
  const TempFolder folder;
  if (GetParam() != nullptr) folder.write("prices.json", GetParam());
  PaperPrices prices(1, folder.path() / "prices.json");
  for (const auto& result : {prices.check(), prices.price(kApple, kNow).ok() ? Result<void>() : prices.check()}) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reason, "paper_prices_unreadable");
    EXPECT_EQ(result.error().effect, Effect::none);
    EXPECT_NE(result.error().message.find("prices.json"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, BadPricesTest,
                         ::testing::Values(nullptr, "", "[]", "{\"AAPL\"", R"({"AAPL":190})", R"({"AAPL":"0"})",
                                           R"({"AAPL":"-1"})", R"({"AAPL":"1e3"})", R"({"not a symbol":"1"})"));

}  // namespace
}  // namespace tradeauto
