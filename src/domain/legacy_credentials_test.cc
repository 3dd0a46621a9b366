#include "domain/legacy_credentials.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

Credentials credentials(const std::map<std::string, std::string>& fields) {
  Credentials out;
  for (const auto& [name, value] : fields) out.set(name, SecretString(value));
  return out;
}

std::string error_of(Brokerage brokerage, const std::map<std::string, std::string>& fields) {
  const auto taken = take_legacy_credentials(brokerage, credentials(fields));
  return taken.ok() ? "" : taken.error().message;
}

TEST(LegacyCredentialsTest, NamesTheFieldThatIsMissingInTheOriginalsWords) {
  EXPECT_EQ(error_of(Brokerage::tradier, {}), "Missing field 'ACCESS_TOKEN' for broker 'Tradier'.");
  EXPECT_EQ(error_of(Brokerage::tradier, {{"ACCESS_TOKEN", ""}}), "Missing field 'ACCESS_TOKEN' for broker 'Tradier'.");
  EXPECT_EQ(error_of(Brokerage::fennel, {}), "Missing field 'EMAIL' for broker 'Fennel'.");
  EXPECT_EQ(error_of(Brokerage::wells_fargo, {{"USERNAME", "u"}, {"PASSWORD", "p"}}),
            "Missing field 'PHONE_LAST_FOUR' for broker 'WellsFargo'.");
  EXPECT_EQ(error_of(Brokerage::chase, {{"USERNAME", "u"}, {"PASSWORD", "p"}, {"PHONE_LAST_FOUR", "1234"}}),
            "Missing field 'DEBUG' for broker 'Chase'.");
  EXPECT_EQ(error_of(Brokerage::robinhood, {{"USERNAME", "u"}, {"PASSWORD", "p"}}),
            "Missing field 'TOTP_OR_NA' for broker 'Robinhood'.");
}

TEST(LegacyCredentialsTest, TakesTheLegacyNamesAndOurs) {
  const auto tastytrade =
      take_legacy_credentials(Brokerage::tastytrade, credentials({{"USERNAME", "secret"}, {"PASSWORD", "refresh"}}));
  ASSERT_TRUE(tastytrade.ok());
  EXPECT_EQ(tastytrade->find("CLIENT_SECRET")->reveal(), "secret");
  EXPECT_EQ(tastytrade->find("REFRESH_TOKEN")->reveal(), "refresh");
  const auto open = take_legacy_credentials(Brokerage::public_, credentials({{"USERNAME", "u"}, {"PASSWORD", "p"}}));
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->find("ACCESS_TOKEN")->reveal(), "p");
  EXPECT_EQ(open->find("USERNAME"), nullptr);
  const auto fennel =
      take_legacy_credentials(Brokerage::fennel, credentials({{"ACCESS_TOKEN", ""}, {"EMAIL", "token"}}));
  ASSERT_TRUE(fennel.ok());
  EXPECT_EQ(fennel->find("ACCESS_TOKEN")->reveal(), "token");
}

TEST(LegacyCredentialsTest, LeavesOutWhatTheBrokerageDoesNotTake) {
  const auto taken =
      take_legacy_credentials(Brokerage::tradier, credentials({{"ACCESS_TOKEN", "t"}, {"DID", "x"}, {"PIN", "y"}}));
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->fields().size(), 1U);
  EXPECT_EQ(error_of(Brokerage::paper, {}), "");
}

}  // namespace
}  // namespace tradeauto
