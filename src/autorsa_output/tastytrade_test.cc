// The texts are made of the tool's own lines, for answers that were never captured.
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

const std::string kOpen = "Tastytrade 1: buying 1.0 of AAPL\n";
const std::string kOk1 = "Tastytrade 1 xxxxxxx9001: buy 1.0 of AAPL Order: 1001 Status: Routed\n";
const std::string kOk2 = "Tastytrade 1 xxxxxxx9002: buy 1.0 of AAPL Order: 1002 Status: Received\n";
const std::string kNo1 = "Tastytrade 1 xxxxxxx9001: Error placing order: margin_check_failed: no\n\n";
const std::string kNo2 = "Tastytrade 1 xxxxxxx9002: Error placing order: margin_check_failed: no\n\n";

RunOutput with_part(const std::string& part) {
  RunOutput run = sample("tastytrade-buy-ok").run;
  const auto begin = run.out.rfind("=\n") + 2;
  const auto end = run.out.find("All Tastytrade ", begin);
  run.out.replace(begin, end - begin, part);
  return run;
}

std::string read(const RunOutput& run) {
  const auto verdicts = read_run(run);
  EXPECT_EQ(broken_promise(run, verdicts), "");
  return shape(verdicts);
}

std::string read(const std::string& part) { return read(with_part(part)); }

TEST(TastytradeTest, TakenIsSubmitted) {
  EXPECT_EQ(read(kOpen + kOk1 + kOk2), "AAPL submitted: xxxxxxx9001 submitted, xxxxxxx9002 submitted");
  // A sub-account without a line is one whose order was taken.
  EXPECT_EQ(read(kOpen + kOk2), "AAPL submitted: xxxxxxx9002 submitted");
  EXPECT_EQ(read(kOpen + kOk1 + kNo2), "AAPL mixed: xxxxxxx9001 submitted, xxxxxxx9002 rejected");
}

// The one that printed nothing would trade again.
TEST(TastytradeTest, RefusalsAloneAreInDoubt) {
  EXPECT_EQ(read(kOpen + kNo1), "AAPL in_doubt [unlisted]: xxxxxxx9001 in_doubt");
  EXPECT_EQ(read(kOpen), "AAPL in_doubt [unproven]");
  const auto verdicts = read_run(with_part(kOpen + kNo1));
  EXPECT_EQ(verdicts.at(0).executions.at(0).message, "margin_check_failed: no");
}

TEST(TastytradeTest, WhatStandsAfterATextIsInDoubt) {
  EXPECT_EQ(read(kOpen + kNo1 + kOk2), "AAPL in_doubt [unproven]: xxxxxxx9001 rejected, xxxxxxx9002 in_doubt");
  EXPECT_EQ(read(kOpen + kNo1 + kNo2), "AAPL in_doubt [unproven]: xxxxxxx9001 rejected, xxxxxxx9002 in_doubt");
  EXPECT_EQ(read(kOpen + kNo1 + "other: reason\n" + kOk2),
            "AAPL in_doubt [unproven]: xxxxxxx9001 rejected, xxxxxxx9002 in_doubt");
}

TEST(TastytradeTest, OnlyTheBrokersRefusalIsOne) {
  for (const std::string text : {"http_500: no", "", "Couldn't parse response: x", "internal_server_error: x",
                                 "margin_check_failed", "margin_check_failed:x"}) {
    EXPECT_EQ(read(kOpen + kOk1 + "Tastytrade 1 xxxxxxx9002: Error placing order: " + text + "\n"),
              "AAPL in_doubt [broker_error]: xxxxxxx9001 submitted, xxxxxxx9002 in_doubt")
        << text;
  }
}

TEST(TastytradeTest, AnyOtherLineLeavesAllInDoubt) {
  for (const std::string& part :
       {kOk1 + kOk2, kOpen + kOk1 + "odd\n", kOpen + kOk1 + "Tastytrade 1 xxxxxxx9002: Error: not_found: /x\n",
        kOpen + "Tastytrade 2 xxxxxxx9001: buy 1.0 of AAPL Order: 1 Status: Routed\n", kOpen + kOk1 + kOpen + kOk2,
        kOpen + kOk1 + "Tastytrade 1 xxxxxxx9002: buy 1.0 of AAPL Order: 1 Status: Live\n",
        kOpen + "Tastytrade 1 xxxxxxx9002: buy 2.0 of AAPL Order: 1 Status: Routed\n",
        "Tastytrade 2: buying 1.0 of AAPL\n" + kOk1}) {
    EXPECT_EQ(read(part), "AAPL in_doubt [unproven]") << part;
  }
  EXPECT_EQ(read(kOpen + "Tastytrade 1 xxxxxxx9001 Error: Rejected Trying Limit order...\n" + kOk1),
            "AAPL in_doubt [second_order]");
}

TEST(TastytradeTest, TheEndOfTheRunIsNeeded) {
  const RunOutput whole = with_part(kOpen + kOk1 + kOk2);
  for (const std::string& prefix : prefixes(whole.out)) {
    if (prefix.find("All commands complete") != std::string::npos) continue;
    const auto verdicts = read_run(with_text(whole, prefix));
    EXPECT_EQ(verdicts.at(0).status, ChildOrderStatus::in_doubt) << prefix << shape(verdicts);
  }
  RunOutput killed = whole;
  killed.exit_code.reset();
  EXPECT_EQ(read(killed), "AAPL in_doubt [unproven]");
}

}  // namespace
}  // namespace tradeauto
