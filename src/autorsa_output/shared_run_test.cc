#include <map>
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

const SharedSample& shared(const std::string& name) {
  for (const SharedSample& each : shared_samples()) {
    if (each.sample->name == name) return each;
  }
  ADD_FAILURE() << name;
  return shared_samples().front();
}

std::string read(const RunOutput& run, const std::vector<SharedLogIn>& log_ins) {
  const auto verdicts = read_shared_run(run, log_ins);
  EXPECT_EQ(broken_shared_promise(run, log_ins, verdicts), "");
  return shared_shape(verdicts);
}

std::string read(const std::string& name) { return read(shared(name).sample->run, shared(name).log_ins); }

RunOutput replaced(const std::string& name, const std::string& from, const std::string& to) {
  RunOutput run = shared(name).sample->run;
  const auto at = run.out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) run.out.replace(at, from.size(), to);
  return run;
}

void expect_truth(const SharedSample& each, const RunOutput& run) {
  const auto verdicts = read_shared_run(run, each.log_ins);
  EXPECT_EQ(broken_shared_promise(run, each.log_ins, verdicts), "") << *each.sample;
  EXPECT_EQ(shared_contradiction(each, verdicts), "") << *each.sample << "\n" << run.out;
}

const std::string kOk1 = "AAPL submitted: xxxxxx1001 submitted, xxxxxx1002 submitted\n";
const std::string kOk2 = "AAPL submitted: xxxxxx2001 submitted, xxxxxx2002 submitted\n";
const std::string kFailed = "AAPL denied [login_failed]\n";
const std::string kShared = "AAPL in_doubt [shared_run]\n";
const std::string kLost1 = "AAPL in_doubt [unreadable]: xxxxxx1001 in_doubt, xxxxxx1002 in_doubt\n";
const std::string kLost2 = "AAPL in_doubt [unreadable]: xxxxxx2001 in_doubt, xxxxxx2002 in_doubt\n";

TEST(SharedRunTest, EachSampleIsItsTruth) {
  const std::map<std::string, std::string> expected{
      {"shared-one-ok", kOk1},
      {"shared-two-ok", kOk1 + kOk2},
      {"shared-two-sell",
       "AAPL mixed: xxxxxx1001 submitted, xxxxxx1002 rejected\nAAPL mixed: xxxxxx2001 submitted, xxxxxx2002 "
       "rejected\n"},
      {"shared-two-dry",
       "AAPL dry_run: xxxxxx1001 dry_run, xxxxxx1002 dry_run\nAAPL dry_run: xxxxxx2001 dry_run, xxxxxx2002 dry_run\n"},
      {"shared-three-reject-second",
       kOk1 + "AAPL mixed: xxxxxx2001 rejected, xxxxxx2002 submitted\nAAPL submitted: xxxxxx3001 submitted\n"},
      {"shared-two-first-login-bad", kFailed + kOk2},
      {"shared-two-second-login-bad", kOk1 + kFailed},
      {"shared-three-middle-login-bad-last-rejected", kOk1 + kFailed + "AAPL rejected: xxxxxx3001 rejected\n"},
      {"shared-two-both-logins-bad", kFailed + kFailed},
      {"shared-two-hang-after-first",
       "AAPL in_doubt [no_answer]: xxxxxx1001 in_doubt, xxxxxx1002 not_sent\n"
       "AAPL denied [broker_died]: xxxxxx2001 not_sent, xxxxxx2002 not_sent\n"},
      {"shared-two-drop-after-third", kOk1 + "AAPL in_doubt [no_answer]: xxxxxx2001 in_doubt, xxxxxx2002 submitted\n"},
      {"shared-two-500-before-last-of-first",
       "AAPL in_doubt [broker_error]: xxxxxx1001 submitted, xxxxxx1002 in_doubt\n" + kOk2},
      {"shared-two-status-pending-last-of-first",
       "AAPL in_doubt [unknown_status]: xxxxxx1001 submitted, xxxxxx1002 in_doubt\n" + kOk2},
      {"shared-two-errors-200-second", kOk1 + "AAPL mixed: xxxxxx2001 submitted, xxxxxx2002 rejected\n"},
      {"shared-two-same-token", kShared + kShared},
      {"shared-two-profile-hang", kFailed + kFailed},
      {"shared-two-balances-500", kOk1 + kOk2},
      {"shared-two-fennel-login-bad", kOk1 + kOk2 + kFailed},
      {"shared-two-bbae-public-login-bad", kOk1 + kOk2 + kFailed + kFailed},
      {"shared-two-tastytrade-login-bad", kOk1 + kOk2 + kFailed},
      {"shared-one-webull-3-fields", kOk1 + kFailed},
  };
  EXPECT_EQ(expected.size(), shared_samples().size());
  for (const auto& [name, verdicts] : expected) EXPECT_EQ(read(name), verdicts) << name;
  for (const SharedSample& each : shared_samples()) expect_truth(each, each.sample->run);
}

