#pragma once

#include <algorithm>

#include "contract/store_fixture.h"

// Every sentence of ports/registry.h, on every engine.
namespace tradeauto {

class RegistryContract : public StoreContract {
 protected:
  std::string put_error(RegisteredAccount account, std::optional<std::uint64_t> expected = {}) {
    const auto result = run(registry().put_account(std::move(account), expected, bot));
    return result.ok() ? "ok" : result.error().reason;
  }
};

TEST_P(RegistryContract, PutGroupIsIdempotentAndKeepsItsTime) {
  const auto first = run(registry().put_group(GroupName("new"), bot, clock.now())).value();
  EXPECT_TRUE(first.created);
  clock.advance(std::chrono::seconds(5));
  const auto second = run(registry().put_group(GroupName("new"), bot, clock.now())).value();
  EXPECT_FALSE(second.created);
  EXPECT_EQ(second.group.created_at, first.group.created_at);
}

TEST_P(RegistryContract, GroupsTellHowManyAccountsAreRegisteredDisabledOnesToo) {
  RegisteredAccount off = account(ref("family", "aunt"));
  off.enabled = false;
  ASSERT_TRUE(run(registry().put_account(off, {}, bot)).ok());
  EXPECT_EQ(run(registry().find_group(GroupName("family"))).value()->accounts, 3U);
  EXPECT_EQ(run(registry().put_group(GroupName("family"), bot, clock.now())).value().group.accounts, 3U);
  const auto all = run(registry().list_groups()).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name.str(), "club");
  EXPECT_EQ(all[0].accounts, 1U);
  EXPECT_EQ(all[1].name.str(), "family");
  EXPECT_EQ(all[1].accounts, 3U);
}

TEST_P(RegistryContract, AGroupWithAccountsCannotBeDeleted) {
  const auto refused = run(registry().delete_group(GroupName("club"), bot, clock.now()));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().reason, "group_not_empty");
  ASSERT_TRUE(run(registry().delete_account(kim, bot, clock.now())).ok());
  ASSERT_TRUE(run(registry().delete_group(GroupName("club"), bot, clock.now())).ok());
  EXPECT_FALSE(run(registry().find_group(GroupName("club"))).value().has_value());
}

TEST_P(RegistryContract, UnknownGroupsAndAccountsAreToldAsSuch) {
  const GroupName nobody("nobody");
  EXPECT_EQ(run(registry().delete_group(nobody, bot, clock.now())).error().reason, "unknown_group");
  EXPECT_EQ(run(registry().list_accounts(nobody)).error().code, ErrorCode::not_found);
  EXPECT_EQ(run(registry().assign(nobody, WorkerName("w1"), clock.now())).error().reason, "unknown_group");
  EXPECT_EQ(put_error(account(ref("nobody", "x"))), "unknown_group");
  EXPECT_EQ(run(registry().delete_account(ref("family", "x"), bot, clock.now())).error().reason, "unknown_account");
  EXPECT_FALSE(run(registry().find_group(nobody)).value().has_value());
  EXPECT_FALSE(run(registry().find_account(ref("family", "x"))).value().has_value());
}

TEST_P(RegistryContract, AnAccountComesBackAsItWasPut) {
  RegisteredAccount put = account(ref("family", "aunt"), std::string("\x00\xFF\x01", 3));
  put.brokerage = Brokerage::tradier;
  put.enabled = false;
  ASSERT_TRUE(run(registry().put_account(put, {}, bot)).value().created);
  const auto found = run(registry().find_account(put.ref)).value();
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->ref, put.ref);
  EXPECT_EQ(found->brokerage, Brokerage::tradier);
  EXPECT_FALSE(found->enabled);
  EXPECT_EQ(found->credential_fields, put.credential_fields);
  EXPECT_EQ(found->sealed_credentials, put.sealed_credentials);
  EXPECT_EQ(found->login_fingerprint, put.login_fingerprint);
  EXPECT_EQ(found->version, 1U);
  EXPECT_EQ(found->created_at, put.created_at);
  EXPECT_EQ(found->updated_at, put.updated_at);
}

TEST_P(RegistryContract, ReplacingKeepsCreatedAtAndRaisesTheVersion) {
  const Timestamp made_at = clock.now();
  clock.advance(std::chrono::seconds(1));
  RegisteredAccount again = account(mom);
  again.brokerage = Brokerage::chase;
  again.credential_fields = {};
  const auto put = run(registry().put_account(again, {}, bot)).value();
  EXPECT_FALSE(put.created);
  EXPECT_EQ(put.account.version, 2U);
  EXPECT_EQ(put.account.created_at, made_at);
  EXPECT_EQ(put.account.updated_at, clock.now());
  const auto found = run(registry().find_account(mom)).value();
  EXPECT_EQ(found->version, 2U);
  EXPECT_EQ(found->brokerage, Brokerage::chase);
  EXPECT_TRUE(found->credential_fields.empty());
}

