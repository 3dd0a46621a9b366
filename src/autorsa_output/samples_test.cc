#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

TEST(SamplesTest, EveryVerdictIsTheTruthOrInDoubt) {
  for (const Sample& sample : all_samples()) {
    const auto verdicts = read_run(sample.run);
    EXPECT_EQ(contradiction(verdicts, sample.truth), "") << sample << "\n" << shape(verdicts);
    EXPECT_EQ(broken_promise(sample.run, verdicts), "") << sample;
  }
}

// `run` is a sample whose text was cut, and perhaps its exit code lost.
void expect_no_more_than(const Sample& sample, const RunOutput& run) {
  const auto verdicts = read_run(run);
  EXPECT_EQ(broken_promise(run, verdicts), "") << sample;
  if (!verdicts.empty() && verdicts.front().reason == "not_started") {
    // Ended before the log-in: the rest of the sample never happened.
    EXPECT_FALSE(logged_in(run.out)) << sample;
    EXPECT_FALSE(run.truncated) << sample;
    return;
  }
  EXPECT_EQ(contradiction(verdicts, sample.truth), "") << sample << "\n" << run.out << "\n" << shape(verdicts);
  for (const SymbolVerdict& verdict : verdicts) {
    if (!run.truncated || run.dry_run || verdict.status != ChildOrderStatus::denied) continue;
    EXPECT_TRUE(verdict.reason == "not_sent" || verdict.reason == "ran_dry") << sample << "\n" << shape(verdicts);
  }
}

// Wherever the text ends, and whatever the exit code: less text proves less, never something else.
TEST(SamplesTest, NoPrefixProvesMoreThanTheTruth) {
  for (const Sample& sample : all_samples()) {
    for (const std::string& text : prefixes(sample.run.out)) {
      RunOutput run = with_text(sample.run, text);
      run.unbuffered = false;
      for (const std::optional<int> code : {std::optional<int>(), std::optional<int>(0), std::optional<int>(130)}) {
        run.exit_code = code;
        expect_no_more_than(sample, run);
      }
      run.truncated = true;
      expect_no_more_than(sample, run);
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(SamplesTest, AnotherVersionLeavesNothingProven) {
  for (const Sample& sample : all_samples()) {
    if (sample.name == "shared-two-dry") continue;  // two log-ins, of which read_run() knows nothing
    RunOutput run = sample.run;
    run.trusted_version = false;
    const auto verdicts = read_run(run);
    EXPECT_EQ(broken_promise(run, verdicts), "") << sample;
    for (const SymbolVerdict& verdict : verdicts) {
      if (run.dry_run) {
        EXPECT_TRUE(verdict.status == ChildOrderStatus::dry_run || verdict.status == ChildOrderStatus::denied ||
                    verdict.status == ChildOrderStatus::mixed)
            << sample;
      } else {
        EXPECT_EQ(verdict.status, ChildOrderStatus::in_doubt) << sample;
        EXPECT_EQ(verdict.reason, "untrusted_version") << sample;
      }
    }
  }
}

TEST(SamplesTest, AllFilesAreRead) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TRADEAUTO_TEST_DATA "/autorsa")) {
    const std::string name = entry.path().filename();
    if (name.ends_with(".txt") && !name.ends_with(".stderr.txt")) ++files;
  }
  EXPECT_EQ(all_samples().size(), files);
  std::set<Brokerage> brokerages;
  for (const Sample& sample : all_samples()) brokerages.insert(sample.run.brokerage);
  EXPECT_EQ(brokerages.size(), 12U);
  EXPECT_EQ(sample("tradier-ticker-dup").truth.size(), 4U);
  EXPECT_EQ(sample("direct-tradier-drop-after").truth.size(), 1U);
}

