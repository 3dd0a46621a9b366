// The accounts that an original worker holds, and which orders fit them.
#include "rpc/legacy_link.h"

#include "rpc/legacy_time_bench_test.h"

namespace tradeauto {
namespace {

class LegacyLinkTest : public LegacyBench {};
using LegacyLinkTimeTest = LegacyTimeBench;

TEST_F(LegacyLinkTest, AnOrderForOtherAccountsIsDenied) {
  FakeOriginal worker;
  connect(worker.port);
  activate("dad");
  activate("mom");
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
  story_.lines.clear();
  story_.link->deactivate(ref("dad"), {});
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
  EXPECT_EQ(trades(worker), 0) << "dad is disabled here, and trades there";
}

TEST_F(LegacyLinkTest, AnAccountThatIsEnabledAgainIsAsItWas) {
  FakeOriginal worker;
  connect(worker.port);
  activate("mom");
  story_.link->deactivate(ref("mom"), {});
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
  activate("mom");
  offer({"mom"}, {"mom"});
  until_line("report co-mom denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
}

TEST_F(LegacyLinkTest, ChangedCredentialsAreNotSentAndNothingIsTradedWithTheOld) {
  FakeOriginal worker;
  connect(worker.port);
  activate("mom", "old");
  activate("mom", "new", ": legacy_accounts_differ");
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
  EXPECT_EQ(worker.seen(), std::vector<std::string>{"activate mom old"});
}

TEST_F(LegacyLinkTest, OneChangedAccountDeniesTheWholeGroup) {
  FakeOriginal worker;
  connect(worker.port);
  activate("dad");
  activate("mom", "old");
  activate("mom", "new", ": legacy_accounts_differ");
  offer({"dad", "mom"}, {"dad", "mom"});
  until_line("refused dad: legacy_accounts_differ");
  until_line("refused mom: legacy_accounts_differ");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyLinkTest, AFailedActivationDeniesTheOrders) {
  FakeOriginal worker;
  for (const Types::Status status : {Types::Failure, static_cast<Types::Status>(7)}) {
    worker.answer_activations(status);
    connect(worker.port);
    activate("mom", "token", ": worker_refused");
    offer({"mom"}, {"mom"});
    until_line("refused mom: legacy_accounts_differ");
  }
}

TEST_F(LegacyLinkTest, AnUnsetStatusOfAnActivationIsSuccess) {
  const ByteWorker worker("", "");
  connect(worker.port);
  activate("mom");
}

TEST_F(LegacyLinkTest, AnActivationWhoseAnswerIsNoMessageFails) {
  const ByteWorker worker("\xff\xff\xff", "");
  connect(worker.port);
  activate("mom", "token", ": link_lost");
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
}

TEST_F(LegacyLinkTest, WhatTheWireCannotSayIsDenied) {
  FakeOriginal worker;
  connect(worker.port);
  activate("mom");
  offer({"mom"}, {"mom"}, true);
  until_line("refused mom: legacy_link");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyLinkTest, ANewAccountsOrderWaitsForItsActivation) {
  FakeOriginal worker;
  connect(worker.port);
  activate("mom");
  offer({"dad", "mom"}, {"mom"});
  activate("dad");
  EXPECT_EQ(trades(worker), 0);
  offer({"dad", "mom"}, {"dad"});
  until_line("report co-mom denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
}

TEST_F(LegacyLinkTest, AWithdrawnOfferIsNotTraded) {
  FakeOriginal worker;
  connect(worker.port);
  activate("dad");
  activate("mom");
  offer({"dad", "mom"}, {"mom"});
  story_.link->withdraw(TaskId("task-mom"));
  offer({"dad", "mom"}, {"dad"});
  activate("mom");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyLinkTest, AStoreThatFailsIsAskedAgain) {
  FakeOriginal worker;
  connect(worker.port);
  activate("mom");
  story_.failing_reads = 2;
  offer({"mom"}, {"mom"});
  until_line("report co-mom denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
}

// Main's clock stands still: whatever waits for a time between two accounts never ends.
TEST_F(LegacyLinkTimeTest, AThousandAccountsAreReplayedAndTradedAtOnce) {
  constexpr int kAccounts = 1000;
  std::vector<std::string> accounts;
  for (int i = 0; i < kAccounts; ++i) accounts.push_back("account-" + std::to_string(i));
  FakeOriginal worker;
  connect_passing(worker.port);
  const BootTime begun = clock_of_main.boot_now();
  for (const std::string& account : accounts) begin_activation(account);
  until([&] { return story_.lines.size() == kAccounts + 1; });
  EXPECT_EQ(worker.seen().size(), accounts.size()) << "each is sent once";
  EXPECT_EQ(story_.count("activated account-999"), 1);
  offer(accounts, accounts);
  until_line("report co-account-999 denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
  EXPECT_EQ(clock_of_main.boot_now(), begun);
}

}  // namespace
}  // namespace tradeauto
