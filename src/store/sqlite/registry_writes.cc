#include "store/sqlite/registry_writes.h"

#include <utility>

#include "store/deeds.h"
#include "store/rules.h"
#include "store/sqlite/row_codec.h"
#include "store/sqlite/sqlite_reads.h"
#include "store/sqlite/sqlite_rows.h"

namespace tradeauto::writes {
namespace {

Result<std::optional<AccountRef>> other_with_login(Database& database, const RegisteredAccount& account) {
  if (account.login_fingerprint.empty()) return std::optional<AccountRef>();
  Query query = database.query(
      "SELECT group_name, name FROM accounts WHERE login_fingerprint = ? AND NOT (group_name = ? AND name = ?)");
  query.bind(Blob{account.login_fingerprint}, account.ref.group, account.ref.account);
  TRY(const bool row, query.step());
  if (!row) return std::optional<AccountRef>();
  return std::optional(AccountRef{.group = GroupName(query.text(0)), .account = AccountName(query.text(1))});
}

Result<void> save(Database& database, const RegisteredAccount& account) {
  Query query =
      database.query("INSERT OR REPLACE INTO accounts(" TRADEAUTO_ACCOUNT_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?)");
  std::optional<Blob> fingerprint;
  if (!account.login_fingerprint.empty()) fingerprint = Blob{account.login_fingerprint};
  query.bind(account.ref.group, account.ref.account, to_string(account.brokerage), account.enabled,
             row_codec::join_lines(account.credential_fields), Blob{account.sealed_credentials}, fingerprint,
             account.version, account.created_at, account.updated_at);
  return query.run();
}

}  // namespace

Result<Registry::PutGroup> put_group(Database& database, const GroupName& name, Actor by, Timestamp now) {
  TRY(const auto present, reads::find_group(database, name));
  if (present) return Registry::PutGroup{.group = *present, .created = false};
  Query query = database.query("INSERT INTO groups(name, created_at) VALUES (?, ?)");
  TRY_VOID(query.bind(name, now).run());
  TRY_VOID(SqliteRows(database).append_event(deeds::group_created(name, std::move(by), now)));
  return Registry::PutGroup{.group = {.name = name, .created_at = now, .accounts = 0}, .created = true};
}

Result<void> delete_group(Database& database, const GroupName& name, Actor by, Timestamp now) {
  TRY(const auto present, reads::find_group(database, name));
  if (!present) return rules::unknown_group(name);
  if (present->accounts > 0) return rules::group_not_empty(name);
  Query query = database.query("DELETE FROM groups WHERE name = ?");
  TRY_VOID(query.bind(name).run());
  return SqliteRows(database).append_event(deeds::group_deleted(name, std::move(by), now));
}

Result<Registry::PutAccount> put_account(Database& database, RegisteredAccount account,
                                         std::optional<std::uint64_t> expected_version, Actor by) {
  TRY(const auto group, reads::find_group(database, account.ref.group));
  if (!group) return rules::unknown_group(account.ref.group);
  TRY(const auto present, reads::find_account(database, account.ref));
  TRY(const auto same_login, other_with_login(database, account));
  TRY(auto stored, rules::decide_put_account(std::move(account), present, same_login, expected_version));
  TRY_VOID(save(database, stored));
  TRY_VOID(SqliteRows(database).append_event(deeds::account_put(present, stored, std::move(by))));
  return Registry::PutAccount{.account = std::move(stored), .created = !present};
}

Result<void> delete_account(Database& database, const AccountRef& ref, Actor by, Timestamp now) {
  TRY(const auto present, reads::find_account(database, ref));
  if (!present) return rules::account_not_found(ref);
  {
    Query query = database.query(
        "SELECT EXISTS (SELECT 1 FROM child_orders WHERE status = 'pending' AND group_name = ?1 AND account = ?2)"
        " OR EXISTS (SELECT 1 FROM child_orders WHERE status = 'executing' AND group_name = ?1 AND account = ?2)"
        " OR EXISTS (SELECT 1 FROM child_orders WHERE status = 'submitted' AND group_name = ?1 AND account = ?2)"
        " OR EXISTS (SELECT 1 FROM child_orders WHERE status = 'in_doubt' AND group_name = ?1 AND account = ?2)");
    TRY(const bool row, query.bind(ref.group, ref.account).step());
    if (row && query.flag(0)) return rules::account_busy(ref);
  }
  Query query = database.query("DELETE FROM accounts WHERE group_name = ? AND name = ?");
  TRY_VOID(query.bind(ref.group, ref.account).run());
  return SqliteRows(database).append_event(deeds::account_deleted(*present, std::move(by), now));
}

Result<Epoch> assign(Database& database, std::uint64_t incarnation, const GroupName& group, const WorkerName& worker,
                     Timestamp now) {
  TRY(const auto present, reads::find_group(database, group));
  if (!present) return rules::unknown_group(group);
  TRY(const auto last, SqliteRows(database).newest_epoch(group));
  const Epoch epoch = rules::next_epoch(incarnation, last);
  Query query = database.query(
      "INSERT OR REPLACE INTO assignments(group_name, worker, incarnation, counter, at) VALUES (?,?,?,?,?)");
  TRY_VOID(query.bind(group, worker, epoch.incarnation, epoch.counter, now).run());
  return epoch;
}

}  // namespace tradeauto::writes
