#include "store/redis/redis_registry_writes.h"

#include <utility>

#include "store/deeds.h"
#include "store/redis/redis_reads.h"
#include "store/redis/redis_rows.h"
#include "store/rules.h"

namespace tradeauto::redis_writes {
namespace {

void save(RedisPart& part, const Group& group) {
  part.set(redis_rows::group_key(group.name),
           redis_rows::write(redis_rows::GroupRow{.created_at = group.created_at, .accounts = group.accounts}));
}

Result<std::optional<AccountRef>> other_with_login(RedisPart& part, const RegisteredAccount& account) {
  if (account.login_fingerprint.empty()) return std::optional<AccountRef>();
  TRY(const auto name, part.view().get(redis_rows::login_key(account.login_fingerprint)));
  if (!name || *name == redis_rows::name_of(account.ref)) return std::optional<AccountRef>();
  TRY(AccountRef other, parse_account_ref(*name));
  return std::optional(std::move(other));
}

void forget_login(RedisPart& part, const RegisteredAccount& account) {
  if (!account.login_fingerprint.empty()) part.remove(redis_rows::login_key(account.login_fingerprint));
}

}  // namespace

Result<Registry::PutGroup> put_group(RedisPart& part, const GroupName& name, Actor by, Timestamp now) {
  TRY(const auto present, redis_reads::find_group(part.view(), name));
  if (present) return Registry::PutGroup{.group = *present, .created = false};
  const Group made{.name = name, .created_at = now, .accounts = 0};
  save(part, made);
  part.add_member("groups", name.str());
  TRY_VOID(RedisRows(part).append_event(deeds::group_created(name, std::move(by), now)));
  return Registry::PutGroup{.group = made, .created = true};
}

Result<void> delete_group(RedisPart& part, const GroupName& name, Actor by, Timestamp now) {
  TRY(const auto present, redis_reads::find_group(part.view(), name));
  if (!present) return rules::unknown_group(name);
  if (present->accounts > 0) return rules::group_not_empty(name);
  part.remove(redis_rows::group_key(name));
  part.remove_member("groups", name.str());
  return RedisRows(part).append_event(deeds::group_deleted(name, std::move(by), now));
}

Result<Registry::PutAccount> put_account(RedisPart& part, RegisteredAccount account,
                                         std::optional<std::uint64_t> expected_version, Actor by) {
  TRY(auto group, redis_reads::find_group(part.view(), account.ref.group));
  if (!group) return rules::unknown_group(account.ref.group);
  TRY(const auto present, redis_reads::find_account(part.view(), account.ref));
  TRY(const auto same_login, other_with_login(part, account));
  TRY(auto stored, rules::decide_put_account(std::move(account), present, same_login, expected_version));
  if (present) {
    forget_login(part, *present);
  } else {
    ++group->accounts;
    save(part, *group);
    part.add_member(redis_rows::accounts_index(stored.ref.group), stored.ref.account.str());
  }
  if (!stored.login_fingerprint.empty()) {
    part.set(redis_rows::login_key(stored.login_fingerprint), redis_rows::name_of(stored.ref));
  }
  part.set(redis_rows::account_key(stored.ref), redis_rows::write(stored));
  TRY_VOID(RedisRows(part).append_event(deeds::account_put(present, stored, std::move(by))));
  return Registry::PutAccount{.account = std::move(stored), .created = !present};
}

Result<void> delete_account(RedisPart& part, const AccountRef& ref, Actor by, Timestamp now) {
  TRY(const auto present, redis_reads::find_account(part.view(), ref));
  if (!present) return rules::account_not_found(ref);
  TRY(const auto open, part.view().range({.index = redis_rows::open_index(ref), .limit = 1}));
  if (!open.empty()) return rules::account_busy(ref);
  TRY(auto group, redis_reads::find_group(part.view(), ref.group));
  if (!group) return rules::unknown_group(ref.group);
  --group->accounts;
  save(part, *group);
  forget_login(part, *present);
  part.remove(redis_rows::account_key(ref));
  part.remove_member(redis_rows::accounts_index(ref.group), ref.account.str());
  return RedisRows(part).append_event(deeds::account_deleted(*present, std::move(by), now));
}

Result<Epoch> assign(RedisPart& part, std::uint64_t incarnation, const GroupName& group, const WorkerName& worker,
                     Timestamp now) {
  TRY(const auto present, redis_reads::find_group(part.view(), group));
  if (!present) return rules::unknown_group(group);
  TRY(const auto last, redis_reads::find_assignment(part.view(), group));
  const Epoch epoch = rules::next_epoch(incarnation, last ? std::optional(last->epoch) : std::nullopt);
  part.set(redis_rows::assignment_key(group),
           redis_rows::write(Registry::Assignment{.group = group, .worker = worker, .epoch = epoch, .at = now}));
  part.add_member("assignments", group.str());
  return epoch;
}

}  // namespace tradeauto::redis_writes
