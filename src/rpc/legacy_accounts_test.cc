// Whose log-in is which for an original worker's CLI.
#include "rpc/legacy_accounts.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

AccountRef person(const std::string& name) { return {.group = GroupName("family"), .account = AccountName(name)}; }

const AccountRef kMom = person("mom");
const AccountRef kDad = person("dad");
const std::set<AccountRef> kBoth{kMom, kDad};
using Order = std::vector<AccountRef>;

TransactionTask task(const AccountRef& account, Brokerage brokerage = Brokerage::tradier) {
  TransactionTask out;
  out.account = account;
  out.brokerage = brokerage;
  return out;
}

void activate(LegacyAccounts& accounts, const AccountRef& account, const std::string& token,
              Brokerage brokerage = Brokerage::tradier) {
  LegacyHeld held{.brokerage = brokerage, .credentials = {}, .by_this_connection = true};
  held.credentials.set("ACCESS_TOKEN", SecretString(token));
  accounts.held.insert_or_assign(account, std::move(held));
  accounts.order.may_have_landed(account);
  accounts.order.landed(account);
}

Order order_of(const std::vector<TransactionTask>& tasks) {
  Order order;
  for (const TransactionTask& each : tasks) order.push_back(each.account);
  return order;
}

TEST(ActivationOrderTest, IsThatOfTheActivations) {
  ActivationOrder order;
  EXPECT_EQ(order.of({}), Order());
  EXPECT_FALSE(order.of(kBoth));
  order.landed(kMom);
  order.landed(kDad);
  order.landed(kMom);
  EXPECT_EQ(order.of(kBoth), Order({kMom, kDad}));
  EXPECT_EQ(order.of({kDad}), Order({kDad}));
}

TEST(ActivationOrderTest, AnUnansweredActivationMayHaveItsPlace) {
  ActivationOrder order;
  order.may_have_landed(kMom);
  EXPECT_FALSE(order.of({kMom}));
  order.landed(kDad);
  EXPECT_EQ(order.of({kDad}), Order({kDad}));
  order.landed(kMom);
  EXPECT_FALSE(order.of(kBoth)) << "before or after";
}

TEST(ActivationOrderTest, AReplayInTheSameOrderKeepsIt) {
  ActivationOrder order;
  order.landed(kMom);
  order.landed(kDad);
  order.process_may_be_new();
  EXPECT_FALSE(order.of(kBoth));
  order.landed(kMom);
  EXPECT_FALSE(order.of(kBoth));
  order.landed(kDad);
  EXPECT_EQ(order.of(kBoth), Order({kMom, kDad}));
}

TEST(ActivationOrderTest, AReplayInAnotherOrderLeavesItUnknown) {
  ActivationOrder order;
  order.landed(kMom);
  order.landed(kDad);
  order.process_may_be_new();
  order.landed(kDad);
  order.landed(kMom);
  EXPECT_FALSE(order.of(kBoth));
  EXPECT_EQ(order.of({kMom}), Order({kMom}));
}

TEST(ActivationOrderTest, TooManyDoubtsAreNoOrder) {
  ActivationOrder order;
  for (int i = 0; i < 40; ++i) order.may_have_landed(person("a" + std::to_string(i)));
  order.landed(kMom);
  EXPECT_FALSE(order.of({kMom}));
}

TEST(LegacyAccountsTest, TasksAreInTheOrderOfTheLogIns) {
  LegacyAccounts accounts;
  activate(accounts, kMom, "token-1");
  activate(accounts, person("kid"), "token-1", Brokerage::fennel);
  activate(accounts, kDad, "token-2");
  std::vector<TransactionTask> tasks = {task(kDad), task(person("kid"), Brokerage::fennel), task(kMom)};
  EXPECT_EQ(place(tasks, accounts), std::set<Brokerage>());
  EXPECT_EQ(order_of(tasks), Order({person("kid"), kMom, kDad}));
}

TEST(LegacyAccountsTest, OneBrokeragesUnknownOrderIsItsOwn) {
  LegacyAccounts accounts;
  activate(accounts, kMom, "token-1");
  activate(accounts, kDad, "token-2");
  accounts.order.may_have_landed(person("kid"));
  accounts.order.landed(person("aunt"));
  activate(accounts, person("kid"), "token-3", Brokerage::fennel);
  activate(accounts, person("aunt"), "token-4", Brokerage::fennel);
  std::vector<TransactionTask> tasks = {task(kDad), task(person("kid"), Brokerage::fennel), task(kMom),
                                        task(person("aunt"), Brokerage::fennel)};
  EXPECT_EQ(place(tasks, accounts), std::set{Brokerage::fennel});
  EXPECT_EQ(Order({tasks[2].account, tasks[3].account}), Order({kMom, kDad}));
}

TEST(LegacyAccountsTest, ValuesThatTheCliMayReadOtherwiseAreNotPlaced) {
  for (const std::string token : {"token,2", "tok\"en", " token", "tok#en", "$token", "to\\ken", "", "token-1"}) {
    LegacyAccounts accounts;
    activate(accounts, kMom, "token-1");
    activate(accounts, kDad, token);
    std::vector<TransactionTask> tasks = {task(kDad), task(kMom)};
    EXPECT_EQ(place(tasks, accounts), std::set{Brokerage::tradier}) << token;
  }
}

TEST(LegacyAccountsTest, ANewProcessHoldsAtMostWhatThisConnectionGaveIt) {
  LegacyAccounts accounts;
  activate(accounts, kMom, "token-1");
  accounts.forget_connection();
  EXPECT_TRUE(accounts.of_new_process().held.empty());
  activate(accounts, kDad, "token-2");
  LegacyAccounts fresh = accounts.of_new_process();
  EXPECT_EQ(fresh.held.size(), 1U);
  activate(fresh, kMom, "token-1");
  activate(fresh, kDad, "token-2");
  std::vector<TransactionTask> tasks = {task(kDad), task(kMom)};
  EXPECT_EQ(place(tasks, fresh), std::set{Brokerage::tradier}) << "dad may have been first";
}

}  // namespace
}  // namespace tradeauto
