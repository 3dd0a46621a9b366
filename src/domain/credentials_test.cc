#include "domain/credentials.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using Pairs = std::initializer_list<std::pair<std::string, std::string>>;

Credentials make(Pairs pairs) {
  Credentials credentials;
  for (const auto& [name, value] : pairs) credentials.set(name, SecretString(value));
  return credentials;
}

CheckedCredentials check(Brokerage brokerage, Pairs pairs) { return check_credentials(brokerage, make(pairs)); }

// "pointer code" of each fault, sorted.
std::vector<std::string> faults(Brokerage brokerage, Pairs pairs) {
  std::vector<std::string> all;
  for (const FieldError& fault : check(brokerage, pairs).faults) all.push_back(fault.pointer + " " + fault.code);
  std::ranges::sort(all);
  return all;
}

std::string value(const CheckedCredentials& checked, std::string_view field) {
  const SecretString* found = checked.credentials.find(field);
  return found == nullptr ? "(none)" : std::string(found->reveal());
}

using Faults = std::vector<std::string>;

TEST(CredentialsTest, RenamesLegacyFieldsToOurs) {
  EXPECT_EQ(value(check(Brokerage::fennel, {{"EMAIL", "token"}}), "ACCESS_TOKEN"), "token");
  EXPECT_EQ(value(check(Brokerage::public_, {{"PASSWORD", "secret"}}), "ACCESS_TOKEN"), "secret");
  EXPECT_EQ(value(check(Brokerage::chase, {{"USERNAME", "u"}, {"PASSWORD", "p"}, {"CELL_PHONE_LAST_FOUR", "1234"}}),
                  "PHONE_LAST_FOUR"),
            "1234");
  const auto tastytrade = check(Brokerage::tastytrade, {{"USERNAME", "client"}, {"PASSWORD", "refresh"}});
  EXPECT_TRUE(tastytrade.faults.empty());
  EXPECT_EQ(value(tastytrade, "CLIENT_SECRET"), "client");
  EXPECT_EQ(value(tastytrade, "REFRESH_TOKEN"), "refresh");
  EXPECT_EQ(tastytrade.credentials.find("USERNAME"), nullptr);
}

TEST(CredentialsTest, OurNameWinsOverTheLegacyOne) {
  const auto checked = check(Brokerage::fennel, {{"ACCESS_TOKEN", "token"}, {"EMAIL", "me@example.com"}});
  EXPECT_TRUE(checked.faults.empty());
  EXPECT_EQ(value(checked, "ACCESS_TOKEN"), "token");
  EXPECT_EQ(checked.credentials.fields().size(), 1U);
}

TEST(CredentialsTest, PublicsFormerUserNameIsLeftOut) {
  const auto checked = check(Brokerage::public_, {{"USERNAME", "me@example.com"}, {"PASSWORD", "secret"}});
  EXPECT_TRUE(checked.faults.empty());
  EXPECT_EQ(checked.credentials.fields().size(), 1U);
}

TEST(CredentialsTest, ReportsAllFaultsAtOnce) {
  EXPECT_EQ(faults(Brokerage::webull, {{"USERNAME", "+15551234567"}, {"PASSWORD", "a:b"}, {"DID", ""}, {"PIN", "1"}}),
            (Faults{"/credentials/DID required", "/credentials/PASSWORD bad_value", "/credentials/PIN unknown_field",
                    "/credentials/TRADING_PIN required", "/credentials/USERNAME bad_value"}));
}

TEST(CredentialsTest, EveryRequiredFieldOfEveryBrokerageIsDemandedByItsName) {
  for (const BrokerageInfo& brokerage : all_brokerages()) {
    Faults expected;
    for (const CredentialField& field : brokerage.fields) {
      if (!field.optional) expected.push_back("/credentials/" + std::string(field.name) + " required");
    }
    std::ranges::sort(expected);
    EXPECT_EQ(faults(brokerage.brokerage, {}), expected) << brokerage.name;
  }
}

TEST(CredentialsTest, AFaultPointsAtTheNameThatTheClientSent) {
  EXPECT_EQ(faults(Brokerage::fennel, {{"EMAIL", "me@example.com"}}), Faults{"/credentials/EMAIL bad_value"});
  EXPECT_EQ(faults(Brokerage::tradier, {{"ACCESS_TOKEN", "t"}, {"a/b~c", "x"}}),
            Faults{"/credentials/a~1b~0c unknown_field"});
}

TEST(CredentialsTest, NoFaultQuotesAValue) {
  for (const FieldError& fault : check(Brokerage::webull, {{"USERNAME", "+1hunter2"},
                                                           {"PASSWORD", "hunter2,"},
                                                           {"DID", " hunter2"},
                                                           {"TRADING_PIN", "hunter2:"},
                                                           {"EXTRA", "hunter2"}})
                                     .faults) {
    EXPECT_EQ((fault.pointer + fault.code + fault.detail).find("hunter2"), std::string::npos) << fault.detail;
  }
}

