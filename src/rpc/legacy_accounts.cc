#include "rpc/legacy_accounts.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace tradeauto {
namespace {

constexpr std::size_t kMaxOrders = 32;

bool holds(const std::vector<AccountRef>& order, const AccountRef& account) {
  return std::ranges::find(order, account) != order.end();
}

std::vector<AccountRef> with(std::vector<AccountRef> order, const AccountRef& account) {
  if (!holds(order, account)) order.push_back(account);
  return order;
}

// The original writes its values into a file of quoted words and splits them at commas.
bool is_one_log_in(const Credentials& credentials) {
  return std::ranges::all_of(credentials.fields(), [](const auto& field) {
    const std::string_view value = field.second.reveal();
    return !value.empty() && std::ranges::all_of(value, [](char c) {
      return c > ' ' && c < '\x7f' && std::string_view(",\"'`#$\\").find(c) == std::string_view::npos;
    });
  });
}

// The CLI numbers two equal log-ins as one.
bool is_told_apart(const LegacyAccounts& accounts, const std::set<AccountRef>& own) {
  for (const AccountRef& account : own) {
    const auto held = accounts.held.find(account);
    if (held == accounts.held.end() || !is_one_log_in(held->second.credentials)) return false;
    for (const AccountRef& other : own) {
      if (other == account) continue;
      const auto beside = accounts.held.find(other);
      if (beside != accounts.held.end() && same_credentials(held->second.credentials, beside->second.credentials))
        return false;
    }
  }
  return true;
}

}  // namespace

void ActivationOrder::landed(const AccountRef& account) {
  std::set<std::vector<AccountRef>> orders;
  for (const auto& order : orders_) orders.insert(with(order, account));
  orders_ = std::move(orders);
}

void ActivationOrder::may_have_landed(const AccountRef& account) {
  auto orders = orders_;
  for (const auto& order : orders_) orders.insert(with(order, account));
  orders_ = std::move(orders);
  lost_ = lost_ || orders_.size() > kMaxOrders;
  if (lost_) orders_ = {{}};
}

void ActivationOrder::process_may_be_new() { orders_.insert(std::vector<AccountRef>()); }

std::optional<std::vector<AccountRef>> ActivationOrder::of(const std::set<AccountRef>& accounts) const {
  if (lost_) return std::nullopt;
  std::optional<std::vector<AccountRef>> known;
  for (const auto& order : orders_) {
    std::vector<AccountRef> own;
    std::ranges::copy_if(order, std::back_inserter(own), [&](const auto& each) { return accounts.contains(each); });
    if (own.size() != accounts.size() || (known && *known != own)) return std::nullopt;
    known = std::move(own);
  }
  return known;
}

void LegacyAccounts::forget_connection() {
  for (auto& [account, each] : held) each.by_this_connection = false;
  order.process_may_be_new();
}

LegacyAccounts LegacyAccounts::of_new_process() const {
  LegacyAccounts fresh;
  for (const auto& [account, each] : held) {
    if (each.by_this_connection) fresh.held.emplace(account, each);
  }
  if (fresh.held.empty()) return fresh;
  fresh.order = order;
  fresh.order.process_may_be_new();
  return fresh;
}

bool same_credentials(const Credentials& a, const Credentials& b) {
  return std::ranges::equal(a.fields(), b.fields(), [](const auto& left, const auto& right) {
    return left.first == right.first && left.second.reveal() == right.second.reveal();
  });
}

std::set<Brokerage> place(std::vector<TransactionTask>& tasks, const LegacyAccounts& accounts) {
  std::map<Brokerage, std::set<AccountRef>> by_brokerage;
  for (const TransactionTask& task : tasks) by_brokerage[task.brokerage].insert(task.account);
  std::set<Brokerage> unplaced;
  std::map<AccountRef, std::size_t> places;
  for (const auto& [brokerage, own] : by_brokerage) {
    const auto order = accounts.order.of(own);
    if (!order || !is_told_apart(accounts, own)) {
      unplaced.insert(brokerage);
    } else {
      for (const AccountRef& account : *order) places.emplace(account, places.size());
    }
  }
  std::ranges::sort(tasks, {}, [&](const TransactionTask& task) {
    const auto found = places.find(task.account);
    return std::tuple(task.brokerage, found == places.end() ? 0 : found->second, task.account);
  });
  return unplaced;
}

}  // namespace tradeauto
