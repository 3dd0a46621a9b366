#include "domain/unknown.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

TEST(UnknownTest, IsNotFoundAndNamesIt) {
  const Error group = unknown_group(GroupName("family"));
  EXPECT_EQ(group.code, ErrorCode::not_found);
  EXPECT_EQ(group.reason, "unknown_group");
  EXPECT_EQ(group.message, "there is no group \"family\"");
  const Error account = unknown_account({.group = GroupName("family"), .account = AccountName("mom")});
  EXPECT_EQ(account.code, ErrorCode::not_found);
  EXPECT_EQ(account.reason, "unknown_account");
  EXPECT_EQ(account.message, "there is no account \"family/mom\"");
}

}  // namespace
}  // namespace tradeauto
