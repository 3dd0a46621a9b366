#include "store/memory/memory_registry.h"

#include <algorithm>
#include <utility>

#include "store/deeds.h"

namespace tradeauto {

Group MemoryRegistry::group_of(const GroupName& name, Timestamp created_at) const {
  const auto mine = [&](const auto& entry) { return entry.first.group == name; };
  return {.name = name,
          .created_at = created_at,
          .accounts = static_cast<std::size_t>(std::ranges::count_if(tables_.accounts, mine))};
}

asio::awaitable<Result<Registry::PutGroup>> MemoryRegistry::put_group(GroupName name, Actor by, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  const auto [it, created] = tables_.groups.emplace(name, now);
  if (created) CO_TRY_VOID(rows_.append_event(deeds::group_created(name, std::move(by), now)));
  co_return PutGroup{.group = group_of(name, it->second), .created = created};
}

asio::awaitable<Result<std::optional<Group>>> MemoryRegistry::find_group(GroupName name) {
  const std::scoped_lock lock(tables_.mutex);
  const auto it = tables_.groups.find(name);
  if (it == tables_.groups.end()) co_return std::optional<Group>();
  co_return std::optional(group_of(name, it->second));
}

asio::awaitable<Result<std::vector<Group>>> MemoryRegistry::list_groups() {
  const std::scoped_lock lock(tables_.mutex);
  std::vector<Group> groups;
  for (const auto& [name, created_at] : tables_.groups) groups.push_back(group_of(name, created_at));
  co_return groups;
}

asio::awaitable<Result<void>> MemoryRegistry::delete_group(GroupName name, Actor by, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  const auto it = tables_.groups.find(name);
  if (it == tables_.groups.end()) co_return rules::unknown_group(name);
  if (group_of(name, it->second).accounts > 0) co_return rules::group_not_empty(name);
  tables_.groups.erase(it);
  co_return rows_.append_event(deeds::group_deleted(name, std::move(by), now));
}

asio::awaitable<Result<Registry::PutAccount>> MemoryRegistry::put_account(RegisteredAccount account,
                                                                          std::optional<std::uint64_t> expected_version,
                                                                          Actor by) {
  const std::scoped_lock lock(tables_.mutex);
  if (!tables_.groups.contains(account.ref.group)) co_return rules::unknown_group(account.ref.group);
  std::optional<RegisteredAccount> present;
  if (const auto it = tables_.accounts.find(account.ref); it != tables_.accounts.end()) present = it->second;
  std::optional<AccountRef> same_login;
  for (const auto& [ref, other] : tables_.accounts) {
    if (ref != account.ref && !account.login_fingerprint.empty() &&
        other.login_fingerprint == account.login_fingerprint) {
      same_login = ref;
    }
  }
  CO_TRY(auto stored, rules::decide_put_account(std::move(account), present, same_login, expected_version));
  tables_.accounts.insert_or_assign(stored.ref, stored);
  CO_TRY_VOID(rows_.append_event(deeds::account_put(present, stored, std::move(by))));
  co_return PutAccount{.account = std::move(stored), .created = !present};
}

asio::awaitable<Result<std::optional<RegisteredAccount>>> MemoryRegistry::find_account(AccountRef ref) {
  const std::scoped_lock lock(tables_.mutex);
  const auto it = tables_.accounts.find(ref);
  if (it == tables_.accounts.end()) co_return std::optional<RegisteredAccount>();
  co_return std::optional(it->second);
}

asio::awaitable<Result<std::vector<RegisteredAccount>>> MemoryRegistry::list_accounts(GroupName group) {
  const std::scoped_lock lock(tables_.mutex);
  if (!tables_.groups.contains(group)) co_return rules::unknown_group(group);
  std::vector<RegisteredAccount> accounts;
  for (const auto& [ref, account] : tables_.accounts) {
    if (ref.group == group) accounts.push_back(account);
  }
  co_return accounts;
}

asio::awaitable<Result<void>> MemoryRegistry::delete_account(AccountRef ref, Actor by, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  const auto it = tables_.accounts.find(ref);
  if (it == tables_.accounts.end()) co_return rules::account_not_found(ref);
  const auto under_way = [&](const auto& entry) {
    return entry.second.child.account == ref && !is_final(entry.second.child.status);
  };
  if (std::ranges::any_of(tables_.children, under_way)) co_return rules::account_busy(ref);
  const RegisteredAccount gone = std::move(it->second);
  tables_.accounts.erase(it);
  co_return rows_.append_event(deeds::account_deleted(gone, std::move(by), now));
}

asio::awaitable<Result<Epoch>> MemoryRegistry::assign(GroupName group, WorkerName worker, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  if (!tables_.groups.contains(group)) co_return rules::unknown_group(group);
  const auto it = tables_.assignments.find(group);
  const auto last = it == tables_.assignments.end() ? std::nullopt : std::optional(it->second.epoch);
  const Epoch epoch = rules::next_epoch(incarnation_, last);
  tables_.assignments.insert_or_assign(
      group, MemoryTables::AssignmentRow{.worker = std::move(worker), .epoch = epoch, .at = now});
  co_return epoch;
}

asio::awaitable<Result<std::vector<Registry::Assignment>>> MemoryRegistry::assignments() {
  const std::scoped_lock lock(tables_.mutex);
  std::vector<Assignment> all;
  for (const auto& [group, row] : tables_.assignments) {
    all.push_back({.group = group, .worker = row.worker, .epoch = row.epoch, .at = row.at});
  }
  co_return all;
}

}  // namespace tradeauto
