#include "store/sqlite/sqlite_registry.h"

#include <utility>

#include "store/sqlite/registry_writes.h"
#include "store/sqlite/sqlite_reads.h"

namespace tradeauto {

asio::awaitable<Result<Registry::PutGroup>> SqliteRegistry::put_group(GroupName name, Actor by, Timestamp now) {
  return engine_.write<PutGroup>([name = std::move(name), by = std::move(by), now](Database& database) {
    return writes::put_group(database, name, by, now);
  });
}

asio::awaitable<Result<std::optional<Group>>> SqliteRegistry::find_group(GroupName name) {
  return engine_.read<std::optional<Group>>(
      [name = std::move(name)](Database& database) { return reads::find_group(database, name); });
}

asio::awaitable<Result<std::vector<Group>>> SqliteRegistry::list_groups() {
  return engine_.read<std::vector<Group>>(reads::list_groups);
}

asio::awaitable<Result<void>> SqliteRegistry::delete_group(GroupName name, Actor by, Timestamp now) {
  return engine_.write<void>([name = std::move(name), by = std::move(by), now](Database& database) {
    return writes::delete_group(database, name, by, now);
  });
}

asio::awaitable<Result<Registry::PutAccount>> SqliteRegistry::put_account(RegisteredAccount account,
                                                                          std::optional<std::uint64_t> expected_version,
                                                                          Actor by) {
  return engine_.write<PutAccount>(
      [account = std::move(account), expected_version, by = std::move(by)](Database& database) {
        return writes::put_account(database, account, expected_version, by);
      });
}

asio::awaitable<Result<std::optional<RegisteredAccount>>> SqliteRegistry::find_account(AccountRef ref) {
  return engine_.read<std::optional<RegisteredAccount>>(
      [ref = std::move(ref)](Database& database) { return reads::find_account(database, ref); });
}

asio::awaitable<Result<std::vector<RegisteredAccount>>> SqliteRegistry::list_accounts(GroupName group) {
  return engine_.read<std::vector<RegisteredAccount>>(
      [group = std::move(group)](Database& database) { return reads::list_accounts(database, group); });
}

asio::awaitable<Result<void>> SqliteRegistry::delete_account(AccountRef ref, Actor by, Timestamp now) {
  return engine_.write<void>([ref = std::move(ref), by = std::move(by), now](Database& database) {
    return writes::delete_account(database, ref, by, now);
  });
}

asio::awaitable<Result<Epoch>> SqliteRegistry::assign(GroupName group, WorkerName worker, Timestamp now) {
  const std::uint64_t incarnation = engine_.identity().incarnation;
  return engine_.write<Epoch>(
      [incarnation, group = std::move(group), worker = std::move(worker), now](Database& database) {
        return writes::assign(database, incarnation, group, worker, now);
      });
}

asio::awaitable<Result<std::vector<Registry::Assignment>>> SqliteRegistry::assignments() {
  return engine_.read<std::vector<Assignment>>(reads::assignments);
}

}  // namespace tradeauto