TEST_P(RegistryContract, AnExpectedVersionMustBeThePresentOne) {
  const AccountRef aunt = ref("family", "aunt");
  EXPECT_EQ(run(registry().put_account(account(mom), 7, bot)).error().code, ErrorCode::precondition_failed);
  EXPECT_EQ(run(registry().put_account(account(mom), 0, bot)).error().code, ErrorCode::precondition_failed);
  EXPECT_EQ(run(registry().put_account(account(aunt), 1, bot)).error().code, ErrorCode::precondition_failed);
  EXPECT_EQ(put_error(account(aunt), 0), "ok");
  EXPECT_EQ(put_error(account(mom), 1), "ok");
  EXPECT_EQ(run(registry().find_account(mom)).value()->version, 2U);
}

TEST_P(RegistryContract, OneLoginIsRegisteredOnce) {
  ASSERT_EQ(put_error(account(mom, "same login")), "ok");
  const auto second = run(registry().put_account(account(kim, "same login"), {}, bot));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(second.error().reason, "login_registered");
  EXPECT_EQ(put_error(account(mom, "same login")), "ok") << "the same account may keep its login";
  ASSERT_EQ(put_error(account(mom, "another")), "ok");
  EXPECT_EQ(put_error(account(kim, "same login")), "ok") << "given up, it is free";
}

TEST_P(RegistryContract, AnEmptyFingerprintIsExempt) {
  EXPECT_EQ(put_error(account(ref("family", "paper 1"), "")), "ok");
  EXPECT_EQ(put_error(account(ref("family", "paper 2"), "")), "ok");
}

TEST_P(RegistryContract, ListsTheAccountsOfOneGroup) {
  const auto all = run(registry().list_accounts(GroupName("family"))).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].ref, dad);
  EXPECT_EQ(all[1].ref, mom);
}

TEST_P(RegistryContract, AnAccountWithChildOrdersUnderWayCannotBeDeleted) {
  const auto deletion = [&] {
    const auto result = run(registry().delete_account(mom, bot, clock.now()));
    return result.ok() ? "ok" : result.error().reason;
  };
  const Order made = placed("c-1", {.accounts = {mom}});
  const ChildOrderId child = made.child_orders.front().id;
  EXPECT_EQ(deletion(), "account_busy") << "pending";
  ASSERT_EQ(permit(ask(made, mom, assign("family"))).permitted.size(), 1U);
  EXPECT_EQ(deletion(), "account_busy") << "executing";
  ASSERT_EQ(run(ledger().doubt({child}, "worker_lost", "", clock.now())).value().size(), 1U);
  EXPECT_EQ(deletion(), "account_busy") << "in_doubt";
  ASSERT_TRUE(report(complete(child, ChildOrderStatus::submitted, {execution(ExecutionStatus::submitted)})));
  EXPECT_EQ(deletion(), "account_busy") << "submitted";
  ASSERT_TRUE(report(complete(child, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)})));
  EXPECT_EQ(deletion(), "ok");
  EXPECT_FALSE(run(registry().find_account(mom)).value().has_value());
  EXPECT_EQ(stored(child).status, ChildOrderStatus::filled) << "its history stays";
}

TEST_P(RegistryContract, EachEpochOfAGroupIsAboveAllBefore) {
  Epoch last;
  for (int i = 0; i < 20; ++i) {
    const Epoch next = assign("family", i % 2 == 0 ? "w1" : "w2");
    EXPECT_GT(next, last);
    EXPECT_EQ(next.incarnation, ledger().incarnation());
    last = next;
  }
  ASSERT_TRUE(run(registry().delete_account(kim, bot, clock.now())).ok());
  const Epoch before = assign("club");
  ASSERT_TRUE(run(registry().delete_group(GroupName("club"), bot, clock.now())).ok());
  ASSERT_TRUE(run(registry().put_group(GroupName("club"), bot, clock.now())).ok());
  EXPECT_GT(assign("club"), before) << "a group of the same name goes on where it was";
}

TEST_P(RegistryContract, RemembersTheLastAssignmentOfEachGroup) {
  assign("family", "w1");
  assign("club", "w1");
  clock.advance(std::chrono::seconds(3));
  const Epoch newest = assign("family", "w2");
  auto all = run(registry().assignments()).value();
  ASSERT_EQ(all.size(), 2U);
  std::ranges::sort(all, {}, &Registry::Assignment::group);
  EXPECT_EQ(all[1].group.str(), "family");
  EXPECT_EQ(all[1].worker.str(), "w2");
  EXPECT_EQ(all[1].epoch, newest);
  EXPECT_EQ(all[1].at, clock.now());
}

}  // namespace tradeauto