TEST(CredentialsTest, ASeparatorThatTheCliCannotEscapeIsRefused) {
  EXPECT_EQ(faults(Brokerage::tradier, {{"ACCESS_TOKEN", "a,b"}}), Faults{"/credentials/ACCESS_TOKEN bad_value"});
  EXPECT_EQ(faults(Brokerage::bbae, {{"USERNAME", "u:v"}, {"PASSWORD", "p,q"}}),
            (Faults{"/credentials/PASSWORD bad_value", "/credentials/USERNAME bad_value"}));
  for (const Brokerage single : {Brokerage::tradier, Brokerage::fennel, Brokerage::public_}) {
    EXPECT_EQ(faults(single, {{"ACCESS_TOKEN", "a:b"}}), Faults{}) << to_string(single);
  }
}

TEST(CredentialsTest, RefusesWhatPythonWouldStripOrALineCannotHold) {
  const std::vector<std::string> bad = {"",
                                        " t",
                                        "t ",
                                        "\tt",
                                        "t\n",
                                        "a\nb",
                                        "a\rb",
                                        "a\x1F"
                                        "b",
                                        "a\x7F"
                                        "b",
                                        "\xC2\xA0t",
                                        "t\xE3\x80\x80",
                                        "t\xE2\x80\xA8",
                                        "\xC2\x85t",
                                        std::string("a\0b", 3),
                                        "\xFF",
                                        "\xC0\xAF",
                                        "\xED\xA0\x80",
                                        "t\xE2\x80",
                                        std::string(4097, 't')};
  for (const std::string& text : bad) {
    EXPECT_EQ(faults(Brokerage::tradier, {{"ACCESS_TOKEN", text}}).size(), 1U) << testing::PrintToString(text);
  }
  for (const std::string& text : {std::string("a b"), std::string("p\xC3\xA4ss"), std::string("\xF0\x9F\x94\x91"),
                                  std::string("\"quoted\""), std::string("$(x)"), std::string(4096, 't')}) {
    EXPECT_EQ(faults(Brokerage::tradier, {{"ACCESS_TOKEN", text}}), Faults{}) << text;
  }
}

TEST(CredentialsTest, AnEmailIsNoToken) {
  for (const char* text : {"me@example.com", "Me.You+x@mail.example.org"}) {
    EXPECT_EQ(faults(Brokerage::fennel, {{"ACCESS_TOKEN", text}}).size(), 1U) << text;
    EXPECT_EQ(faults(Brokerage::public_, {{"ACCESS_TOKEN", text}}).size(), 1U) << text;
  }
  EXPECT_EQ(faults(Brokerage::public_, {{"ACCESS_TOKEN", "me@example.com:pw"}}).size(), 1U);
  EXPECT_EQ(faults(Brokerage::public_, {{"ACCESS_TOKEN", "secret:me@example.com"}}), Faults{});
  EXPECT_EQ(faults(Brokerage::fennel, {{"ACCESS_TOKEN", "a@b"}}), Faults{});
}

TEST(CredentialsTest, ThePhonesLastFourAreFourDigits) {
  for (const Brokerage brokerage : {Brokerage::chase, Brokerage::vanguard, Brokerage::wells_fargo}) {
    EXPECT_EQ(faults(brokerage, {{"USERNAME", "u"}, {"PASSWORD", "p"}, {"PHONE_LAST_FOUR", "0123"}}), Faults{});
    for (const char* text : {"123", "12345", "12a4", "-123"}) {
      EXPECT_EQ(faults(brokerage, {{"USERNAME", "u"}, {"PASSWORD", "p"}, {"PHONE_LAST_FOUR", text}}),
                Faults{"/credentials/PHONE_LAST_FOUR bad_value"})
          << text;
    }
  }
}

TEST(CredentialsTest, DebugIsABooleanAndKeptInLowerCase) {
  const auto with_debug = [](const char* debug) {
    return check(Brokerage::chase,
                 {{"USERNAME", "u"}, {"PASSWORD", "p"}, {"PHONE_LAST_FOUR", "0123"}, {"DEBUG", debug}});
  };
  EXPECT_EQ(value(with_debug("True"), "DEBUG"), "true");
  EXPECT_EQ(value(with_debug("FALSE"), "DEBUG"), "false");
  EXPECT_EQ(with_debug("yes").faults.size(), 1U);
}

TEST(CredentialsTest, FirstradesFourKindsOfOtp) {
  const auto count = [](const std::string& otp) {
    return faults(Brokerage::firstrade, {{"USERNAME", "u"}, {"PASSWORD", "p"}, {"OTP", otp}}).size();
  };
  for (const char* good : {"1234", "5551234567", "me@example.com", "JBSWY3DPEHPK3PXP"})
    EXPECT_EQ(count(good), 0U) << good;
  for (const char* bad :
       {"123", "12345", "555123456", "NA", "me@mail.example.com", "me@localhost", "@example.com", "JBSWY3DPEHPK3P"}) {
    EXPECT_EQ(count(bad), 1U) << bad;
  }
}

