#pragma once

#include "store/memory/memory_rows.h"

namespace tradeauto {

class MemoryRegistry final : public Registry {
 public:
  MemoryRegistry(MemoryTables& tables, std::uint64_t incarnation)
      : incarnation_(incarnation), tables_(tables), rows_(tables) {}

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
  Group group_of(const GroupName& name, Timestamp created_at) const;

  const std::uint64_t incarnation_;
  MemoryTables& tables_;
  MemoryRows rows_;  // guarded by tables_.mutex
};

}  // namespace tradeauto
