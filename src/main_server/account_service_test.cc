#include "main_server/account_service.h"

#include <gtest/gtest.h>

#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

Credentials tradier(const std::string& token) {
  Credentials credentials;
  credentials.set("ACCESS_TOKEN", SecretString(token));
  return credentials;
}

class AccountServiceTest : public MainBench {
 protected:
  std::string activation(const std::string& account) {
    return time.run(main->accounts().account(ref("family", account)))->activation;
  }
};

TEST_F(AccountServiceTest, AGroupIsMadeOnceAndShown) {
  const auto first = time.run(main->accounts().put_group(GroupName("family"), bot));
  EXPECT_TRUE(first->created);
  EXPECT_EQ(first->group.state, "idle") << "no account, nothing to serve";
  EXPECT_FALSE(time.run(main->accounts().put_group(GroupName("family"), bot))->created);
  ASSERT_TRUE(put("family", "mom").ok());
  EXPECT_EQ(time.run(main->accounts().group(GroupName("family")))->state, "waiting");
  connect(hello("w1"));
  const auto served = time.run(main->accounts().groups());
  ASSERT_EQ(served->size(), 1U);
  EXPECT_EQ(served->at(0).state, "served");
  EXPECT_EQ(served->at(0).worker, WorkerName("w1"));
  EXPECT_EQ(time.run(main->accounts().group(GroupName("nobody"))).error().reason, "unknown_group");
}

TEST_F(AccountServiceTest, AGroupWithAccountsCannotBeDeleted) {
  add_group("family");
  EXPECT_EQ(time.run(main->accounts().delete_group(GroupName("family"), bot)).error().reason, "group_not_empty");
  ASSERT_TRUE(time.run(main->accounts().delete_account(ref("family", "mom"), bot)).ok());
  EXPECT_TRUE(time.run(main->accounts().delete_group(GroupName("family"), bot)).ok());
  EXPECT_EQ(time.run(main->accounts().delete_group(GroupName("family"), bot)).error().reason, "unknown_group");
}

