#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/fake_values_test.h"
#include "ports/holdings_api.h"

namespace tradeauto {

// Accounts that a test puts there. A refresh only begins: it ends when the test says how.
class FakeHoldings final : public HoldingsApi {
 public:
  asio::awaitable<Result<std::vector<AccountHoldings>>> list(HoldingsFilter filter) override {
    filters.push_back(filter);
    co_return find(filter);
  }
  asio::awaitable<Result<std::vector<AccountHoldings>>> wait(HoldingsFilter filter, Deadline deadline) override {
    filters.push_back(filter);
    waits.push_back(deadline);
    if (on_wait) on_wait();
    co_return find(filter);
  }
  asio::awaitable<Result<std::vector<AccountHoldings>>> refresh(HoldingsTarget target) override {
    targets.push_back(target);
    if (failure) co_return *failure;
    std::vector<AccountHoldings> begun;
    for (AccountHoldings& account : accounts) {
      const bool named = std::ranges::find(target.accounts, account.ref) != target.accounts.end();
      if (target.group ? account.ref.group != *target.group : !named) continue;
      account.refreshing = true;
      begun.push_back(account);
    }
    if (begun.empty()) co_return make_error(ErrorCode::not_found, "unknown_account", "there is no such account");
    co_return begun;
  }

  AccountHoldings& add(const std::string& group, const std::string& account) {
    AccountHoldings& added = accounts.emplace_back();
    added.ref = {.group = GroupName(group), .account = AccountName(account)};
    return added;
  }
  // A complete report of no holding.
  static HoldingsReport nothing() {
    HoldingsReport report;
    report.complete = true;
    report.as_of = kFakeNow;
    return report;
  }
  // The last refresh brought this.
  static void hold(AccountHoldings& account, const std::string& sub_account, const std::string& symbol,
                   const std::string& quantity, std::optional<std::string> price = std::nullopt) {
    if (!account.report) account.report = nothing();
    Holding& held = account.report->holdings.emplace_back();
    held.sub_account = sub_account;
    held.symbol = Symbol(symbol);
    held.quantity = Quantity(Decimal::parse(quantity).value());
    if (price) held.price = Price(Decimal::parse(*price).value());
  }

  std::deque<AccountHoldings> accounts;  // references to them stay
  std::optional<Error> failure;          // of refresh()
  std::function<void()> on_wait;         // what happens meanwhile
  std::vector<HoldingsFilter> filters;
  std::vector<HoldingsTarget> targets;
  std::vector<Deadline> waits;

 private:
  Result<std::vector<AccountHoldings>> find(const HoldingsFilter& filter) const {
    std::vector<AccountHoldings> found;
    for (const AccountHoldings& account : accounts) {
      const bool named = std::ranges::find(filter.accounts, account.ref) != filter.accounts.end();
      if (!filter.accounts.empty() && !named) continue;
      if (filter.group && account.ref.group != *filter.group) continue;
      if (includes(filter.groups, account.ref.group)) found.push_back(account);
    }
    if (found.empty() && filter.group) return make_error(ErrorCode::not_found, "unknown_group", "no such group");
    if (found.empty() && !filter.accounts.empty()) {
      return make_error(ErrorCode::not_found, "unknown_account", "no such account");
    }
    return found;
  }
};

}  // namespace tradeauto
