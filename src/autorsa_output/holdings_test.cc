#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

const AccountRef kAccount{GroupName("main"), AccountName("mine")};

// "complete|xxxx1: AAPL 1 @ 190, MSFT 2 @ 410; xxxx2:|cash xxxx1 10000"
std::string shape(const HoldingsReport& report) {
  std::string text = report.complete ? "complete|" : "incomplete|";
  std::string_view between;
  for (const std::string& account : report.sub_accounts) {
    text += fmt::format("{}{}:", between, account);
    between = "; ";
    for (const Holding& holding : report.holdings) {
      if (holding.sub_account != account) continue;
      text += fmt::format(" {} {}", holding.symbol.str(), holding.quantity.to_string());
      if (holding.price) text += fmt::format(" @ {}", holding.price->to_string());
    }
  }
  for (const auto& [account, money] : report.cash) text += fmt::format("|{} has {}", account, money.to_string());
  return text;
}

std::string read(const std::string& name) {
  const HoldingsReport report = read_holdings(kAccount, sample(name).run);
  EXPECT_EQ(report.account, kAccount);
  EXPECT_EQ(report.complete, report.message.empty()) << report.message;
  return shape(report);
}

TEST(HoldingsTest, OfEachBrokerageThatWasCaptured) {
  EXPECT_EQ(read("tradier-holdings-ok"), "complete|xxxxxx3001: AAPL 1 @ 190 MSFT 2 @ 410; xxxxxx3002:");
  EXPECT_EQ(read("version-500"), "complete|xxxxxx3001: AAPL 1 @ 190 MSFT 2 @ 410; xxxxxx3002:");
  EXPECT_EQ(read("tradier-holdings-one-position"), "complete|xxxxxxx1234: AAPL 3 @ 190");
  EXPECT_EQ(read("bbae-holdings-ok"),
            "complete|xxxx3001: AAPL 1 @ 190 MSFT 2 @ 410; xxxx7001: AAPL 1 @ 190 MSFT 2 @ 410");
  EXPECT_EQ(read("bbae-login-otp-ok"), "complete|xxxx6001: AAPL 1 @ 190 MSFT 2 @ 410");
  EXPECT_EQ(
      read("public-holdings-ok"),
      "complete|xxxxxxx3001: AAPL 1 @ 190 MSFT 2 @ 410; xxxxxxx3002:|xxxxxxx3001 has 10000|xxxxxxx3002 has 10000");
  EXPECT_EQ(read("robinhood-holdings-two-runs.run2"),
            "complete|xxxx8001: AAPL 1 @ 190 MSFT 2 @ 410; xxxx8002:|xxxx8001 has 10000|xxxx8002 has 10000");
  EXPECT_EQ(read("shim-firstrade-login-email-otp"), "complete|xxxx5001: AAPL 1 @ 190 MSFT 2 @ 410; xxxx5002:");
}

TEST(HoldingsTest, FennelPrintsTheValueForThePrice) {
  EXPECT_EQ(read("fennel-holdings-ok"),
            "complete|Account 1: AAPL 1 MSFT 2; Account 2:|Account 1 has 10000|Account 2 has 10000");
}

TEST(HoldingsTest, WebullsNoHoldingsIsNoProof) {
  EXPECT_EQ(read("webull-holdings-ok"), "incomplete|xxxxxxx7001: AAPL 1 @ 190 MSFT 2 @ 410; xxxxxxx7002:");
}

TEST(HoldingsTest, FailedRunsAreIncomplete) {
  EXPECT_EQ(read("firstrade-holdings-ok"), "incomplete|");
  EXPECT_EQ(read("grammar-holdings-only"), "incomplete|");
  EXPECT_EQ(read("version-garbage"), "incomplete|");
  EXPECT_EQ(read("mixed-fast-holdings-none"), "incomplete|xxxxxx3001: AAPL 1 @ 190 MSFT 2 @ 410; xxxxxx3002:");
}

TEST(HoldingsTest, AnErrorLineMakesThemIncompleteAndIsToldWithoutTheNumber) {
  RunOutput run = sample("tradier-holdings-ok").run;
  run.out.insert(run.out.find("\n\n=====") + 1,
                 "Error making request to Tradier API /accounts/VA17773001/positions: no\n");
  HoldingsReport report = read_holdings(kAccount, run);
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(report.message, "Error making request to Tradier API /accounts/xxxxxx3001/positions: no");
  EXPECT_EQ(report.sub_accounts.size(), 2U);

  for (const std::string line : {"Tradier 1: Error getting holdings: no\n",
                                 "Firstrade 1 78815001: Error getting holdings: no\n", "surprise\n"}) {
    run = sample("tradier-holdings-ok").run;
    run.out.insert(run.out.find("AAPL: 1.0"), line);
    EXPECT_FALSE(read_holdings(kAccount, run).complete) << line;
  }
}

TEST(HoldingsTest, NoPrefixIsComplete) {
  for (const Sample& sample : all_samples()) {
    if (!sample.holdings) continue;
    for (const std::string& text : prefixes(sample.run.out)) {
      if (text.find("All commands complete in all brokers") != std::string::npos) continue;
      EXPECT_FALSE(read_holdings(kAccount, with_text(sample.run, text)).complete) << sample;
    }
  }
}

TEST(HoldingsTest, WhatIsCutOrUntrustedIsIncomplete) {
  RunOutput run = sample("tradier-holdings-ok").run;
  run.truncated = true;
  EXPECT_FALSE(read_holdings(kAccount, run).complete);
  run.truncated = false;
  run.trusted_version = false;
  EXPECT_FALSE(read_holdings(kAccount, run).complete);
  run.trusted_version = true;
  EXPECT_TRUE(read_holdings(kAccount, run).complete);
  run.err = "Traceback (most recent call last):\n";
  EXPECT_FALSE(read_holdings(kAccount, run).complete);
}

TEST(HoldingsTest, AnAccountThatTheLogInListedMustHaveItsPart) {
  RunOutput run = sample("tradier-holdings-ok").run;
  const auto begin = run.out.find("Tradier 1 (xxxxxx3002)");
  run.out.erase(begin, run.out.find("====", begin) - begin);
  const HoldingsReport report = read_holdings(kAccount, run);
  EXPECT_EQ(shape(report), "incomplete|xxxxxx3001: AAPL 1 @ 190 MSFT 2 @ 410");
}

TEST(HoldingsTest, LinesThatAreNotUnderstood) {
  for (const std::string line : {"AAPL: 1.0 @ $190.00 = $", "AAPL: nan @ $190.00 = $190.00", "AAPL: 1.0 @ $- = $190.00",
                                 "APPLE INC: 1.0 @ $190.00 = $190.00", "No holdings in Account"}) {
    RunOutput run = sample("tradier-holdings-ok").run;
    const std::string old = "MSFT: 2.0 @ $410.00 = $820.00";
    run.out.replace(run.out.find(old), old.size(), line);
    EXPECT_FALSE(read_holdings(kAccount, run).complete) << line;
  }
}

}  // namespace
}  // namespace tradeauto