TEST_F(AccountServiceTest, TheSameLoginIsRegisteredOnceAndPaperIsExempt) {
  add_group("family", {"mom", "dad"});
  ASSERT_TRUE(put("family", "one", Brokerage::tradier, tradier("token-of-mom")).ok());
  const auto second = put("family", "two", Brokerage::tradier, tradier("token-of-mom"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(second.error().reason, "login_registered");
  EXPECT_EQ(second.error().message.find("token-of-mom"), std::string::npos);
  EXPECT_TRUE(put("family", "two", Brokerage::tradier, tradier("token-of-dad")).ok());
}

TEST_F(AccountServiceTest, AFaultyCredentialNamesItsFieldAndNeverItsValue) {
  add_group("family", {});
  const auto faulty = put("family", "mom", Brokerage::tradier, tradier("with,comma"));
  ASSERT_FALSE(faulty.ok());
  EXPECT_EQ(faulty.error().code, ErrorCode::unprocessable);
  ASSERT_EQ(faulty.error().fields.size(), 1U);
  EXPECT_EQ(faulty.error().fields[0].pointer, "/credentials/ACCESS_TOKEN");
  EXPECT_EQ(faulty.error().fields[0].detail.find("with,comma"), std::string::npos);
  EXPECT_FALSE(put("family", "mom", Brokerage::tradier).ok()) << "a required field is missing";
  EXPECT_EQ(time.run(main->accounts().account(ref("family", "mom"))).error().reason, "unknown_account");
}

TEST_F(AccountServiceTest, AReplacementNeedsTheVersionThatItReplaces) {
  add_group("family", {});
  const auto first = put("family", "mom", Brokerage::tradier, tradier("token-one"), true, 0);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(first->created);
  EXPECT_EQ(first->account.version, 1U);
  const auto exists = put("family", "mom", Brokerage::tradier, tradier("token-two"), true, 0);
  ASSERT_FALSE(exists.ok());
  EXPECT_EQ(exists.error().code, ErrorCode::precondition_failed);
  const auto second = put("family", "mom", Brokerage::tradier, tradier("token-two"), true, 1);
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->created);
  EXPECT_EQ(second->account.version, 2U);
  EXPECT_EQ(second->account.created_at, first->account.created_at);
  EXPECT_EQ(time.run(main->accounts().set_enabled(ref("family", "mom"), false, 1, bot)).error().code,
            ErrorCode::precondition_failed);
}

TEST_F(AccountServiceTest, DisablingWithoutAVersionSurvivesAChangeInBetween) {
  add_group("family", {});
  ASSERT_TRUE(put("family", "mom", Brokerage::tradier, tradier("token-one")).ok());
  std::optional<Result<AccountView>> answer;
  store->faults.hold_answers("find_account");
  TaskGroup clients(io.get_executor());
  clients.spawn([](AccountApi& api, AccountRef ref, auto& out) -> asio::awaitable<void> {
    out = co_await api.set_enabled(std::move(ref), false, std::nullopt, {});
  }(main->accounts(), ref("family", "mom"), answer));
  time.settle();
  ASSERT_TRUE(put("family", "mom", Brokerage::tradier, tradier("token-two")).ok());
  store->faults.release();
  time.run(clients.join());
  ASSERT_TRUE(answer && answer->ok());
  EXPECT_EQ((*answer)->version, 3U) << "the newer credentials were kept";
  EXPECT_FALSE((*answer)->enabled);
}

TEST_F(AccountServiceTest, AnAccountWithChildOrdersUnderWayIsNotDeleted) {
  add_group("family");
  OrderRequest soon = request("c-1");
  soon.deadline_within = std::chrono::seconds(5);
  accepted(soon);
  const auto busy = time.run(main->accounts().delete_account(ref("family", "mom"), bot));
  ASSERT_FALSE(busy.ok());
  EXPECT_EQ(busy.error().code, ErrorCode::conflict);
  EXPECT_EQ(busy.error().reason, "account_busy");
  EXPECT_TRUE(time.run(main->accounts().set_enabled(ref("family", "mom"), false, std::nullopt, bot)).ok());
  pass(std::chrono::seconds(6));
  EXPECT_TRUE(time.run(main->accounts().delete_account(ref("family", "mom"), bot)).ok());
}

TEST_F(AccountServiceTest, ShowsHowFarTheActivationIs) {
  add_group("family", {"mom", "dad"});
  EXPECT_EQ(activation("mom"), "pending");
  EXPECT_EQ(time.run(main->accounts().account(ref("family", "mom")))->activation_detail,
            "no worker serves the group yet");
  const Peer w1 = connect(hello("w1"));
  EXPECT_EQ(put("family", "aunt")->account.activation_detail, "") << "one does";
  time.run(w1.session->activated(ref("family", "mom"), w1.epoch("family"), Result<void>{}));
  time.run(w1.session->activated(ref("family", "dad"), w1.epoch("family"),
                                 make_error(ErrorCode::unavailable, "executor_unavailable", "no tool here")));
  EXPECT_EQ(activation("mom"), "active");
  const auto dad = time.run(main->accounts().account(ref("family", "dad")));
  EXPECT_EQ(dad->activation, "failed");
  EXPECT_EQ(dad->activation_detail, "no tool here");
  ASSERT_TRUE(time.run(main->accounts().set_enabled(ref("family", "dad"), false, std::nullopt, bot)).ok());
  EXPECT_EQ(activation("dad"), "disabled");
}

TEST_F(AccountServiceTest, EachChangeIsInTheTrailWithWhoMadeItAndWakesWhoFollows) {
  const Actor ann{.kind = Actor::Kind::legacy, .name = "ann"};
  const auto changed = [&](auto change) {
    const std::uint64_t before = main->events().event_version();
    ASSERT_TRUE(time.run(std::move(change)).ok());
    EXPECT_GT(main->events().event_version(), before);
  };
  AccountApi& accounts = main->accounts();
  changed(accounts.put_group(GroupName("family"), ann));
  changed(
      accounts.put_account(ref("family", "mom"), Brokerage::tradier, tradier("token-one"), true, std::nullopt, ann));
  changed(accounts.set_enabled(ref("family", "mom"), false, std::nullopt, ann));
  changed(accounts.set_enabled(ref("family", "mom"), true, std::nullopt, ann));
  changed(
      accounts.put_account(ref("family", "mom"), Brokerage::tradier, tradier("token-one"), true, std::nullopt, ann));
  changed(accounts.delete_account(ref("family", "mom"), ann));
  changed(accounts.delete_group(GroupName("family"), ann));
  std::vector<std::string> types;
  const auto all = time.run(main->events().events(0, 100)).value();
  for (const Event& event : all) {
    types.push_back(event.type);
    EXPECT_EQ(event.actor, ann);
    EXPECT_EQ(event.group, GroupName("family"));
    EXPECT_EQ(event.detail.find("token-one"), std::string::npos);
  }
  EXPECT_EQ(types, (std::vector<std::string>{"group_created", "account_added", "account_disabled", "account_enabled",
                                             "account_changed", "account_deleted", "group_deleted"}));
}

TEST_F(AccountServiceTest, WhatTheStoreRefusesHasNotHappened) {
  add_group("family", {});
  const std::uint64_t newest = time.run(main->events().newest_event()).value();
  store->faults.fail("put_account");
  EXPECT_EQ(put("family", "mom").error().code, ErrorCode::internal);
  EXPECT_EQ(time.run(main->accounts().account(ref("family", "mom"))).error().reason, "unknown_account");
  EXPECT_EQ(time.run(main->events().newest_event()).value(), newest);
}

TEST_F(AccountServiceTest, NeverShowsCredentialsAndGivesThemToTheWorkerOnly) {
  add_group("family", {});
  ASSERT_TRUE(put("family", "mom", Brokerage::tradier, tradier("token-one")).ok());
  const auto stored = time.run(memory->registry().find_account(ref("family", "mom")));
  EXPECT_EQ((*stored)->sealed_credentials.find("token-one"), std::string::npos);
  EXPECT_EQ((*stored)->credential_fields, std::vector<std::string>{"ACCESS_TOKEN"});
  const Peer w1 = connect(hello("w1"));
  ASSERT_EQ(w1.link->activations.size(), 1U);
  EXPECT_EQ(w1.link->activations[0].credentials.find("ACCESS_TOKEN")->reveal(), "token-one");
}

}  // namespace
}  // namespace tradeauto
