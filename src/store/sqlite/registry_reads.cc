#include <utility>

#include "store/rules.h"
#include "store/sqlite/row_codec.h"
#include "store/sqlite/sqlite_reads.h"

namespace tradeauto::reads {
namespace {

Group group_of(const Query& row) {
  return {
      .name = GroupName(row.text(0)), .created_at = row.time(1), .accounts = static_cast<std::size_t>(row.count(2))};
}

}  // namespace

Result<std::optional<Group>> find_group(Database& database, const GroupName& name) {
  Query query = database.query(
      "SELECT name, created_at, (SELECT count(*) FROM accounts WHERE group_name = groups.name) FROM groups WHERE name "
      "= ?");
  TRY(const bool row, query.bind(name).step());
  if (!row) return std::optional<Group>();
  return std::optional(group_of(query));
}

Result<std::vector<Group>> list_groups(Database& database) {
  Query query = database.query(
      "SELECT name, created_at, (SELECT count(*) FROM accounts WHERE group_name = groups.name) FROM groups ORDER BY "
      "name");
  std::vector<Group> groups;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return groups;
    groups.push_back(group_of(query));
  }
}

Result<std::optional<RegisteredAccount>> find_account(Database& database, const AccountRef& ref) {
  Query query = database.query("SELECT " TRADEAUTO_ACCOUNT_COLUMNS " FROM accounts WHERE group_name = ? AND name = ?");
  TRY(const bool row, query.bind(ref.group, ref.account).step());
  if (!row) return std::optional<RegisteredAccount>();
  TRY(RegisteredAccount account, row_codec::read_account(query));
  return std::optional(std::move(account));
}

Result<std::vector<RegisteredAccount>> list_accounts(Database& database, const GroupName& group) {
  TRY(const auto known, find_group(database, group));
  if (!known) return rules::unknown_group(group);
  Query query = database.query("SELECT " TRADEAUTO_ACCOUNT_COLUMNS " FROM accounts WHERE group_name = ? ORDER BY name");
  query.bind(group);
  std::vector<RegisteredAccount> accounts;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return accounts;
    TRY(RegisteredAccount account, row_codec::read_account(query));
    accounts.push_back(std::move(account));
  }
}

Result<std::vector<Registry::Assignment>> assignments(Database& database) {
  Query query =
      database.query("SELECT group_name, worker, incarnation, counter, at FROM assignments ORDER BY group_name");
  std::vector<Registry::Assignment> all;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return all;
    all.push_back({.group = GroupName(query.text(0)),
                   .worker = WorkerName(query.text(1)),
                   .epoch = {.incarnation = query.count(2), .counter = query.count(3)},
                   .at = query.time(4)});
  }
}

}  // namespace tradeauto::reads
