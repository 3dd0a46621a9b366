#pragma once

#include "contract/ledger_life_contract.h"

// What somebody does is in the event log with who did it, on every engine: of the registry, of the tokens, of orders.
namespace tradeauto {

class DeedContract : public LedgerLifeContract {
 protected:
  // The one event since the last call.
  Event told() {
    const auto all = run(ledger().events(seen_ == 0 ? filled : seen_, 100)).value();
    EXPECT_EQ(all.size(), 1U);
    if (all.empty()) return {};
    seen_ = all.back().sequence;
    return all.front();
  }
  std::vector<std::string> types() {
    std::vector<std::string> all;
    for (const Event& event : events()) all.push_back(event.type);
    return all;
  }
  // DeedFilter with a default for each field, so that a case names only what it filters by.
  struct Wanted {
    Groups groups = {};
    std::optional<std::string> actor = {};
    std::optional<Deed> deed = {};
    std::optional<GroupName> group = {};
    std::optional<Timestamp> since = {};
    std::optional<Timestamp> until = {};
  };
  std::vector<std::string> trail() { return trail(Wanted()); }
  std::vector<std::string> trail(const Wanted& wanted) {
    const DeedFilter filter{.groups = wanted.groups,
                            .actor = wanted.actor,
                            .deed = wanted.deed,
                            .group = wanted.group,
                            .since = wanted.since,
                            .until = wanted.until,
                            .before = {}};
    std::vector<std::string> all;
    const auto found = run(ledger().deeds(filter)).value();
    for (const Event& event : found) all.push_back(event.type);
    return all;
  }
  AccessToken token(const std::string& name) const {
    AccessToken made;
    made.name = TokenName(name);
    made.hash = "a hash";
    made.scopes = ScopeSet({Scope::orders_read, Scope::orders_write});
    made.created_at = clock.now();
    return made;
  }

  const Actor ann{.kind = Actor::Kind::legacy, .name = "ann"};

 private:
  std::uint64_t seen_ = 0;
};

TEST_P(DeedContract, AGroupIsMadeAndDeletedBySomebody) {
  clock.advance(std::chrono::seconds(3));
  ASSERT_TRUE(run(registry().put_group(GroupName("new"), ann, clock.now())).ok());
  const Event made = told();
  EXPECT_EQ(made.type, "group_created");
  EXPECT_EQ(made.actor, ann);
  EXPECT_EQ(made.group, GroupName("new"));
  EXPECT_EQ(made.at, clock.now());
  ASSERT_TRUE(run(registry().delete_group(GroupName("new"), bot, clock.now())).ok());
  const Event gone = told();
  EXPECT_EQ(gone.type, "group_deleted");
  EXPECT_EQ(gone.actor, bot);
  EXPECT_EQ(gone.group, GroupName("new"));
}

TEST_P(DeedContract, AnAccountIsAddedChangedSwitchedAndDeletedBySomebody) {
  RegisteredAccount aunt = account(ref("family", "aunt"), "a login");
  aunt.brokerage = Brokerage::tradier;
  ASSERT_TRUE(run(registry().put_account(aunt, {}, bot)).ok());
  const Event added = told();
  EXPECT_EQ(added.type, "account_added");
  EXPECT_EQ(added.actor, bot);
  EXPECT_EQ(added.group, aunt.ref.group);
  EXPECT_EQ(added.account, aunt.ref.account);
  EXPECT_EQ(added.at, aunt.updated_at);
  EXPECT_EQ(added.detail, "Tradier, enabled, credentials: USERNAME PASSWORD") << "which are set, and no more";

  aunt.sealed_credentials = "sealed anew";
  aunt.credential_fields = {"USERNAME"};
  ASSERT_TRUE(run(registry().put_account(aunt, {}, ann)).ok());
  const Event changed = told();
  EXPECT_EQ(changed.type, "account_changed");
  EXPECT_EQ(changed.actor, ann);
  EXPECT_EQ(changed.detail, "Tradier, enabled, credentials: USERNAME");

  aunt.enabled = false;
  ASSERT_TRUE(run(registry().put_account(aunt, {}, bot)).ok());
  EXPECT_EQ(told().type, "account_disabled");
  aunt.enabled = true;
  ASSERT_TRUE(run(registry().put_account(aunt, {}, bot)).ok());
  EXPECT_EQ(told().type, "account_enabled");

  ASSERT_TRUE(run(registry().delete_account(aunt.ref, ann, clock.now())).ok());
  const Event gone = told();
  EXPECT_EQ(gone.type, "account_deleted");
  EXPECT_EQ(gone.actor, ann);
  EXPECT_EQ(gone.account, aunt.ref.account);
  EXPECT_EQ(gone.detail, "Tradier");
}

TEST_P(DeedContract, ATokenIsCreatedAndRevokedBySomebody) {
  AccessToken made = token("reader");
  made.groups = {GroupName("family")};
  made.expires_at = clock.now() + std::chrono::hours(1);
  ASSERT_TRUE(run(store->tokens().add_token(made, bot)).ok());
  const Event created = told();
  EXPECT_EQ(created.type, "token_created");
  EXPECT_EQ(created.actor, bot);
  EXPECT_EQ(created.token, made.name);
  EXPECT_EQ(created.group, GroupName("family"));
  EXPECT_EQ(created.detail, "scopes: orders:read orders:write, groups: family, until " + to_rfc3339(*made.expires_at));
  ASSERT_TRUE(run(store->tokens().token_used(made.name, clock.now())).ok());
  ASSERT_TRUE(run(store->tokens().delete_token(made.name, ann, clock.now())).ok());
  const Event revoked = told();
  EXPECT_EQ(revoked.type, "token_revoked");
  EXPECT_EQ(revoked.actor, ann);
  EXPECT_EQ(revoked.token, made.name);
  EXPECT_EQ(revoked.group, GroupName("family"));
}

TEST_P(DeedContract, ATokenOfSeveralGroupsIsOfNone) {
  AccessToken made = token("reader");
  made.groups = {GroupName("family"), GroupName("club")};
  ASSERT_TRUE(run(store->tokens().add_token(made, bot)).ok());
  const Event created = told();
  EXPECT_EQ(created.group, std::nullopt);
  EXPECT_EQ(created.detail, "scopes: orders:read orders:write, groups: family; club");
}

TEST_P(DeedContract, AnOrderIsAcceptedCanceledAndRetriedBySomebody) {
  Order made = order("c-1", {.accounts = {mom, dad}});
  ASSERT_TRUE(run(ledger().accept(made, "hash", ann)).ok());
  const Event accepted = told();
  EXPECT_EQ(accepted.actor, ann);
  EXPECT_EQ(accepted.group, GroupName("family")) << "all of it lies there";
  EXPECT_EQ(accepted.detail, "buy 1 for each sub-account, 2 child orders");
  ASSERT_TRUE(run(ledger().cancel(made.id, bot, clock.now())).ok());
  ASSERT_TRUE(retry(made, "c-2").ok());
  EXPECT_EQ(types(), (std::vector<std::string>{"order_accepted", "order_canceled", "child_order_canceled",
                                               "child_order_canceled", "order_retried"}));
  const auto all = events();
  EXPECT_EQ(all[1].order, made.id);
  EXPECT_EQ(all[1].group, GroupName("family"));
  EXPECT_EQ(all[1].detail, "2 of 2 child orders");
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i].actor, bot) << all[i].type;
  EXPECT_EQ(all[2].account, mom.account);
  EXPECT_NE(all[4].order, made.id);
  EXPECT_EQ(all[4].detail, "buy 1 for each sub-account, 2 child orders, retry of " + made.id.str());
}