// What each sample comes to, so that a change of the tables shows.
TEST(SamplesTest, ComeToTheExpectedVerdicts) {
  const std::map<std::string, std::string> expected{
      {"tradier-buy-ok", "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted"},
      {"tradier-buy-slow3", "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted"},
      {"grammar-no-danger-enter", "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted"},
      {"tradier-ticker-dup",
       "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 submitted\n"
       "MSFT submitted: xxxxxx3001 submitted, xxxxxx3002 submitted"},
      {"tradier-buy-dry", "AAPL dry_run: xxxxxx3001 dry_run, xxxxxx3002 dry_run"},
      {"grammar-missing-last", "AAPL dry_run: xxxxxx3001 dry_run, xxxxxx3002 dry_run"},
      {"grammar-true-word", "AAPL dry_run: xxxxxx3001 dry_run, xxxxxx3002 dry_run"},
      {"tradier-buy-reject1", "AAPL mixed: xxxxxx3001 rejected, xxxxxx3002 submitted"},
      {"tradier-buy-429", "AAPL mixed: xxxxxx3001 rejected, xxxxxx3002 submitted"},
      {"tradier-buy-500-before", "AAPL in_doubt [broker_error]: xxxxxx3001 in_doubt, xxxxxx3002 submitted"},
      {"tradier-buy-garbage-after", "AAPL in_doubt [broker_error]: xxxxxx3001 submitted, xxxxxx3002 in_doubt"},
      {"tradier-buy-hang-before-second", "AAPL in_doubt [no_answer]: xxxxxx3001 submitted, xxxxxx3002 in_doubt"},
      {"tradier-buy-timeout-after-accept-first", "AAPL in_doubt [no_answer]: xxxxxx3001 in_doubt, xxxxxx3002 not_sent"},
      {"tradier-buy-drop-before-first", "AAPL in_doubt [no_answer]: xxxxxx3001 in_doubt, xxxxxx3002 not_sent"},
      {"direct-tradier-drop-after", "AAPL in_doubt [no_answer]: xxxxxx3001 in_doubt, xxxxxx3002 not_sent"},
      {"tradier-buy-fractional", "AAPL denied [not_sent]: xxxxxx3001 not_sent, xxxxxx3002 not_sent"},
      {"tradier-login-bad", "AAPL denied [login_failed]"},
      {"tradier-login-timeout", "AAPL denied [login_failed]"},
      {"tradier-missing-env", "AAPL denied [no_credentials]"},
      {"tradier-kill-mid-buffered", "AAPL in_doubt [no_output]"},
      {"tradier-bad-action", "AAPL in_doubt [unreadable]: xxxxxx3001 in_doubt, xxxxxx3002 in_doubt"},
      {"grammar-no-danger", "AAPL denied [not_started]"},
      {"grammar-unknown-broker", "AAPL denied [not_started]"},
      {"mixed-all-dry-none-configured", "AAPL denied [no_credentials]"},
      {"bbae-buy-ok", "AAPL denied [not_sent]: xxxx3001 not_sent, xxxx7001 not_sent"},
      {"bbae-buy-validate-refused", "AAPL denied [not_sent]: xxxx3001 not_sent"},
      {"bbae-sell-not-enough", "AAPL denied [not_sent]: xxxx3001 not_sent"},
      {"bbae-sell-reject", "AAPL in_doubt [unproven]"},
      {"bbae-login-bad", "AAPL denied [login_failed]"},
      {"bbae-login-otp-eof", "AAPL denied [login_failed]"},
      {"fennel-login-bad", "AAPL denied [login_failed]"},
      {"public-login-bad", "AAPL denied [login_failed]"},
      {"tastytrade-login-bad", "AAPL denied [login_failed]"},
      {"robinhood-login-bad", "AAPL denied [login_failed]"},
      {"firstrade-login-bad", "AAPL denied [login_failed]"},
      {"firstrade-buy-ok", "AAPL denied [login_failed]"},
      {"webull-login-3-fields", "AAPL denied [login_failed]"},
      {"browser-chase", "AAPL denied [login_failed]"},
      {"browser-sofi", "AAPL denied [broker_failed]"},
      {"browser-tornado", "AAPL denied [broker_failed]"},
      {"fennel-buy-negative", "AAPL denied [not_sent]: Account 1 not_sent, Account 2 not_sent"},
      {"webull-unknown-symbol", "NOPE denied [not_sent]: xxxxxxx7001 not_sent, xxxxxxx7002 not_sent"},
      {"webull-buy-ok", "AAPL in_doubt [unproven]: xxxxxxx7001 in_doubt, xxxxxxx7002 in_doubt"},
      {"webull-buy-dance-penny", "PENNY in_doubt [dance]: xxxxxxx7001 in_doubt, xxxxxxx7002 in_doubt"},
      {"shim-firstrade-buy-dance-penny", "PENNY in_doubt [dance]: xxxx5001 in_doubt, xxxx5002 in_doubt"},
      {"webull-buy-dry", "AAPL dry_run: xxxxxxx7001 dry_run, xxxxxxx7002 dry_run"},
      {"webull-buy-500-before", "AAPL in_doubt [unproven]: xxxxxxx7001 in_doubt, xxxxxxx7002 in_doubt"},
      {"webull-buy-garbage-after", "AAPL in_doubt [broker_error]: xxxxxxx7001 in_doubt, xxxxxxx7002 in_doubt"},
      {"webull-buy-reject-order", "AAPL in_doubt [unproven]: xxxxxxx7001 rejected, xxxxxxx7002 in_doubt"},
      {"webull-buy-reject-preview", "AAPL in_doubt [unproven]: xxxxxxx7001 rejected, xxxxxxx7002 in_doubt"},
      {"robinhood-buy-ok", "AAPL in_doubt [unproven]: xxxx8001 in_doubt, xxxx8002 in_doubt"},
      {"robinhood-buy-401", "AAPL in_doubt [unproven]: xxxx8001 in_doubt, xxxx8002 in_doubt"},
      {"robinhood-buy-dry", "AAPL dry_run: xxxx8001 dry_run, xxxx8002 dry_run"},
      {"robinhood-buy-reject-nonfield", "AAPL in_doubt [unproven]: xxxx8001 rejected, xxxx8002 in_doubt"},
      {"robinhood-buy-timeout-after-accept-once", "AAPL in_doubt [second_order]: xxxx8001 in_doubt, xxxx8002 in_doubt"},
      {"tastytrade-buy-ok", "AAPL submitted: xxxxxxx9001 submitted, xxxxxxx9002 submitted"},
      {"tastytrade-buy-reject-http", "AAPL in_doubt [unproven]: xxxxxxx9001 rejected, xxxxxxx9002 in_doubt"},
      {"tastytrade-buy-500-after", "AAPL in_doubt [broker_error]: xxxxxxx9001 in_doubt, xxxxxxx9002 in_doubt"},
      {"tastytrade-buy-status-rejected", "AAPL in_doubt [unproven]"},
      {"public-buy-ok", "AAPL submitted: xxxxxxx3001 submitted, xxxxxxx3002 submitted"},
      {"public-buy-429-once", "AAPL submitted: xxxxxxx3001 submitted, xxxxxxx3002 submitted"},
      {"public-buy-slow3", "AAPL submitted: xxxxxxx3001 submitted, xxxxxxx3002 submitted"},
      {"public-buy-reject1", "AAPL mixed: xxxxxxx3001 rejected, xxxxxxx3002 submitted"},
      {"public-buy-500-before-always", "AAPL in_doubt [broker_error]: xxxxxxx3001 in_doubt, xxxxxxx3002 submitted"},
      {"public-buy-drop-after", "AAPL in_doubt [broker_error]: xxxxxxx3001 in_doubt, xxxxxxx3002 submitted"},
      {"direct-public-drop-after", "AAPL in_doubt [broker_error]: xxxxxxx3001 in_doubt, xxxxxxx3002 submitted"},
      {"public-buy-dry-preflight-refused", "AAPL mixed: xxxxxxx3001 not_sent, xxxxxxx3002 dry_run"},
      {"fennel-buy-ok", "AAPL submitted: Account 1 submitted, Account 2 submitted"},
      {"fennel-buy-reject1", "AAPL mixed: Account 1 rejected, Account 2 submitted"},
      {"fennel-buy-drop-after", "AAPL in_doubt [broker_error]: Account 1 in_doubt, Account 2 submitted"},
      {"fennel-buy-dry", "AAPL dry_run: Account 1 dry_run, Account 2 dry_run"},
      {"robinhood-buy-429", "AAPL in_doubt [unproven]: xxxx8001 rejected, xxxx8002 in_doubt"},
      {"fennel-buy-hang-unbuffered", "AAPL in_doubt [run_not_finished]: Account 1 in_doubt, Account 2 in_doubt"},
      {"public-buy-dry", "AAPL dry_run: xxxxxxx3001 dry_run, xxxxxxx3002 dry_run"},
      {"tastytrade-buy-dry", "AAPL dry_run"},
  };
  for (const auto& [name, verdict] : expected) EXPECT_EQ(shape(read_run(sample(name).run)), verdict) << name;
}

