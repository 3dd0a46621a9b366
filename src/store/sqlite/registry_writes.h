#pragma once

#include <optional>

#include "ports/registry.h"
#include "store/sqlite/database.h"

// The registry's changes. Each is one transaction's body.
namespace tradeauto::writes {

Result<Registry::PutGroup> put_group(Database& database, const GroupName& name, Actor by, Timestamp now);
Result<void> delete_group(Database& database, const GroupName& name, Actor by, Timestamp now);
Result<Registry::PutAccount> put_account(Database& database, RegisteredAccount account,
                                         std::optional<std::uint64_t> expected_version, Actor by);
Result<void> delete_account(Database& database, const AccountRef& ref, Actor by, Timestamp now);
Result<Epoch> assign(Database& database, std::uint64_t incarnation, const GroupName& group, const WorkerName& worker,
                     Timestamp now);

}  // namespace tradeauto::writes
