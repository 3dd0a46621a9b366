#include "domain/names.h"

#include <string>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

TEST(NamesTest, TakesNamesOfTheGrammar) {
  for (const std::string& name :
       {std::string("a"), std::string("a b"), std::string("x.y_z@host-1"), std::string(64, 'n')}) {
    EXPECT_TRUE(parse_group_name(name).ok()) << name;
    EXPECT_TRUE(parse_account_name(name).ok()) << name;
    EXPECT_TRUE(parse_worker_name(name).ok()) << name;
  }
}

TEST(NamesTest, RefusesOtherNamesAndSaysWhatIsAllowed) {
  for (const std::string& name :
       {std::string(), std::string(" a"), std::string("a "), std::string("a/b"), std::string("a\nb"),
        std::string("a\0b", 3), std::string("gr\xC3\xBCn"), std::string("a;b"), std::string(65, 'n')}) {
    const auto parsed = parse_group_name(name);
    ASSERT_FALSE(parsed.ok()) << name;
    EXPECT_EQ(parsed.error().reason, "bad_name");
    EXPECT_NE(parsed.error().message.find("1 to 64"), std::string::npos);
  }
}

TEST(NamesTest, ASymbolBecomesUpperCase) {
  EXPECT_EQ(parse_symbol("brk.b")->str(), "BRK.B");
  EXPECT_EQ(parse_symbol("BTC/usd")->str(), "BTC/USD");
  EXPECT_EQ(parse_symbol("9618-HK")->str(), "9618-HK");
}

TEST(NamesTest, RefusesWhatIsNoSymbol) {
  for (const std::string& text :
       {std::string(), std::string(".A"), std::string("-A"), std::string("/A"), std::string("A B"), std::string("A,B"),
        std::string("A;B"), std::string("A\n"), std::string("\xC3\x84"), std::string(17, 'A')}) {
    const auto parsed = parse_symbol(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().reason, "bad_symbol");
  }
  EXPECT_TRUE(parse_symbol(std::string(16, 'A')).ok());
}

TEST(NamesTest, AClientOrderIdIsPrintableAscii) {
  EXPECT_EQ(parse_client_order_id("2026-01-02/rsa#1")->str(), "2026-01-02/rsa#1");
  EXPECT_TRUE(parse_client_order_id(std::string(64, '~')).ok());
  for (const std::string& text : {std::string(), std::string("a b"), std::string("a\t"), std::string("\x7F"),
                                  std::string("\xC3\xA9"), std::string(65, 'a')}) {
    const auto parsed = parse_client_order_id(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().reason, "bad_client_order_id");
  }
}

TEST(NamesTest, AnAccountIsNamedByGroupAndName) {
  const auto ref = parse_account_ref("family/mom");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->group, GroupName("family"));
  EXPECT_EQ(ref->account, AccountName("mom"));
  for (const char* text : {"", "family", "/mom", "family/", "family/mom/ira"}) {
    EXPECT_FALSE(parse_account_ref(text).ok()) << text;
  }
}

TEST(NamesTest, AnEpochOfANewIncarnationIsAboveEveryOlderOne) {
  EXPECT_LT((Epoch{.incarnation = 1, .counter = 900}), (Epoch{.incarnation = 2, .counter = 1}));
  EXPECT_LT((Epoch{.incarnation = 2, .counter = 1}), (Epoch{.incarnation = 2, .counter = 2}));
}

}  // namespace
}  // namespace tradeauto