TEST(SamplesTest, EvidenceIsTheLinesAndHidesTheNumbers) {
  const auto verdicts = read_run(sample("tradier-buy-reject1").run);
  const ExecutionReport& refused = verdicts.at(0).executions.at(0);
  EXPECT_EQ(refused.message, "{\"errors\": {\"error\": \"Not enough day trading buying power\"}}");
  EXPECT_NE(refused.evidence.find("/accounts/xxxxxx3001/orders"), std::string::npos) << refused.evidence;
  EXPECT_NE(refused.evidence.find("Response: <Response [400]>"), std::string::npos);
  EXPECT_NE(refused.evidence.find("Tradier account xxxxxx3001 Error: JSON response is None"), std::string::npos);
  EXPECT_EQ(verdicts.at(0).executions.at(1).evidence, "Tradier account xxxxxx3002: buy 1.0 of AAPL: ok");
  EXPECT_FALSE(refused.broker_order_id);
}

TEST(SamplesTest, NoFullNumberLeavesTheRoom) {
  const std::vector<std::string> numbers{"VA17773001", "VA17773002", "5OB19893001", "5OB19893002", "CVL96727001"};
  for (const Sample& sample : all_samples()) {
    for (const SymbolVerdict& verdict : read_run(sample.run)) {
      for (const ExecutionReport& report : verdict.executions) {
        for (const std::string& number : numbers) {
          EXPECT_EQ((report.sub_account + report.message + report.evidence).find(number), std::string::npos)
              << sample.name;
        }
      }
    }
  }
}

TEST(SamplesTest, LogInIsSeenFromItsFirstLine) {
  const std::string& out = sample("tradier-buy-ok").run.out;
  const auto at = out.find("Logging in to");
  EXPECT_FALSE(logged_in(""));
  EXPECT_FALSE(logged_in(out.substr(0, at)));
  EXPECT_TRUE(logged_in(out.substr(0, at + 1)));
  EXPECT_TRUE(logged_in(out));
  EXPECT_FALSE(logged_in(sample("grammar-no-danger").run.out));
  EXPECT_FALSE(logged_in(sample("version-garbage").run.out));
}

TEST(SamplesTest, AFailedLogInIsToldFromOtherTrouble) {
  EXPECT_TRUE(log_in_failed(sample("tradier-login-bad").run));
  EXPECT_TRUE(log_in_failed(sample("robinhood-login-bad").run));
  for (const char* other : {"tradier-holdings-ok", "tradier-buy-500-before", "version-garbage"}) {
    EXPECT_FALSE(log_in_failed(sample(other).run)) << other;
  }
}

}  // namespace
}  // namespace tradeauto
