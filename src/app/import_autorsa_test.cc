#include "app/import_autorsa.h"

#include <string>

#include <gmock/gmock.h>

namespace tradeauto {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

ImportContents read(const std::string& text) {
  auto contents = import_of_autorsa_env(SecretString(text), "family");
  EXPECT_TRUE(contents.ok());
  return contents.ok() ? std::move(contents).value() : ImportContents{};
}

ImportAccount only(const std::string& text) {
  ImportContents contents = read(text);
  EXPECT_EQ(contents.accounts.size(), 1U) << text;
  return contents.accounts.empty() ? ImportAccount{} : contents.accounts.front();
}

std::vector<std::pair<std::string, std::string>> fields(const ImportAccount& account) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, value] : account.credentials) out.emplace_back(name, value.reveal());
  return out;
}

TEST(ImportAutorsaTest, EachLogInIsAnAccountNamedByBrokerageAndPlace) {
  const ImportContents contents = read("TRADIER=one,two\nWEBULL=+1-5551234567:pw:device:123456\n");
  ASSERT_EQ(contents.accounts.size(), 3U);
  EXPECT_EQ(contents.accounts[0].account, "tradier-1");
  EXPECT_EQ(contents.accounts[1].account, "tradier-2");
  EXPECT_EQ(contents.accounts[1].origin, "TRADIER 2");
  EXPECT_THAT(fields(contents.accounts[1]), ElementsAre(Pair("ACCESS_TOKEN", "two")));
  EXPECT_EQ(contents.accounts[2].brokerage, "Webull");
  EXPECT_EQ(contents.accounts[2].group, "family");
  EXPECT_TRUE(contents.accounts[2].enabled);
  EXPECT_THAT(fields(contents.accounts[2]),
              ElementsAre(Pair("DID", "device"), Pair("PASSWORD", "pw"), Pair("TRADING_PIN", "123456"),
                          Pair("USERNAME", "+1-5551234567")));
}

TEST(ImportAutorsaTest, AColonBelongsToATokenAndSplitsEverythingElse) {
  EXPECT_THAT(fields(only("TRADIER=a:b")), ElementsAre(Pair("ACCESS_TOKEN", "a:b")));
  EXPECT_THAT(fields(only("TASTYTRADE=secret:refresh")),
              ElementsAre(Pair("CLIENT_SECRET", "secret"), Pair("REFRESH_TOKEN", "refresh")));
  const ImportAccount many = only("ROBINHOOD=user:hidden:NA:more");
  EXPECT_EQ(many.left, "too_many_fields");
  EXPECT_THAT(many.detail, HasSubstr("USERNAME:PASSWORD[:TOTP_OR_NA]"));
  EXPECT_THAT(many.detail, Not(HasSubstr("hidden")));
}

TEST(ImportAutorsaTest, OptionalFieldsMayBeMissingAndNeededOnesAreNamed) {
  EXPECT_TRUE(only("FIDELITY=user:pw").left.empty());
  EXPECT_TRUE(only("FIDELITY=user:pw:").left.empty());
  EXPECT_TRUE(only("FIDELITY=user:pw:NA").left.empty());
  const ImportAccount account = only("FIRSTRADE=user:hidden");
  EXPECT_EQ(account.left, "bad_credentials");
  EXPECT_THAT(account.detail, HasSubstr("OTP"));
  EXPECT_THAT(account.detail, Not(HasSubstr("hidden")));
  EXPECT_TRUE(account.credentials.empty());
}

TEST(ImportAutorsaTest, DebugIsWhatItsWriterMeant) {
  EXPECT_THAT(fields(only("CHASE=user:pw:1234:False")), Contains(Pair("DEBUG", "false")));
  EXPECT_THAT(fields(only("CHASE=user:pw:1234:DEBUG")), Contains(Pair("DEBUG", "true")));
  EXPECT_THAT(fields(only("CHASE=user:pw:1234")), Not(Contains(Pair("DEBUG", testing::_))));
}

TEST(ImportAutorsaTest, WhatTheCurrentCliRefusesIsLeftByName) {
  EXPECT_THAT(only("FENNEL=someone@example.com").detail, HasSubstr("ACCESS_TOKEN is a personal access token"));
  EXPECT_THAT(only("PUBLIC_BROKER=someone@example.com:hidden").detail, HasSubstr("ACCESS_TOKEN is an API secret"));
  EXPECT_EQ(only("BBAE=user: hidden").left, "bad_credentials");
  EXPECT_EQ(only("TRADIER=\xFF\xFE").left, "bad_credentials");
}

