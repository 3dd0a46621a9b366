#include "app/import_legacy.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>

namespace tradeauto {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using Fields = std::map<std::string, std::string>;

LegacyRedisAccount account(const std::string& brokerage, const Fields& details, const std::string& status = "1") {
  LegacyRedisAccount made;
  made.groups = {"family"};
  made.state = {{"account_name", "mom"}, {"brokerage", brokerage}, {"status", status}};
  for (const auto& [name, value] : details) made.details.set(name, SecretString(value));
  return made;
}

ImportAccount only(LegacyRedisAccount made, const std::string& name = "mom") {
  LegacyRedisContents contents;
  contents.accounts.emplace(name, std::move(made));
  const ImportContents out = import_of_legacy(std::move(contents));
  EXPECT_EQ(out.accounts.size(), 1U);
  return out.accounts.at(0);
}

Fields fields(const ImportAccount& account) {
  Fields out;
  for (const auto& [name, value] : account.credentials) out.emplace(name, value.reveal());
  return out;
}

TEST(ImportLegacyTest, TheNumberIsTheBrokerageAndOldNamesBecomeOurs) {
  const ImportAccount mom = only(account("11", {{"ACCESS_TOKEN", "t"}}));
  EXPECT_EQ(mom.origin, "Account:mom");
  EXPECT_EQ(mom.group, "family");
  EXPECT_EQ(mom.brokerage, "Tradier");
  EXPECT_TRUE(mom.enabled);
  EXPECT_TRUE(mom.left.empty());
  EXPECT_THAT(fields(only(account("12", {{"USERNAME", "s"}, {"PASSWORD", "r"}}))),
              ElementsAre(Pair("CLIENT_SECRET", "s"), Pair("REFRESH_TOKEN", "r")));
  EXPECT_THAT(fields(only(account("6", {{"USERNAME", "u"}, {"PASSWORD", "s"}}))),
              ElementsAre(Pair("ACCESS_TOKEN", "s")));
}

TEST(ImportLegacyTest, FieldsThatTheOriginalStoredAndNeverSentAreLeftOut) {
  EXPECT_THAT(fields(only(account("11", {{"ACCESS_TOKEN", "t"}, {"EMAIL", "e"}, {"OTP", ""}}))),
              ElementsAre(Pair("ACCESS_TOKEN", "t")));
}

TEST(ImportLegacyTest, OnlyWhatWasActiveThereIsEnabled) {
  const ImportAccount off = only(account("11", {{"ACCESS_TOKEN", "t"}}, "0"));
  EXPECT_FALSE(off.enabled);
  EXPECT_TRUE(off.left.empty());
  EXPECT_THAT(off.detail, HasSubstr("status"));
  EXPECT_FALSE(only(account("11", {{"ACCESS_TOKEN", "t"}}, "True")).enabled);
}

TEST(ImportLegacyTest, WhatIsMissingOrCannotBeIsNamedAndNeverQuoted) {
  EXPECT_EQ(only(account("11", {})).left, "no_credentials");
  EXPECT_EQ(only(account("11", {{"PASSWORD", "hidden"}})).left, "missing_field");
  for (const char* number : {"", "16", "-1", "1x", "Tradier", "99999999999"}) {
    EXPECT_EQ(only(account(number, {{"ACCESS_TOKEN", "t"}})).left, "unknown_brokerage") << number;
  }
  const ImportAccount fennel = only(account("3", {{"EMAIL", "hidden@example.com"}}));
  EXPECT_EQ(fennel.left, "bad_credentials");
  EXPECT_THAT(fennel.detail, HasSubstr("ACCESS_TOKEN"));
  EXPECT_THAT(fennel.detail, Not(HasSubstr("hidden")));
  EXPECT_EQ(only(account("0", {{"USERNAME", "u"}, {"PASSWORD", "a:b"}})).left, "bad_credentials");
  EXPECT_EQ(only(account("0", {{"USERNAME", "u"}, {"PASSWORD", "\xFF"}})).left, "bad_credentials");
}

TEST(ImportLegacyTest, NamesThatOursCannotBeAreLeft) {
  for (const std::string name : {"", "a/b", " mom", "m\xC3\xB6m", "\xFF"}) {
    EXPECT_EQ(only(account("11", {{"ACCESS_TOKEN", "t"}}), name).left, "bad_name") << name;
  }
  LegacyRedisAccount odd = account("11", {{"ACCESS_TOKEN", "t"}});
  odd.groups = {"a:b"};
  EXPECT_EQ(only(std::move(odd)).left, "bad_name");
}

TEST(ImportLegacyTest, BrokenKeysAreLeftOneByOne) {
  LegacyRedisAccount nowhere = account("11", {{"ACCESS_TOKEN", "t"}});
  nowhere.groups.clear();
  EXPECT_EQ(only(std::move(nowhere)).left, "no_group");
  LegacyRedisAccount stateless = account("11", {{"ACCESS_TOKEN", "t"}});
  stateless.state.clear();
  EXPECT_EQ(only(std::move(stateless)).left, "no_account");
  LegacyRedisAccount faulty = account("11", {});
  faulty.faults.push_back({.key = "Account:Details:mom", .why = "is no hash"});
  EXPECT_EQ(only(std::move(faulty)).detail, "Account:Details:mom is no hash");

  LegacyRedisContents contents;
  contents.faults.push_back({.key = "Group:odd", .why = "is no set of account names"});
  contents.accounts.emplace("mom", account("11", {{"ACCESS_TOKEN", "t"}}));
  const ImportContents out = import_of_legacy(std::move(contents));
  ASSERT_EQ(out.accounts.size(), 2U);
  EXPECT_EQ(out.accounts[0].left, "unreadable_key");
  EXPECT_TRUE(out.accounts[1].left.empty());
}

TEST(ImportLegacyTest, AnAccountOfTwoGroupsIsTakenInOne) {
  LegacyRedisAccount both = account("11", {{"ACCESS_TOKEN", "t"}});
  both.groups = {"a", "b"};
  LegacyRedisContents contents;
  contents.accounts.emplace("mom", std::move(both));
  const ImportContents out = import_of_legacy(std::move(contents));
  ASSERT_EQ(out.accounts.size(), 2U);
  EXPECT_TRUE(out.accounts[0].left.empty());
  EXPECT_EQ(out.accounts[1].left, "same_login");
}

}  // namespace
}  // namespace tradeauto
