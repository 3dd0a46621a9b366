#pragma once

#include "ports/registry.h"
#include "store/sqlite/sqlite_engine.h"

namespace tradeauto {

class SqliteRegistry final : public Registry {
 public:
  explicit SqliteRegistry(SqliteEngine& engine) : engine_(engine) {}

  asio::awaitable<Result<PutGroup>> put_group(GroupName name, Actor by, Timestamp now) override;
  asio::awaitable<Result<std::optional<Group>>> find_group(GroupName name) override;
  asio::awaitable<Result<std::vector<Group>>> list_groups() override;
  asio::awaitable<Result<void>> delete_group(GroupName name, Actor by, Timestamp now) override;
  asio::awaitable<Result<PutAccount>> put_account(RegisteredAccount account,
                                                  std::optional<std::uint64_t> expected_version, Actor by) override;
  asio::awaitable<Result<std::optional<RegisteredAccount>>> find_account(AccountRef ref) override;
  asio::awaitable<Result<std::vector<RegisteredAccount>>> list_accounts(GroupName group) override;
  asio::awaitable<Result<void>> delete_account(AccountRef ref, Actor by, Timestamp now) override;
  asio::awaitable<Result<Epoch>> assign(GroupName group, WorkerName worker, Timestamp now) override;
  asio::awaitable<Result<std::vector<Assignment>>> assignments() override;

 private:
  SqliteEngine& engine_;
};

}  // namespace tradeauto
