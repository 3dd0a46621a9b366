#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

RunOutput replaced(RunOutput run, const std::string& from, const std::string& to) {
  const auto at = run.out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) run.out.replace(at, from.size(), to);
  return run;
}

std::string read(const RunOutput& run) {
  const auto verdicts = read_run(run);
  EXPECT_EQ(broken_promise(run, verdicts), "");
  return shape(verdicts);
}

TEST(CautiousTest, OneLineThatIsNotUnsentLeavesAllInDoubt) {
  const RunOutput run = sample("bbae-buy-ok").run;
  EXPECT_EQ(read(replaced(run, "xxxx7001: execute_buy called without validation_response.", "xxxx7001: Order placed.")),
            "AAPL in_doubt [unproven]");
  EXPECT_EQ(read(replaced(run, "Buy 1.0 of AAPL in xxxx7001", "Sell 1.0 of AAPL in xxxx7001")),
            "AAPL in_doubt [unproven]");
  EXPECT_EQ(read(replaced(run, "Buy 1.0 of AAPL in xxxx7001", "Buy 2.0 of AAPL in xxxx7001")),
            "AAPL in_doubt [unproven]");
  EXPECT_EQ(read(replaced(run, "BBAE 2: buying 1.0", "BBAE 2: buying 2.0")), "AAPL in_doubt [unproven]");
  EXPECT_EQ(
      read(replaced(run, "BBAE 2: Buy 1.0 of AAPL in xxxx7001: execute_buy called without validation_response.\n", "")),
      "AAPL in_doubt [unproven]");
}

TEST(CautiousTest, UnsentNeedsTheEndOfTheRun) {
  EXPECT_EQ(read(replaced(sample("bbae-buy-ok").run, "All commands complete in all brokers\n", "")),
            "AAPL in_doubt [run_not_finished]");
  EXPECT_EQ(read(replaced(sample("bbae-buy-ok").run, "All Bbae transactions complete\n", "")),
            "AAPL in_doubt [unproven]");
  RunOutput run = sample("bbae-buy-ok").run;
  run.truncated = true;
  EXPECT_EQ(read(run), "AAPL in_doubt [output_truncated]");
}

TEST(CautiousTest, AnotherBrokeragesFailureProvesNothing) {
  RunOutput run = sample("browser-tornado").run;
  run.brokerage = Brokerage::chase;
  run.dry_run = false;
  run.out.replace(run.out.find("DRY: True"), 9, "DRY: False");
  EXPECT_EQ(read(run), "AAPL in_doubt [unproven]");
}

TEST(CautiousTest, ALineAboutAnAccountBeforeAnyBarIsADoubt) {
  RunOutput run = sample("browser-chase").run;
  run.dry_run = false;
  run.out.replace(run.out.find("DRY: True"), 9, "DRY: False");
  EXPECT_EQ(read(run), "AAPL denied [login_failed]");
  run.out.insert(run.out.find("Error logging in"), "Chase 1 account 1234: The order was successful\n");
  EXPECT_EQ(read(run), "AAPL in_doubt [unproven]");
}

TEST(CautiousTest, ARehearsalThatDidNotFinishIsNotSent) {
  EXPECT_EQ(read(replaced(sample("dspac-buy-dry").run, "All commands complete in all brokers\n", "")),
            "AAPL denied [run_not_finished]");
  RunOutput run = sample("tastytrade-buy-dry").run;
  run.truncated = true;
  EXPECT_EQ(read(run), "AAPL denied [output_truncated]");
}

}  // namespace
}  // namespace tradeauto
