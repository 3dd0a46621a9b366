#include "http/narrowing.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "domain/unknown.h"

namespace tradeauto {
namespace {

Error at(Error error, std::string pointer) {
  error.fields.push_back({.pointer = std::move(pointer), .code = error.reason, .detail = error.message});
  return error;
}

}  // namespace

Result<void> check_seen(const Caller& caller, const GroupName& group) {
  if (caller.sees(group)) return {};
  return unknown_group(group);
}

Result<void> check_seen(const Caller& caller, const AccountRef& account) {
  if (caller.sees(account.group)) return {};
  return unknown_account(account);
}

Result<void> check_seen(const Caller& caller, const Order& order) {
  const auto seen = [&](const ChildOrder& child) { return caller.sees(child.account.group); };
  if (std::ranges::all_of(order.child_orders, seen)) return {};
  return make_error(ErrorCode::not_found, "unknown_order", fmt::format("there is no order {}", order.id));
}

Result<void> check_seen(const Caller& caller, const ChildOrder& child) {
  if (caller.sees(child.account.group)) return {};
  return make_error(ErrorCode::not_found, "unknown_child_order", fmt::format("there is no child order {}", child.id));
}

Result<void> check_seen(const Caller& caller, const OrderRequest& request) {
  return check_seen(caller, request.group, request.accounts);
}

Result<void> check_seen(const Caller& caller, const std::optional<GroupName>& group,
                        const std::vector<AccountRef>& accounts) {
  if (group && !caller.sees(*group)) return at(unknown_group(*group), "/group");
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    if (!caller.sees(accounts[i].group)) return at(unknown_account(accounts[i]), fmt::format("/accounts/{}", i));
  }
  return {};
}

std::string key_owner(const Caller& caller) { return caller.grant == 0 ? std::string() : caller.name; }

void claim_key(const Caller& caller, OrderRequest& request) {
  const std::string owner = key_owner(caller);
  if (!owner.empty()) request.canonical += "\n" + owner;
}

}  // namespace tradeauto
