#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccessServiceTest : public MainBench {
 protected:
  AccessApi& access() { return main->access(); }
  Caller administrator() { return access().who_is(kAdministrator).value(); }

  static TokenRequest wanted(const std::string& name, std::vector<Scope> scopes = {Scope::orders_read},
                             Groups groups = {}) {
    return {
        .name = TokenName(name), .scopes = ScopeSet(scopes), .groups = std::move(groups), .expires_at = std::nullopt};
  }
  Result<AccessApi::Created> create(TokenRequest request, std::optional<Caller> by = std::nullopt) {
    return time.run(access().create_token(std::move(request), by ? *by : administrator()));
  }
  std::string value_of(TokenRequest request) { return std::string(create(std::move(request))->value.reveal()); }
  Result<void> revoke(const std::string& name, std::optional<Caller> by = std::nullopt) {
    return time.run(access().revoke_token(TokenName(name), by ? *by : administrator()));
  }
  TokenView shown(const std::string& name) {
    return time.run(access().token(TokenName(name), administrator())).value();
  }
  std::string reason(const std::string& value) {
    const auto caller = access().who_is(value);
    return caller.ok() ? "known as " + caller->name : caller.error().reason;
  }
  std::vector<Event> events() { return time.run(memory->ledger().events(0, 100)).value(); }
  void restart() {
    stop();
    start();
  }
};

TEST_F(AccessServiceTest, TheAdministratorMayDoEverythingEverywhere) {
  const Caller caller = administrator();
  EXPECT_EQ(caller.name, "admin");
  for (const Scope scope : all_scopes()) EXPECT_TRUE(caller.may(scope));
  EXPECT_TRUE(caller.groups.empty());
  EXPECT_TRUE(access().is_good(caller));
}

TEST_F(AccessServiceTest, WhoFollowsTheEventsHearsOfATokenAtOnce) {
  const std::uint64_t before = main->events().event_version();
  ASSERT_TRUE(create(wanted("bot")).ok());
  const std::uint64_t created = main->events().event_version();
  EXPECT_GT(created, before);
  ASSERT_TRUE(revoke("bot").ok());
  EXPECT_GT(main->events().event_version(), created);
}

TEST_F(AccessServiceTest, ATokenOpensWhatItWasMadeFor) {
  const std::string value = value_of(wanted("bot", {Scope::orders_read, Scope::orders_write}, {GroupName("family")}));
  EXPECT_TRUE(is_well_formed_token(value));
  const auto caller = access().who_is(value);
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->name, "bot");
  EXPECT_EQ(caller->scopes, ScopeSet({Scope::orders_read, Scope::orders_write}));
  EXPECT_EQ(caller->groups, Groups{GroupName("family")});
  restart();
  EXPECT_EQ(reason(value), "known as bot") << "it is in the store";
}

TEST_F(AccessServiceTest, WhatIsWrongWithAValueIsNotTold) {
  const std::string value = value_of(wanted("bot"));
  std::string typo = value;
  typo.back() = typo.back() == 'A' ? 'B' : 'A';
  const auto unknown = access().who_is(make_token(rng).reveal());
  for (const std::string& bad : {typo, value + "x", value.substr(1), std::string(), std::string("ta_")}) {
    const auto refused = access().who_is(bad);
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated);
    EXPECT_EQ(refused.error().reason, unknown.error().reason);
    EXPECT_EQ(refused.error().message, unknown.error().message);
  }
}

TEST_F(AccessServiceTest, TheValueIsStoredNowhere) {
  const std::string value = value_of(wanted("bot"));
  const auto stored = time.run(memory->tokens().list_tokens()).value();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_THAT(stored.front().hash, Not(HasSubstr(value)));
  EXPECT_EQ(stored.front().hash.size(), sizeof(Digest));
  ASSERT_EQ(events().size(), 1U);
  EXPECT_THAT(events().front().detail, Not(HasSubstr("ta_")));
}

TEST_F(AccessServiceTest, AnExpiredTokenOpensNothing) {
  TokenRequest request = wanted("bot");
  request.expires_at = clock.now() + std::chrono::hours(1);
  const std::string value = value_of(request);
  const Caller caller = access().who_is(value).value();
  EXPECT_EQ(caller.expires_at, request.expires_at);
  clock.advance(std::chrono::minutes(59));
  EXPECT_EQ(reason(value), "known as bot");
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(reason(value), "wrong_token");
  EXPECT_FALSE(access().is_good(caller));
  EXPECT_EQ(shown("bot").expires_at, request.expires_at) << "it is still listed";

  request.name = TokenName("late");
  EXPECT_EQ(create(request).error().reason, "expiry_over");
}

TEST_F(AccessServiceTest, ARevokedTokenOpensNothingFromThenOn) {
  const std::string value = value_of(wanted("bot"));
  const Caller caller = access().who_is(value).value();
  ASSERT_TRUE(revoke("bot").ok());
  EXPECT_EQ(reason(value), "wrong_token");
  EXPECT_FALSE(access().is_good(caller));
  EXPECT_EQ(revoke("bot").error().reason, "unknown_token");

  const std::string second = value_of(wanted("bot"));
  EXPECT_EQ(reason(second), "known as bot");
  EXPECT_FALSE(access().is_good(caller)) << "the same name is not the same token";
  restart();
  EXPECT_EQ(reason(value), "wrong_token");
  EXPECT_EQ(reason(second), "known as bot");
}