TEST_P(DeedContract, AnOrderInSeveralGroupsIsOfNone) {
  ASSERT_TRUE(run(ledger().accept(order("c-1", {.accounts = {mom, kim}}), "hash", bot)).ok());
  EXPECT_EQ(told().group, std::nullopt);
}

TEST_P(DeedContract, ADoubtIsResolvedBySomebodyWhoSaidHowTheyKnow) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  const ChildOrderId id = made.child_orders.front().id;
  const std::size_t before = events().size();
  ASSERT_TRUE(resolve(decision(id, ExecutionStatus::not_sent)).ok());
  const auto all = events();
  ASSERT_EQ(all.size(), before + 2);
  const Event& resolved = all[before];
  EXPECT_EQ(resolved.type, "child_order_resolved");
  EXPECT_EQ(resolved.actor, (Actor{.kind = Actor::Kind::token, .name = "admin"}));
  EXPECT_EQ(resolved.child_order, id);
  EXPECT_EQ(resolved.order, made.id);
  EXPECT_EQ(resolved.group, mom.group);
  EXPECT_EQ(resolved.account, mom.account);
  EXPECT_EQ(resolved.detail, "not_placed: seen in the app");
  EXPECT_EQ(all.back().type, "child_order_denied");
  EXPECT_EQ(all.back().actor, resolved.actor);
}

TEST_P(DeedContract, WhatNobodyDidIsTheWorkersOrOurOwn) {
  const Order made = executing("c-1", {.accounts = {mom}});
  EXPECT_EQ(events().back().actor, (Actor{.kind = Actor::Kind::worker, .name = "w1"}));
  ASSERT_TRUE(run(ledger().doubt({made.child_orders.front().id}, "worker_lost", "gone", clock.now())).ok());
  EXPECT_EQ(events().back().actor, main_server_itself());
  report(complete(made.child_orders.front().id, ChildOrderStatus::filled, {execution(ExecutionStatus::filled)}));
  EXPECT_EQ(events().back().actor, (Actor{.kind = Actor::Kind::worker, .name = "w1"}));
  placed("c-2", {.accounts = {mom}, .start_within = std::chrono::seconds(1)});
  clock.advance(std::chrono::seconds(2));
  ASSERT_EQ(run(ledger().expire(clock.now())).value().size(), 1U);
  EXPECT_EQ(events().back().actor, main_server_itself());
}

