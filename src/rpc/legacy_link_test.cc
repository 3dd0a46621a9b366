// The accounts that an original worker holds, and which orders fit them.
#include "rpc/legacy_link.h"

#include <chrono>

#include "rpc/legacy_bench_test.h"

namespace tradeauto {
namespace {

class LegacyLinkTest : public LegacyBench {};

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

TEST_F(LegacyLinkTest, AThousandAccountsAreReplayedAndTradedAtOnce) {
  constexpr int kAccounts = 1000;
  std::vector<std::string> accounts;
  for (int i = 0; i < kAccounts; ++i) accounts.push_back("account-" + std::to_string(i));
  FakeOriginal worker;
  connect(worker.port);
  const BootTime begun = system_clock_.boot_now();
  for (const std::string& account : accounts) begin_activation(account);
  until([&] { return story_.lines.size() == kAccounts + 1; });
  const auto replayed = std::chrono::duration_cast<std::chrono::milliseconds>(system_clock_.boot_now() - begun);
  EXPECT_EQ(worker.seen().size(), accounts.size());
  EXPECT_EQ(story_.count("activated account-999"), 1);
  RecordProperty("replay_ms", static_cast<int>(replayed.count()));
  EXPECT_LT(replayed, std::chrono::seconds(10)) << "the original pair takes 1.6 s";
  offer(accounts, accounts);
  until_line("report co-account-999 denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
}

}  // namespace
}  // namespace tradeauto
