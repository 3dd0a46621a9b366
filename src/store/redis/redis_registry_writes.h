#pragma once

#include "ports/registry.h"
#include "store/redis/redis_changes.h"

// Each is one transaction's body; everything is read before anything is changed.
namespace tradeauto::redis_writes {

Result<Registry::PutGroup> put_group(RedisPart& part, const GroupName& name, Actor by, Timestamp now);
Result<void> delete_group(RedisPart& part, const GroupName& name, Actor by, Timestamp now);
Result<Registry::PutAccount> put_account(RedisPart& part, RegisteredAccount account,
                                         std::optional<std::uint64_t> expected_version, Actor by);
Result<void> delete_account(RedisPart& part, const AccountRef& ref, Actor by, Timestamp now);
Result<Epoch> assign(RedisPart& part, std::uint64_t incarnation, const GroupName& group, const WorkerName& worker,
                     Timestamp now);

}  // namespace tradeauto::redis_writes