TEST_P(DeedContract, WhatIsRefusedOrChangesNothingIsNoDeed) {
  AccessToken one = token("one");
  ASSERT_TRUE(run(store->tokens().add_token(one, bot)).ok());
  told();
  EXPECT_FALSE(run(store->tokens().add_token(one, bot)).ok());
  EXPECT_FALSE(run(store->tokens().delete_token(TokenName("nobody"), bot, clock.now())).ok());
  EXPECT_FALSE(run(registry().put_group(GroupName("family"), bot, clock.now())).value().created);
  EXPECT_FALSE(run(registry().delete_group(GroupName("family"), bot, clock.now())).ok());
  EXPECT_FALSE(run(registry().delete_group(GroupName("nobody"), bot, clock.now())).ok());
  EXPECT_FALSE(run(registry().put_account(account(mom), 7, bot)).ok());
  EXPECT_FALSE(run(registry().delete_account(ref("family", "x"), bot, clock.now())).ok());
  EXPECT_EQ(events().size(), 1U);
  placed("c-1", {.accounts = {mom}});
  EXPECT_FALSE(run(registry().delete_account(mom, bot, clock.now())).ok()) << "busy";
  EXPECT_EQ(events().size(), 2U);
}

// --- the audit trail ---

TEST_P(DeedContract, TheTrailIsWhatSomebodyDidNewestFirst) {
  const Order made = doubtful("c-1", {.accounts = {mom}});
  ASSERT_TRUE(resolve(decision(made.child_orders.front().id, ExecutionStatus::not_sent)).ok());
  Event unknown;
  unknown.type = "order_accepted";
  ASSERT_TRUE(run(ledger().append_event(unknown)).ok()) << "as those from before actors were kept";
  EXPECT_EQ(trail(), (std::vector<std::string>{"child_order_resolved", "order_accepted", "account_added",
                                               "account_added", "account_added", "group_created", "group_created"}));
  const auto all = run(ledger().deeds(DeedFilter())).value();
  EXPECT_EQ(all.front().detail, "not_placed: seen in the app");
  EXPECT_EQ(all.front().actor->name, "admin");
  EXPECT_EQ(all[1].order, made.id);
}

TEST_P(DeedContract, TheTrailIsPagedByItsPlaces) {
  DeedFilter filter;
  filter.limit = 3;
  const auto first = run(ledger().deeds(filter)).value();
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0].sequence, 5U);
  filter.before = first.back().sequence;
  placed("c-1", {.accounts = {mom}});
  const auto second = run(ledger().deeds(filter)).value();
  ASSERT_EQ(second.size(), 2U) << "what came since is before the first page";
  EXPECT_EQ(second[0].sequence, 2U);
  filter.before = second.back().sequence;
  EXPECT_TRUE(run(ledger().deeds(filter)).value().empty());
}

TEST_P(DeedContract, TheTrailIsFiltered) {
  const Timestamp start = clock.now();
  clock.advance(std::chrono::seconds(10));
  ASSERT_TRUE(run(registry().put_group(GroupName("new"), ann, clock.now())).ok());
  clock.advance(std::chrono::seconds(10));
  ASSERT_TRUE(run(ledger().accept(order("c-1", {.accounts = {mom, kim}}), "hash", ann)).ok());
  const std::vector<std::string> both = {"order_accepted", "group_created"};
  EXPECT_EQ(trail({.actor = "ann"}), both);
  EXPECT_EQ(trail({.actor = "nobody"}), std::vector<std::string>());
  EXPECT_EQ(trail({.deed = Deed::group_created}), std::vector<std::string>(3, "group_created"));
  EXPECT_EQ(trail({.group = GroupName("club")}), (std::vector<std::string>{"account_added", "group_created"}));
  EXPECT_EQ(trail({.since = start + std::chrono::seconds(10)}), both) << "from then on";
  EXPECT_EQ(trail({.since = start + std::chrono::seconds(10), .until = clock.now()}),
            std::vector<std::string>{"group_created"})
      << "until then, and not then";
  EXPECT_EQ(trail({.actor = "bot", .deed = Deed::account_added, .group = GroupName("family")}),
            std::vector<std::string>(2, "account_added"));
}

TEST_P(DeedContract, WhoSeesSomeGroupsSeesWhatLiesInOneOfThem) {
  ASSERT_TRUE(run(ledger().accept(order("c-1", {.accounts = {mom, kim}}), "hash", bot)).ok());
  ASSERT_TRUE(run(store->tokens().add_token(token("wide"), bot)).ok());
  const Groups club = {GroupName("club"), GroupName("other")};
  EXPECT_EQ(trail({.groups = club}), (std::vector<std::string>{"account_added", "group_created"}));
  EXPECT_EQ(trail({.groups = club, .group = GroupName("family")}), std::vector<std::string>());
  DeedFilter seeing;
  seeing.groups = club;
  const auto seen = run(ledger().deeds(seeing)).value();
  for (const Event& event : seen) EXPECT_EQ(event.group, GroupName("club"));
}

}  // namespace tradeauto
