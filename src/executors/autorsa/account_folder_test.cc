#include "executors/autorsa/account_folder.h"

#include <gtest/gtest.h>

#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

AccountRef ref(std::string group, std::string account) {
  return {.group = GroupName(std::move(group)), .account = AccountName(std::move(account))};
}

TEST(AccountFolderTest, StaysBelowItsParentWhateverTheNames) {
  const TempFolder root;
  const auto inside = [&](const AccountRef& account) {
    return take_account_folder(root.path() / "accounts", account, Brokerage::tradier, SecretString("id")).value().path;
  };
  EXPECT_TRUE(inside(ref("..", ".")).string().starts_with((root.path() / "accounts/%../%./Tradier-").string()));
  EXPECT_NE(inside(ref("a", "b")), inside(ref("a", "c")));
  EXPECT_NE(inside(ref(".", "b")), inside(ref("..", "b")));
}

TEST(AccountFolderTest, IsTakenByOneAtATime) {
  const TempFolder root;
  const auto take = [&](std::string account) {
    return take_account_folder(root.path(), ref("g", std::move(account)), Brokerage::tradier, SecretString("id"));
  };
  auto first = take("a");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(take("a").error().reason, "run_still_alive");
  EXPECT_TRUE(take("b").ok()) << "another account";
  first->lock.reset();
  EXPECT_TRUE(take("a").ok());
}

TEST(AccountFolderTest, DropsScreenshotsAndOtherLogInsSessions) {
  const TempFolder root;
  const auto take = [&](std::string identity) {
    return take_account_folder(root.path(), ref("g", "a"), Brokerage::fidelity, SecretString(std::move(identity)))
        .value()
        .path;
  };
  const std::filesystem::path first = take("ann");
  std::ofstream(first / "login-error-1.png") << "picture";
  std::ofstream(first / "did.bin") << "device";
  EXPECT_EQ(take("ann"), first);
  EXPECT_FALSE(std::filesystem::exists(first / "login-error-1.png"));
  EXPECT_TRUE(std::filesystem::exists(first / "did.bin"));
  EXPECT_NE(take("ben"), first);
  EXPECT_FALSE(std::filesystem::exists(first));
}

TEST(AccountFolderTest, AFolderThatCannotBeMadeIsNamed) {
  const TempFolder root;
  std::ofstream(root.path() / "file") << "x";
  const auto taken = take_account_folder(root.path() / "file", ref("g", "a"), Brokerage::tradier, SecretString("id"));
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().reason, "autorsa_folder_failed");
  EXPECT_EQ(taken.error().effect, Effect::none);
  EXPECT_NE(taken.error().message.find("file"), std::string::npos);
}

}  // namespace
}  // namespace tradeauto