TEST_F(AccessServiceTest, WhoWaitsIsToldOfRevocationAndExpiry) {
  TokenRequest short_lived = wanted("short");
  short_lived.expires_at = clock.now() + std::chrono::hours(1);
  const Caller expiring = access().who_is(value_of(short_lived)).value();
  const Caller revoked = access().who_is(value_of(wanted("bot"))).value();
  int ended = 0;
  const auto wait = [](AccessApi& api, Caller caller, int& count) -> asio::awaitable<void> {
    co_await api.ended(std::move(caller));
    ++count;
  };
  TaskGroup waiting(io.get_executor());
  for (const Caller& caller : {revoked, expiring, administrator()}) waiting.spawn(wait(access(), caller, ended));
  time.settle();
  EXPECT_EQ(ended, 0);
  ASSERT_TRUE(revoke("bot").ok());
  time.settle();
  EXPECT_EQ(ended, 1);
  clock.advance(std::chrono::hours(1));
  time.settle();
  EXPECT_EQ(ended, 2) << "the administrator's never ends";
  time.run(access().ended(revoked));  // at once
  waiting.cancel();
  time.run(waiting.join());
}

TEST_F(AccessServiceTest, ANameIsGivenOnceAndTheAdministratorsNever) {
  ASSERT_TRUE(create(wanted("bot")).ok());
  EXPECT_EQ(create(wanted("bot")).error().reason, "token_exists");
  for (const char* reserved : {"admin", "AUTH off"}) {
    EXPECT_EQ(create(wanted(reserved)).error().reason, "token_exists") << reserved;
  }
  const auto refused = revoke("admin");
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().reason, "administrator_token");
  EXPECT_THAT(refused.error().message, HasSubstr("admin.token"));
}

TEST_F(AccessServiceTest, ATokenMakesNoneThatIsWiderThanItself) {
  const GroupName family("family");
  const Caller narrow = access().who_is(value_of(wanted("narrow", {Scope::admin}, {family}))).value();
  EXPECT_EQ(create(wanted("a", {Scope::orders_read}), narrow).error().reason, "wider_than_own");
  EXPECT_EQ(create(wanted("a", {Scope::orders_read}, {family, GroupName("club")}), narrow).error().code,
            ErrorCode::permission_denied);
  EXPECT_TRUE(create(wanted("a", {Scope::admin, Scope::orders_read}, {family}), narrow).ok());
  const Caller reader = access().who_is(value_of(wanted("reader", {Scope::orders_read}))).value();
  EXPECT_EQ(create(wanted("b", {Scope::orders_write}), reader).error().reason, "wider_than_own");
}

TEST_F(AccessServiceTest, ANarrowTokenSeesNoWiderOne) {
  const GroupName family("family");
  const Caller narrow = access().who_is(value_of(wanted("narrow", {Scope::admin}, {family}))).value();
  ASSERT_TRUE(create(wanted("wide")).ok());
  ASSERT_TRUE(create(wanted("other", {Scope::orders_read}, {GroupName("club")})).ok());
  const auto seen = time.run(access().tokens(narrow)).value();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen.front().name.str(), "narrow");
  const auto all = time.run(access().tokens(administrator())).value();
  EXPECT_EQ(all.size(), 3U);
  for (const char* name : {"wide", "other", "nobody"}) {
    EXPECT_EQ(time.run(access().token(TokenName(name), narrow)).error().reason, "unknown_token") << name;
    EXPECT_EQ(revoke(name, narrow).error().reason, "unknown_token") << name;
  }
  EXPECT_TRUE(revoke("other").ok());
}

TEST_F(AccessServiceTest, TheLastUseIsWrittenOnceAMinute) {
  const std::string value = value_of(wanted("bot"));
  const Timestamp first = clock.now();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(access().who_is(value).ok());
  time.settle();
  EXPECT_EQ(store->faults.calls("token_used"), 1U);
  clock.advance(std::chrono::seconds(59));
  EXPECT_TRUE(access().who_is(value).ok());
  EXPECT_EQ(shown("bot").last_used_at, first);
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(access().who_is(value).ok());
  time.settle();
  EXPECT_EQ(store->faults.calls("token_used"), 2U);
  restart();
  EXPECT_EQ(shown("bot").last_used_at, first + std::chrono::minutes(1));
}

TEST_F(AccessServiceTest, WhatTheStoreRefusesHasNotHappened) {
  const std::string value = value_of(wanted("bot"));
  store->faults.fail("add_token");
  EXPECT_EQ(create(wanted("second")).error().code, ErrorCode::internal);
  EXPECT_EQ(time.run(access().tokens(administrator()))->size(), 1U);
  EXPECT_TRUE(create(wanted("second")).ok()) << "no token of this name was left behind whose value nobody knows";
  store->faults.fail("delete_token");
  EXPECT_FALSE(revoke("bot").ok());
  EXPECT_EQ(reason(value), "known as bot");
  EXPECT_EQ(events().size(), 2U);
  EXPECT_EQ(store->faults.calls("append_event"), 0U) << "the event comes with the change, in one write";
  store->faults.fail("token_used");
  clock.advance(std::chrono::minutes(2));
  EXPECT_EQ(reason(value), "known as bot") << "a use that cannot be written is no reason to refuse";
  time.settle();
}

TEST_F(AccessServiceTest, TheTrailTellsOfEachChange) {
  ASSERT_TRUE(create(wanted("bot", {Scope::orders_read, Scope::orders_write})).ok());
  ASSERT_TRUE(revoke("bot").ok());
  const auto trail = events();
  ASSERT_EQ(trail.size(), 2U);
  EXPECT_EQ(trail[0].type, "token_created");
  EXPECT_EQ(trail[0].detail, "scopes: orders:read orders:write");
  EXPECT_EQ(trail[1].type, "token_revoked");
  for (const Event& event : trail) {
    EXPECT_EQ(event.token, TokenName("bot"));
    EXPECT_EQ(event.actor, administrator().actor());
  }
}

}  // namespace
}  // namespace tradeauto