TEST(SharedRunTest, NoPrefixProvesAnything) {
  for (const SharedSample& each : shared_samples()) {
    for (const std::string& text : prefixes(each.sample->run.out)) {
      RunOutput run = with_text(each.sample->run, text);
      run.unbuffered = false;
      for (const std::optional<int> code : {std::optional<int>(), std::optional<int>(0), std::optional<int>(130)}) {
        run.exit_code = code;
        const auto verdicts = read_shared_run(run, each.log_ins);
        if (verdicts.front().front().reason == "not_started") {
          EXPECT_FALSE(logged_in(text)) << *each.sample;
          continue;
        }
        expect_truth(each, run);
      }
    }
    if (testing::Test::HasFailure()) return;
  }
}

// A line lost, doubled, or before its time.
TEST(SharedRunTest, NoLineThatIsNotAsPrintedMakesAWrongVerdict) {
  for (const SharedSample& each : shared_samples()) {
    const std::string& out = each.sample->run.out;
    for (std::size_t at = 0; at < out.size();) {
      const std::size_t end = out.find('\n', at) + 1;
      if (end == 0) break;
      const std::string line = out.substr(at, end - at);
      const std::size_t next = std::min(out.find('\n', end), out.size() - 1) + 1;
      const std::string rest = out.substr(end);
      const std::string swapped = out.substr(end, next - end) + line + out.substr(next);
      for (const std::string& tail : {rest, line + line + rest, swapped}) {
        expect_truth(each, with_text(each.sample->run, out.substr(0, at) + tail));
      }
      at = end;
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(SharedRunTest, OnlyARunThatEndedByItselfTellsLogInsApart) {
  const auto& two = shared("shared-two-ok");
  RunOutput run = two.sample->run;
  run.truncated = true;
  EXPECT_EQ(read(run, two.log_ins), "AAPL in_doubt [output_truncated]\nAAPL in_doubt [output_truncated]\n");
  run.truncated = false;
  run.exit_code.reset();
  EXPECT_EQ(read(run, two.log_ins), "AAPL in_doubt [run_not_finished]\nAAPL in_doubt [run_not_finished]\n");
  run.exit_code = 0;
  run.trusted_version = false;
  EXPECT_EQ(read(run, two.log_ins), "AAPL in_doubt [untrusted_version]\nAAPL in_doubt [untrusted_version]\n");
  run.trusted_version = true;
  run.dry_run = true;
  EXPECT_EQ(read(run, two.log_ins), "AAPL in_doubt [dry_mismatch]\nAAPL in_doubt [dry_mismatch]\n");
  run.dry_run = false;
  EXPECT_EQ(read(with_text(run, ""), two.log_ins), "AAPL in_doubt [no_output]\nAAPL in_doubt [no_output]\n");
  for (const std::string version : {"", "RSA Version: 2.3.0"}) {
    EXPECT_EQ(read(replaced("shared-two-ok", "RSA Version: 2.2.0", version), two.log_ins),
              "AAPL in_doubt [untrusted_version]\nAAPL in_doubt [untrusted_version]\n");
  }
}

TEST(SharedRunTest, WhatIsNotPlacedIsNotToldApart) {
  auto log_ins = shared("shared-two-second-login-bad").log_ins;
  log_ins[1].placed = false;
  EXPECT_EQ(read(shared("shared-two-second-login-bad").sample->run, log_ins), kShared + kShared);
  log_ins = shared("shared-two-both-logins-bad").log_ins;
  log_ins[0].placed = false;
  EXPECT_EQ(read(shared("shared-two-both-logins-bad").sample->run, log_ins), kFailed + kFailed)
      << "nothing was sent for any of them";
}

TEST(SharedRunTest, TheNumberOfLogInsMustAgree) {
  const SharedLogIn tradier{.brokerage = Brokerage::tradier};
  EXPECT_EQ(read(shared("shared-two-ok").sample->run, {tradier}), kShared);
  EXPECT_EQ(read(shared("shared-two-ok").sample->run, {tradier, tradier, tradier}), kShared + kShared + kShared);
  EXPECT_EQ(read(shared("shared-two-second-login-bad").sample->run, {tradier}), kShared) << "who failed may be ours";
}

TEST(SharedRunTest, LogInsOfOneBrokerageKeepTheirOrderAmongOthers) {
  const auto& sample = *shared("shared-two-fennel-login-bad").sample;
  const SharedLogIn tradier{.brokerage = Brokerage::tradier};
  EXPECT_EQ(read(sample.run, {tradier, {.brokerage = Brokerage::fennel}, tradier}), kOk1 + kFailed + kOk2);
}

// Another brokerage's lines, wherever they are, leave Tradier's as they are; Tradier's leave the other's.
TEST(SharedRunTest, OneBrokeragesDoubtIsItsOwn) {
  const std::string name = "shared-two-fennel-login-bad";
  const auto& log_ins = shared(name).log_ins;
  EXPECT_EQ(read(replaced(name, "All Fennel transactions", "Fennel 1: a line\nAll Fennel transactions"), log_ins),
            kOk1 + kOk2 + "AAPL in_doubt [unreadable]\n");
  EXPECT_EQ(read(replaced(name, "All Fennel transactions complete\n", ""), log_ins), kOk1 + kOk2 + kShared);
  EXPECT_EQ(
      read(replaced(name, "xxxxxx1002: buy 1.0 of AAPL: ok\n", "xxxxxx1002: buy 1.0 of AAPL: ok\nodd\n"), log_ins),
      kLost1 + kLost2 + kFailed);
}

TEST(SharedRunTest, AnnouncementsMustNameTheirLogIns) {
  const auto& log_ins = shared("shared-two-ok").log_ins;
  for (const std::string other : {"Tradier 1", "Tradier 3", "Tradier 02"}) {
    EXPECT_EQ(read(replaced("shared-two-ok", "Tradier 2: buying", other + ": buying"), log_ins), kLost1 + kLost2);
  }
  EXPECT_EQ(read(replaced("shared-two-ok", "Tradier 2: buying 1.0 of AAPL\n", ""), log_ins), kLost1 + kLost2);
  EXPECT_EQ(read(replaced("shared-two-ok", "Tradier 2: buying 1.0 of AAPL", "Tradier 2: buying 1.0 of MSFT"), log_ins),
            kLost1 + kLost2);
}

TEST(SharedRunTest, ListingsMustAgreeWithTheirCounts) {
  const auto& log_ins = shared("shared-two-ok").log_ins;
  for (const std::string count : {"1", "3", "100", "0"}) {
    EXPECT_EQ(read(replaced("shared-two-ok", "accounts found: 2", "accounts found: " + count), log_ins),
              kShared + kShared)
        << count;
  }
  EXPECT_EQ(read(replaced("shared-two-ok", "accounts found: 2\n", "accounts found: 3\nIgnoring xxxxxx1009: closed\n"),
                 log_ins),
            kOk1 + kOk2);
}

TEST(SharedRunTest, ALogInWithoutActiveSubAccountsTradesNothing) {
  RunOutput run = replaced("shared-two-second-login-bad", "Error making request to Tradier API /user/profile: ",
                           "Tradier accounts found: 1\nIgnoring xxxxxx2001: closed\n");
  const auto begin = run.out.find("Ignoring xxxxxx2001: closed\n") + 28;
  run.out.erase(begin, run.out.find("Logged in to Tradier!") - begin);
  EXPECT_EQ(read(run, shared("shared-two-second-login-bad").log_ins), kOk1 + "AAPL denied [no_sub_accounts]\n");
}

}  // namespace
}  // namespace tradeauto