TEST(CredentialsTest, WebullsPhoneHasOneForm) {
  const auto count = [](const std::string& user) {
    return faults(Brokerage::webull, {{"USERNAME", user}, {"PASSWORD", "p"}, {"DID", "d"}, {"TRADING_PIN", "123456"}})
        .size();
  };
  EXPECT_EQ(count("+1-5551234567"), 0U);
  EXPECT_EQ(count("me@example.com"), 0U);
  for (const char* bad : {"+15551234567", "+1-555123456", "+1-555123456x", "+44-5551234567"})
    EXPECT_EQ(count(bad), 1U) << bad;
}

TEST(CredentialsTest, PapersSettingsHaveRanges) {
  EXPECT_EQ(faults(Brokerage::paper, {}), Faults{});
  EXPECT_EQ(faults(Brokerage::paper, {{"SUB_ACCOUNTS", "20"},
                                      {"CASH", "0.01"},
                                      {"FILL_DELAY_MS", "600000"},
                                      {"FAULT", "accept_then_hang"},
                                      {"FAULT_SUB_ACCOUNT", "20"},
                                      {"FAULT_SECONDS", "0"}}),
            Faults{});
  for (const auto& [field, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"SUB_ACCOUNTS", "0"},
                                                                  {"SUB_ACCOUNTS", "21"},
                                                                  {"SUB_ACCOUNTS", "1.0"},
                                                                  {"SUB_ACCOUNTS", ""},
                                                                  {"SUB_ACCOUNTS", "-1"},
                                                                  {"SUB_ACCOUNTS", "99999999999999999999"},
                                                                  {"CASH", "0"},
                                                                  {"CASH", "-5"},
                                                                  {"CASH", "1e5"},
                                                                  {"FILL_DELAY_MS", "600001"},
                                                                  {"FAULT", "sometimes"},
                                                                  {"FAULT", "Reject"},
                                                                  {"FAULT_SUB_ACCOUNT", "0"},
                                                                  {"FAULT_SUB_ACCOUNT", "2"},
                                                                  {"FAULT_SECONDS", "601"}}) {
    const auto found = faults(Brokerage::paper, {{field, text}});
    ASSERT_EQ(found.size(), 1U) << field << "=" << text;
    EXPECT_TRUE(found.front().starts_with(std::string("/credentials/") + field)) << found.front();
  }
}

TEST(LoginIdentityTest, IsTheUserNameInLowerCaseElseTheToken) {
  const auto identity = [](Brokerage brokerage, Pairs pairs) {
    return std::string(login_identity(brokerage, check(brokerage, pairs).credentials).reveal());
  };
  EXPECT_EQ(identity(Brokerage::robinhood, {{"USERNAME", "Me@Example.com"}, {"PASSWORD", "p"}}), "me@example.com");
  EXPECT_EQ(identity(Brokerage::tornado, {{"EMAIL", "Me@Example.com"}, {"PASSWORD", "p"}}), "me@example.com");
  EXPECT_EQ(identity(Brokerage::tradier, {{"ACCESS_TOKEN", "AbC"}}), "AbC");
  EXPECT_EQ(identity(Brokerage::fennel, {{"EMAIL", "AbC"}}), "AbC");
  EXPECT_EQ(identity(Brokerage::tastytrade, {{"USERNAME", "Client"}, {"PASSWORD", "Refresh"}}), "Client");
}

TEST(LoginIdentityTest, ANewPasswordIsTheSameLogin) {
  const auto first = check(Brokerage::bbae, {{"USERNAME", "u"}, {"PASSWORD", "one"}});
  const auto second = check(Brokerage::bbae, {{"USERNAME", "U"}, {"PASSWORD", "two"}});
  EXPECT_EQ(login_identity(Brokerage::bbae, first.credentials).reveal(),
            login_identity(Brokerage::bbae, second.credentials).reveal());
}

TEST(LoginIdentityTest, PaperHasNone) {
  EXPECT_TRUE(login_identity(Brokerage::paper, check(Brokerage::paper, {{"CASH", "5"}}).credentials).empty());
}

TEST(LoginIdentityTest, EveryOtherBrokerageHasOne) {
  for (const BrokerageInfo& brokerage : all_brokerages()) {
    if (brokerage.brokerage == Brokerage::paper) continue;
    Credentials credentials;
    for (const CredentialField& field : brokerage.fields) credentials.set(std::string(field.name), SecretString("x"));
    EXPECT_FALSE(login_identity(brokerage.brokerage, credentials).empty()) << brokerage.name;
  }
}

}  // namespace
}  // namespace tradeauto
