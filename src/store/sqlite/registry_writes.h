#pragma once

#include <optional>

#include "ports/registry.h"
#include "store/sqlite/database.h"

// The registry's changes. Each is one transaction's body.
namespace tradeauto::writes {

Result<Registry::PutGroup> put_group(Database& database, const GroupName& name, Timestamp now);
Result<void> delete_group(Database& database, const GroupName& name);
Result<Registry::PutAccount> put_account(Database& database, RegisteredAccount account,
                                         std::optional<std::uint64_t> expected_version);
Result<void> delete_account(Database& database, const AccountRef& ref);
Result<Epoch> assign(Database& database, std::uint64_t incarnation, const GroupName& group, const WorkerName& worker,
                     Timestamp now);

}  // namespace tradeauto::writes
