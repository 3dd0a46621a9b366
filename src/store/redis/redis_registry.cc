#include "store/redis/redis_registry.h"

#include <utility>

#include "store/redis/redis_reads.h"
#include "store/redis/redis_registry_writes.h"

namespace tradeauto {

asio::awaitable<Result<Registry::PutGroup>> RedisRegistry::put_group(GroupName name, Actor by, Timestamp now) {
  return engine_.write<PutGroup>([name = std::move(name), by = std::move(by), now](RedisPart& part) {
    return redis_writes::put_group(part, name, by, now);
  });
}

asio::awaitable<Result<std::optional<Group>>> RedisRegistry::find_group(GroupName name) {
  return engine_.read<std::optional<Group>>(
      [name = std::move(name)](StoredView& view) { return redis_reads::find_group(view, name); });
}

asio::awaitable<Result<std::vector<Group>>> RedisRegistry::list_groups() {
  return engine_.read<std::vector<Group>>(redis_reads::list_groups);
}

asio::awaitable<Result<void>> RedisRegistry::delete_group(GroupName name, Actor by, Timestamp now) {
  return engine_.write<void>([name = std::move(name), by = std::move(by), now](RedisPart& part) {
    return redis_writes::delete_group(part, name, by, now);
  });
}

asio::awaitable<Result<Registry::PutAccount>> RedisRegistry::put_account(RegisteredAccount account,
                                                                         std::optional<std::uint64_t> expected_version,
                                                                         Actor by) {
  return engine_.write<PutAccount>(
      [account = std::move(account), expected_version, by = std::move(by)](RedisPart& part) {
        return redis_writes::put_account(part, account, expected_version, by);
      });
}

asio::awaitable<Result<std::optional<RegisteredAccount>>> RedisRegistry::find_account(AccountRef ref) {
  return engine_.read<std::optional<RegisteredAccount>>(
      [ref = std::move(ref)](StoredView& view) { return redis_reads::find_account(view, ref); });
}

asio::awaitable<Result<std::vector<RegisteredAccount>>> RedisRegistry::list_accounts(GroupName group) {
  return engine_.read<std::vector<RegisteredAccount>>(
      [group = std::move(group)](StoredView& view) { return redis_reads::list_accounts(view, group); });
}

asio::awaitable<Result<void>> RedisRegistry::delete_account(AccountRef ref, Actor by, Timestamp now) {
  return engine_.write<void>([ref = std::move(ref), by = std::move(by), now](RedisPart& part) {
    return redis_writes::delete_account(part, ref, by, now);
  });
}

asio::awaitable<Result<Epoch>> RedisRegistry::assign(GroupName group, WorkerName worker, Timestamp now) {
  const std::uint64_t incarnation = engine_.incarnation();
  return engine_.write<Epoch>(
      [incarnation, group = std::move(group), worker = std::move(worker), now](RedisPart& part) {
        return redis_writes::assign(part, incarnation, group, worker, now);
      });
}

asio::awaitable<Result<std::vector<Registry::Assignment>>> RedisRegistry::assignments() {
  return engine_.read<std::vector<Assignment>>(redis_reads::assignments);
}

}  // namespace tradeauto
