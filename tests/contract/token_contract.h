#pragma once

#include "contract/store_fixture.h"

// Every sentence of TokenStore (ports/access.h), on every engine.
namespace tradeauto {

class TokenContract : public StoreContract {
 protected:
  TokenStore& tokens() { return store->tokens(); }

  AccessToken token(const std::string& name) const {
    AccessToken made;
    made.name = TokenName(name);
    made.hash = std::string("\0hash\xFF", 6);
    made.scopes = ScopeSet({Scope::orders_read});
    made.created_at = clock.now();
    return made;
  }
  AccessToken only() {
    const auto all = run(tokens().list_tokens()).value();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? AccessToken{} : all.front();
  }
};

TEST_P(TokenContract, AtFirstThereIsNone) { EXPECT_TRUE(run(tokens().list_tokens()).value().empty()); }

TEST_P(TokenContract, ATokenComesBackAsItWasAdded) {
  AccessToken put = token("bot");
  put.scopes = ScopeSet(all_scopes());
  put.groups = {GroupName("family"), GroupName("old friends")};
  put.expires_at = clock.now() + std::chrono::hours(24);
  ASSERT_TRUE(run(tokens().add_token(put, bot)).ok());
  const AccessToken found = only();
  EXPECT_EQ(found.name, put.name);
  EXPECT_EQ(found.hash, put.hash);
  EXPECT_EQ(found.scopes, put.scopes);
  EXPECT_EQ(found.groups, put.groups);
  EXPECT_EQ(found.expires_at, put.expires_at);
  EXPECT_EQ(found.created_at, put.created_at);
  EXPECT_EQ(found.last_used_at, std::nullopt);
}

TEST_P(TokenContract, WithoutGroupsAndExpiryItStaysWithout) {
  ASSERT_TRUE(run(tokens().add_token(token("bot"), bot)).ok());
  EXPECT_TRUE(only().groups.empty());
  EXPECT_EQ(only().expires_at, std::nullopt);
}

TEST_P(TokenContract, ANameIsGivenOnce) {
  ASSERT_TRUE(run(tokens().add_token(token("bot"), bot)).ok());
  AccessToken second = token("bot");
  second.hash = "another";
  const auto refused = run(tokens().add_token(second, bot));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().reason, "token_exists");
  EXPECT_EQ(only().hash, token("bot").hash);
}

TEST_P(TokenContract, ListsByName) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(run(tokens().add_token(token(name), bot)).ok());
  const auto all = run(tokens().list_tokens()).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name.str(), "a");
  EXPECT_EQ(all[1].name.str(), "b");
  EXPECT_EQ(all[2].name.str(), "c");
}

TEST_P(TokenContract, WhatIsDeletedIsGoneAndItsNameFree) {
  EXPECT_EQ(run(tokens().delete_token(TokenName("bot"), bot, clock.now())).error().reason, "unknown_token");
  ASSERT_TRUE(run(tokens().add_token(token("bot"), bot)).ok());
  ASSERT_TRUE(run(tokens().delete_token(TokenName("bot"), bot, clock.now())).ok());
  EXPECT_TRUE(run(tokens().list_tokens()).value().empty());
  EXPECT_EQ(run(tokens().delete_token(TokenName("bot"), bot, clock.now())).error().code, ErrorCode::not_found);
  EXPECT_TRUE(run(tokens().add_token(token("bot"), bot)).ok());
}

TEST_P(TokenContract, RemembersWhenItWasUsedLast) {
  ASSERT_TRUE(run(tokens().add_token(token("bot"), bot)).ok());
  clock.advance(std::chrono::seconds(90));
  ASSERT_TRUE(run(tokens().token_used(TokenName("bot"), clock.now())).ok());
  EXPECT_EQ(only().last_used_at, clock.now());
  EXPECT_EQ(only().scopes, token("bot").scopes);
  ASSERT_TRUE(run(tokens().delete_token(TokenName("bot"), bot, clock.now())).ok());
  ASSERT_TRUE(run(tokens().token_used(TokenName("bot"), clock.now())).ok()) << "nothing to tell";
  EXPECT_TRUE(run(tokens().list_tokens()).value().empty());
}

}  // namespace tradeauto
