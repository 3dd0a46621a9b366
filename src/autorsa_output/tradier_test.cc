#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

const std::string kOpen = "Tradier 1: buying 1.0 of AAPL\n";
const std::string kOk1 = "Tradier account xxxxxx3001: buy 1.0 of AAPL: ok\n";
const std::string kOk2 = "Tradier account xxxxxx3002: buy 1.0 of AAPL: ok\n";
const std::string kNone1 = "Tradier account xxxxxx3001 Error: JSON response is None\n";
const std::string kNone2 = "Tradier account xxxxxx3002 Error: JSON response is None\n";
const std::string kNoAnswer2 =
    "Error making request to Tradier API /accounts/VA17773002/orders: Read timed out.\n"
    "Tradier account xxxxxx3002 Error: cannot access local variable 'response' where it is not associated with a "
    "value\n";

std::string read(const RunOutput& run) {
  const auto verdicts = read_run(run);
  EXPECT_EQ(broken_promise(run, verdicts), "");
  return shape(verdicts);
}

std::string read(const std::string& part) { return read(tradier_run(part)); }

TEST(TradierTest, OkIsSubmitted) {
  EXPECT_EQ(read(kOpen + kOk1 + kOk2), "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted");
}

TEST(TradierTest, AnotherStatusIsInDoubt) {
  EXPECT_EQ(read(kOpen + "Tradier account xxxxxx3001: buy 1.0 of AAPL: pending\n" + kOk2),
            "AAPL in_doubt [unknown_status]: xxxxxx3001 in_doubt, xxxxxx3002 submitted");
  EXPECT_EQ(read(kOpen + kOk1 + "Tradier account xxxxxx3002: buy 1.0 of AAPL: ok, more\n"),
            "AAPL in_doubt [unknown_status]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
  EXPECT_EQ(read(kOpen + kOk1 + "Tradier account xxxxxx3002: buy 1.0 of AAPL: ok \n"),
            "AAPL in_doubt [unknown_status]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
}

TEST(TradierTest, RefusalsByTheirCode) {
  for (const std::string code : {"400", "401", "403", "404", "429"}) {
    EXPECT_EQ(read(kOpen + tradier_failure("VA17773001", code, "no") + kNone1 + kOk2),
              "AAPL mixed: xxxxxx3001 rejected, xxxxxx3002 submitted")
        << code;
  }
  for (const std::string code : {"200", "500", "502", "503", "422", "4000", "40"}) {
    EXPECT_EQ(read(kOpen + tradier_failure("VA17773001", code, "no") + kNone1 + kOk2),
              "AAPL in_doubt [broker_error]: xxxxxx3001 in_doubt, xxxxxx3002 submitted")
        << code;
  }
}

TEST(TradierTest, BothRefusedIsRejected) {
  const std::string part =
      kOpen + tradier_failure("VA17773001", "400", "no") + kNone1 + tradier_failure("VA17773002", "403", "no") + kNone2;
  EXPECT_EQ(read(part), "AAPL rejected: xxxxxx3001 rejected, xxxxxx3002 rejected");
}

TEST(TradierTest, RefusalWithoutACodeIsInDoubt) {
  EXPECT_EQ(read(kOpen + "Error making request to Tradier API /accounts/VA17773001/orders: odd\n" + kNone1 + kOk2),
            "AAPL in_doubt [broker_error]: xxxxxx3001 in_doubt, xxxxxx3002 submitted");
}

TEST(TradierTest, OrderThatDidNotRoute) {
  const std::string begin =
      kOpen + kOk1 + "Tradier account xxxxxx3002 Error: This order did not route. JSON response: {\n";
  EXPECT_EQ(read(begin + "  \"errors\": {\n    \"error\": [\n      \"a\"\n    ]\n  }\n}\n"),
            "AAPL mixed: xxxxxx3001 submitted, xxxxxx3002 rejected");
  EXPECT_EQ(read(begin + "  \"order\": {\n    \"errors\": 1\n  }\n}\n"),
            "AAPL in_doubt [broker_error]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
  EXPECT_EQ(read(begin + "  \"errors\": 1,\n  \"order\": 2\n}\n"),
            "AAPL in_doubt [broker_error]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
  EXPECT_EQ(read(begin + "  \"errors\": 1\n"), "AAPL in_doubt [unreadable]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
}

TEST(TradierTest, FractionIsNotSent) {
  RunOutput run = tradier_run(
      "Tradier 1: buying 0.5 of AAPL\nTradier account xxxxxx3001 Error: Fractional share 0.5 not supported\n"
      "Tradier account xxxxxx3002 Error: Fractional share 0.5 not supported\n");
  run.quantity = Quantity(*Decimal::parse("0.5"));
  EXPECT_EQ(read(run), "AAPL denied [not_sent]: xxxxxx3001 not_sent, xxxxxx3002 not_sent");
  EXPECT_EQ(read(kOpen + kOk1 + "Tradier account xxxxxx3002 Error: Fractional share 0.5 not supported\n"),
            "AAPL in_doubt [mismatch]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
}

TEST(TradierTest, NoAnswerIsInDoubtAndThePreviousAnswerIsIgnored) {
  EXPECT_EQ(
      read(kOpen + kOk1 + kNoAnswer2 + "Traceback (most recent call last):\n  x\n\nJSON response: {\n  \"order\": {\n" +
           "    \"status\": \"ok\"\n  }\n}\n"),
      "AAPL in_doubt [no_answer]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
}

const std::string kNoAnswer1 =
    "Error making request to Tradier API /accounts/VA17773001/orders: Read timed out.\n"
    "Tradier account xxxxxx3001 Error: cannot access local variable 'response' where it is not associated with a "
    "value\n"
    "Traceback (most recent call last):\n  x\nTimeoutError\n\n";
const std::string kDeath =
    "Error with tradier: cannot access local variable 'json_response' where it is not associated with a value\n"
    "Self: \n   Action: buy\n\n";

RunOutput died(const std::string& part, const std::string& death) {
  RunOutput run = cut_tradier_run(part + death + "All commands complete in all brokers\n");
  run.symbols = {Symbol("AAPL"), Symbol("MSFT")};
  run.exit_code = 0;
  return run;
}

TEST(TradierTest, DeathAtTheFirstSubAccountLeavesTheRestUnsent) {
  EXPECT_EQ(read(died(kOpen + kNoAnswer1, kDeath)),
            "AAPL in_doubt [no_answer]: xxxxxx3001 in_doubt, xxxxxx3002 not_sent\n"
            "MSFT denied [broker_died]: xxxxxx3001 not_sent, xxxxxx3002 not_sent");
}

TEST(TradierTest, AnyOtherDeathProvesNothing) {
  for (const RunOutput& run : {died(kOpen + kOk1, kDeath), died(kOpen + kOk1 + kNoAnswer2, kDeath),
                               died(kOpen + kNoAnswer1, "Error with tradier: something else\nSelf: \n"),
                               died(kOpen + kNoAnswer1, kDeath + kOk2)}) {
    for (const SymbolVerdict& verdict : read_run(run)) {
      EXPECT_EQ(verdict.status, ChildOrderStatus::in_doubt);
      for (const ExecutionReport& report : verdict.executions) EXPECT_EQ(report.status, ExecutionStatus::in_doubt);
    }
  }
}

TEST(TradierTest, DeathInARunThatDidNotFinishProvesNothing) {
  RunOutput run = cut_tradier_run(kOpen + kNoAnswer1 + kDeath);
  EXPECT_EQ(read(run), "AAPL in_doubt [no_answer]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
}

TEST(TradierTest, RehearsalLines) {
  RunOutput run =
      tradier_run(kOpen +
                  "Tradier account xxxxxx3001: Running in DRY mode. Trasaction would've been: buy 1.0 of AAPL\n"
                  "Tradier account xxxxxx3002: Running in DRY mode. Trasaction would've been: buy 1.0 of AAPL\n");
  EXPECT_EQ(read(run), "AAPL in_doubt [dry_mismatch]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
  run.dry_run = true;
  EXPECT_EQ(read(run), "AAPL in_doubt [dry_mismatch]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
  run.out.replace(run.out.find("DRY: False"), 10, "DRY: True");
  EXPECT_EQ(read(run), "AAPL dry_run: xxxxxx3001 dry_run, xxxxxx3002 dry_run");
  run.dry_run = false;
  EXPECT_EQ(read(run), "AAPL denied [ran_dry]: xxxxxx3001 not_sent, xxxxxx3002 not_sent");
}

TEST(TradierTest, AnOrderInARehearsalIsInDoubt) {
  RunOutput run = tradier_run(kOpen + kOk1 + kOk2);
  run.out.replace(run.out.find("DRY: False"), 10, "DRY: True");
  run.dry_run = true;
  EXPECT_EQ(read(run), "AAPL in_doubt [dry_mismatch]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
}

TEST(TradierTest, ARehearsalCutShortIsNotSent) {
  RunOutput run = cut_tradier_run(kOpen);
  run.out.replace(run.out.find("DRY: False"), 10, "DRY: True");
  run.dry_run = true;
  EXPECT_EQ(read(run), "AAPL denied [run_not_finished]: xxxxxx3001 not_sent, xxxxxx3002 not_sent");
}

TEST(TradierTest, ALineForAnotherOrderIsInDoubt) {
  for (const std::string words : {"sell 1.0 of AAPL", "buy 2.0 of AAPL", "buy 1.0 of MSFT", "buy 1e400 of AAPL"}) {
    EXPECT_EQ(read(kOpen + kOk1 + "Tradier account xxxxxx3002: " + words + ": ok\n"),
              "AAPL in_doubt [mismatch]: xxxxxx3001 submitted, xxxxxx3002 in_doubt")
        << words;
  }
  for (const std::string words : {"selling 1.0 of AAPL", "buying 2.0 of AAPL"}) {
    EXPECT_EQ(read("Tradier 1: " + words + "\n" + kOk1 + kOk2),
              "AAPL in_doubt [mismatch]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt")
        << words;
  }
  EXPECT_EQ(read("Tradier 1: buying 1.0 of MSFT\n" + kOk1 + kOk2),
            "AAPL in_doubt [unreadable]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
}

TEST(TradierTest, QuantitiesAreTheSameNumberHoweverWritten) {
  EXPECT_EQ(read("Tradier 1: buying 1 of AAPL\nTradier account xxxxxx3001: buy 1e0 of AAPL: ok\n"
                 "Tradier account xxxxxx3002: buy 10e-1 of AAPL: ok\n"),
            "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted");
}

TEST(TradierTest, LookalikesMustAgree) {
  const std::vector<std::string> same{"xxxxxx3001", "xxxxxx3001"};
  EXPECT_EQ(read(tradier_run(kOpen + kOk1 + kOk1, same)), "AAPL submitted: xxxxxx3001 submitted, xxxxxx3001 submitted");
  EXPECT_EQ(read(tradier_run(kOpen + tradier_failure("VA17773001", "400", "no") + kNone1 + kOk1, same)),
            "AAPL in_doubt [ambiguous_account]: xxxxxx3001 in_doubt, xxxxxx3001 in_doubt");
  EXPECT_EQ(read(cut_tradier_run(kOpen + kOk1, same)),
            "AAPL in_doubt [ambiguous_account]: xxxxxx3001 in_doubt, xxxxxx3001 in_doubt");
}

TEST(TradierTest, AnswersInAnotherOrderOrTooFewOrTooMany) {
  const std::string doubt = "AAPL in_doubt [unreadable]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt";
  EXPECT_EQ(read(kOpen + kOk2 + kOk1), doubt);
  EXPECT_EQ(read(kOpen + kOk1), doubt);
  EXPECT_EQ(read(kOpen + kOk1 + kOk2 + kOk2), doubt);
  EXPECT_EQ(read(kOk1 + kOk2), doubt);
  EXPECT_EQ(read(kOpen + kOk1 + "an unknown line\n" + kOk2), doubt);
  EXPECT_EQ(read(""), "AAPL in_doubt [no_line]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
}

TEST(TradierTest, KilledRunKeepsWhatWasAnswered) {
  EXPECT_EQ(read(cut_tradier_run(kOpen + kOk1)),
            "AAPL in_doubt [run_not_finished]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
  EXPECT_EQ(read(cut_tradier_run(kOpen + kOk1 + kOk2)), "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted");
  EXPECT_EQ(read(cut_tradier_run(kOpen + kOk1 + kOk2.substr(0, kOk2.size() - 1))),
            "AAPL in_doubt [run_not_finished]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
  RunOutput run = cut_tradier_run(kOpen + kOk1);
  run.truncated = true;
  EXPECT_EQ(read(run), "AAPL in_doubt [output_truncated]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
}

// A text could imitate the run's end, and the kill come right after it.
TEST(TradierTest, WithoutAnExitCodeNothingAfterAForeignTextIsProven) {
  RunOutput run = tradier_run(kOpen + kOk1 + tradier_failure("VA17773002", "400", "no") + kNone2);
  EXPECT_EQ(read(run), "AAPL mixed: xxxxxx3001 submitted, xxxxxx3002 rejected");
  run.exit_code.reset();
  EXPECT_EQ(read(run), "AAPL in_doubt [run_not_finished]: xxxxxx3001 submitted, xxxxxx3002 in_doubt");
}

TEST(TradierTest, KilledBeforeTheLogIn) {
  RunOutput run = cut_tradier_run("");
  run.out = run.out.substr(0, run.out.find("Logging in"));
  EXPECT_EQ(read(run), "AAPL denied [not_started]");
  run.truncated = true;
  EXPECT_EQ(read(run), "AAPL in_doubt [output_truncated]");
  run.truncated = false;
  run.exit_code = 0;
  EXPECT_EQ(read(run), "AAPL in_doubt [run_not_finished]");
  run.exit_code = 137;
  EXPECT_EQ(read(run), "AAPL denied [not_started]");
  run.out += "Logging in to Tradier...\n";
  EXPECT_EQ(read(run), "AAPL in_doubt [run_not_finished]");
}

TEST(TradierTest, KilledWithoutOutput) {
  RunOutput run = with_text(tradier_run(""), "");
  run.exit_code.reset();
  EXPECT_EQ(read(run), "AAPL in_doubt [no_output]");
  run.unbuffered = true;
  EXPECT_EQ(read(run), "AAPL denied [not_started]");
  run.exit_code = 0;
  EXPECT_EQ(read(run), "AAPL in_doubt [no_output]");
  run.exit_code = 1;
  run.unbuffered = false;
  EXPECT_EQ(read(run), "AAPL denied [not_started]");
}

// After the enter key a buffered pipe shows nothing more.
TEST(TradierTest, KilledAfterTheQuestionForTheEnterKey) {
  RunOutput run = sample("grammar-no-danger").run;
  run.exit_code = 137;
  EXPECT_EQ(read(run), "AAPL in_doubt [run_not_finished]");
  run.unbuffered = true;
  EXPECT_EQ(read(run), "AAPL denied [not_started]");
}

TEST(TradierTest, TheHeaderCanTellOfAnotherVersion) {
  RunOutput run = tradier_run(kOpen + kOk1 + kOk2);
  run.out.replace(run.out.find("2.2.0"), 5, "2.3.0");
  EXPECT_EQ(read(run), "AAPL in_doubt [untrusted_version]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
}

TEST(TradierTest, WithoutTheDryLineNothingIsProven) {
  RunOutput run = tradier_run(kOpen + kOk1 + kOk2);
  run.out.replace(run.out.find("DRY: False"), 10, "DRY: Maybe");
  EXPECT_EQ(read(run), "AAPL in_doubt [unreadable]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt");
}

TEST(TradierTest, ListingThatDisagreesWithItself) {
  RunOutput run = tradier_run(kOpen + kOk1 + kOk2);
  run.out.replace(run.out.find("found: 2"), 8, "found: 3");
  EXPECT_EQ(read(run), "AAPL in_doubt [unreadable]");
}

TEST(TradierTest, InactiveAccountsAreNoSubAccounts) {
  RunOutput run = tradier_run(kOpen + kOk1 + kOk2);
  run.out.replace(run.out.find("found: 2"), 8, "found: 3");
  run.out.insert(run.out.find("Logged in to"), "Ignoring xxxxxx3003: closed\n");
  EXPECT_EQ(read(run), "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted");
  EXPECT_EQ(read(tradier_run(kOpen, {})), "AAPL denied [no_sub_accounts]");
  EXPECT_EQ(read(cut_tradier_run(kOpen, {})), "AAPL in_doubt [no_line]");
}

}  // namespace
}  // namespace tradeauto
