#include <utility>

#include "store/redis/redis_reads.h"
#include "store/rules.h"

namespace tradeauto::redis_reads {

Result<std::optional<Group>> find_group(RedisView& view, const GroupName& name) {
  TRY(const auto bytes, view.get(redis_rows::group_key(name)));
  if (!bytes) return std::optional<Group>();
  TRY(const auto row, redis_rows::read_group(*bytes));
  return std::optional(Group{.name = name, .created_at = row.created_at, .accounts = row.accounts});
}

Result<std::vector<Group>> list_groups(RedisView& view) {
  TRY(const auto names, view.range({.index = "groups"}));
  std::vector<std::string> keys;
  for (const std::string& name : names) keys.push_back(redis_rows::group_key(GroupName(name)));
  TRY(const auto values, view.get_all(keys));
  std::vector<Group> groups;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!values[i]) continue;
    TRY(const auto row, redis_rows::read_group(*values[i]));
    groups.push_back({.name = GroupName(names[i]), .created_at = row.created_at, .accounts = row.accounts});
  }
  return groups;
}

Result<std::optional<RegisteredAccount>> find_account(RedisView& view, const AccountRef& ref) {
  TRY(const auto bytes, view.get(redis_rows::account_key(ref)));
  if (!bytes) return std::optional<RegisteredAccount>();
  TRY(RegisteredAccount account, redis_rows::read_account(*bytes));
  return std::optional(std::move(account));
}

Result<std::vector<RegisteredAccount>> list_accounts(RedisView& view, const GroupName& group) {
  TRY(const auto known, find_group(view, group));
  if (!known) return rules::unknown_group(group);
  TRY(const auto names, view.range({.index = redis_rows::accounts_index(group)}));
  std::vector<std::string> keys;
  for (const std::string& name : names) {
    keys.push_back(redis_rows::account_key({.group = group, .account = AccountName(name)}));
  }
  TRY(const auto values, view.get_all(keys));
  std::vector<RegisteredAccount> accounts;
  for (const auto& value : values) {
    if (!value) continue;
    TRY(RegisteredAccount account, redis_rows::read_account(*value));
    accounts.push_back(std::move(account));
  }
  return accounts;
}

Result<std::optional<Registry::Assignment>> find_assignment(RedisView& view, const GroupName& group) {
  TRY(const auto bytes, view.get(redis_rows::assignment_key(group)));
  if (!bytes) return std::optional<Registry::Assignment>();
  TRY(Registry::Assignment assignment, redis_rows::read_assignment(*bytes));
  return std::optional(std::move(assignment));
}

Result<std::vector<Registry::Assignment>> assignments(RedisView& view) {
  TRY(const auto groups, view.range({.index = "assignments"}));
  std::vector<std::string> keys;
  for (const std::string& group : groups) keys.push_back(redis_rows::assignment_key(GroupName(group)));
  TRY(const auto values, view.get_all(keys));
  std::vector<Registry::Assignment> all;
  for (const auto& value : values) {
    if (!value) continue;
    TRY(Registry::Assignment assignment, redis_rows::read_assignment(*value));
    all.push_back(std::move(assignment));
  }
  return all;
}

}  // namespace tradeauto::redis_reads
