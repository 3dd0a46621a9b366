#include "domain/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using testing::HasSubstr;

TEST(AccessTest, ATokenIsNamedAsEverythingElse) {
  EXPECT_EQ(parse_token_name("bot 1")->str(), "bot 1");
  for (const char* bad : {"", " bot", "bot/1", "b\n", "ta:x"}) {
    EXPECT_EQ(parse_token_name(bad).error().reason, "bad_name") << bad;
  }
}

TEST(AccessTest, EveryScopeHasOneWord) {
  for (const Scope scope : all_scopes()) EXPECT_EQ(parse_scope(to_string(scope)), scope);
  for (const char* word : {"", "orders", "orders:", "ORDERS:READ", "admin ", "orders:delete"}) {
    EXPECT_EQ(parse_scope(word), std::nullopt) << word;
  }
}

TEST(AccessTest, AScopeAllowsItselfAndAdminAll) {
  for (const Scope given : all_scopes()) {
    const ScopeSet scopes({given});
    for (const Scope wanted : all_scopes()) {
      EXPECT_EQ(scopes.allow(wanted), given == wanted || given == Scope::admin) << to_string(wanted);
      EXPECT_EQ(scopes.cover(ScopeSet({wanted})), given == wanted || given == Scope::admin);
    }
    EXPECT_FALSE(ScopeSet().allow(given));
    EXPECT_EQ(scopes.list(), std::vector<Scope>{given});
  }
  EXPECT_TRUE(ScopeSet().empty());
  EXPECT_FALSE(ScopeSet({Scope::orders_read}).cover(ScopeSet({Scope::orders_read, Scope::orders_write})));
}

TEST(AccessTest, WithoutGroupsThereIsNoBound) {
  const GroupName a("a");
  const GroupName b("b");
  EXPECT_TRUE(includes({}, a));
  EXPECT_TRUE(includes({a}, a));
  EXPECT_FALSE(includes({a}, b));
  EXPECT_TRUE(cover({}, {}));
  EXPECT_TRUE(cover({}, {a}));
  EXPECT_TRUE(cover({a, b}, {b}));
  EXPECT_FALSE(cover({a}, {a, b}));
  EXPECT_FALSE(cover({a}, {})) << "all groups are more than one";
}

TEST(AccessTest, ARefusalNamesTheScope) {
  const Caller reader{.name = "r", .scopes = ScopeSet({Scope::orders_read}), .groups = {}};
  EXPECT_TRUE(require(reader, Scope::orders_read).ok());
  const auto refused = require(reader, Scope::orders_approve);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::permission_denied);
  EXPECT_EQ(refused.error().reason, "missing_scope");
  EXPECT_THAT(refused.error().message, HasSubstr("orders:approve"));
  EXPECT_TRUE(require(unbounded_caller("admin"), Scope::audit_read).ok());
  EXPECT_TRUE(unbounded_caller("admin").sees(GroupName("any")));
  EXPECT_EQ(unbounded_caller("admin").actor(), (Actor{.kind = Actor::Kind::token, .name = "admin"}));
  EXPECT_TRUE(require(anonymous_caller(), Scope::admin).ok());
  EXPECT_EQ(anonymous_caller().actor(), (Actor{.kind = Actor::Kind::anonymous, .name = "AUTH off"}));
}

}  // namespace
}  // namespace tradeauto