TEST(ImportAutorsaTest, BlanksBeforeALogInAndEmptyOnesDoNotCount) {
  const ImportContents contents = read("TRADIER=\"one, two,,\"\nSCHWAB=\nBBAE=''\n");
  ASSERT_EQ(contents.accounts.size(), 2U);
  EXPECT_EQ(contents.accounts[1].account, "tradier-2");
  EXPECT_THAT(fields(contents.accounts[1]), ElementsAre(Pair("ACCESS_TOKEN", "two")));
  EXPECT_TRUE(contents.notes.empty());
}

TEST(ImportAutorsaTest, TheSameLogInTwiceIsTakenOnce) {
  const ImportContents contents = read("SOFI=User:pw,user:other\nTRADIER=user\n");
  ASSERT_EQ(contents.accounts.size(), 3U);
  EXPECT_TRUE(contents.accounts[0].left.empty());
  EXPECT_EQ(contents.accounts[1].left, "same_login");
  EXPECT_THAT(contents.accounts[1].detail, HasSubstr("family/sofi-1"));
  EXPECT_TRUE(contents.accounts[2].left.empty());
}

TEST(ImportAutorsaTest, TheLastOfARepeatedVariableCounts) {
  const ImportContents contents = read("TRADIER=one\nTRADIER=two\n");
  ASSERT_EQ(contents.accounts.size(), 1U);
  EXPECT_THAT(fields(contents.accounts[0]), ElementsAre(Pair("ACCESS_TOKEN", "two")));
  EXPECT_THAT(contents.notes, ElementsAre(HasSubstr("line 1")));
}

TEST(ImportAutorsaTest, OtherVariablesAreToldByTheirLineAlone) {
  const ImportContents contents = read("DISCORD_TOKEN=hidden\nDANGER_MODE=true\nHEADLESS=\nJBSWY3DPEHPK3PXP=\nX=1\n");
  EXPECT_TRUE(contents.accounts.empty());
  ASSERT_EQ(contents.notes.size(), 1U);
  EXPECT_THAT(contents.notes[0], HasSubstr("line 1, 2, 5"));
  EXPECT_THAT(contents.notes[0], Not(HasSubstr("hidden")));
}

TEST(ImportAutorsaTest, AMisspeltBrokerageIsLeftWithTheNearestName) {
  for (const auto& [name, near] : {std::pair("TRADEIR", "TRADIER"), std::pair("WELLS_FARGO", "WELLSFARGO"),
                                   std::pair("PUBLIC", "PUBLIC_BROKER"), std::pair("webull", "WEBULL")}) {
    const ImportAccount account = only(std::string(name) + "=hidden");
    EXPECT_EQ(account.left, "unknown_variable") << name;
    EXPECT_THAT(account.detail, HasSubstr(near));
    EXPECT_EQ(account.origin, "line 1");
  }
}

TEST(ImportAutorsaTest, WhatCannotBeReadIsLeftByItsLine) {
  const ImportContents contents = read("TRADIER='hidden\nSOFI=${OTHER}:pw\nBBAE=user:pw${\n");
  ASSERT_EQ(contents.accounts.size(), 3U);
  EXPECT_EQ(contents.accounts[0].left, "unreadable_line");
  EXPECT_EQ(contents.accounts[0].origin, "line 1");
  EXPECT_EQ(contents.accounts[1].left, "refers_to_variable");
  EXPECT_TRUE(contents.accounts[2].left.empty());
}

TEST(ImportAutorsaTest, WhereTheFileLimitsSubAccountsTheAccountsComeDisabled) {
  const ImportContents contents = read(
      "SCHWAB=user:pw:NA\nSCHWAB_ACCOUNT_NUMBERS=12345678\nVG_ACCOUNT_NUMBERS=\n"
      "VANGUARD=user:pw:1234\n");
  ASSERT_EQ(contents.accounts.size(), 3U);
  EXPECT_EQ(contents.accounts[0].left, "cannot_limit");
  EXPECT_THAT(contents.accounts[0].detail, Not(HasSubstr("12345678")));
  EXPECT_FALSE(contents.accounts[1].enabled);
  EXPECT_THAT(contents.accounts[1].detail, HasSubstr("SCHWAB_ACCOUNT_NUMBERS"));
  EXPECT_TRUE(contents.accounts[2].enabled);
}

TEST(ImportAutorsaTest, AGroupNameThatCannotBeIsTheCommandsFault) {
  const auto contents = import_of_autorsa_env(SecretString("TRADIER=one"), "a/b");
  ASSERT_FALSE(contents.ok());
  EXPECT_EQ(contents.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(contents.error().message, HasSubstr("--group"));
}

}  // namespace
}  // namespace tradeauto
