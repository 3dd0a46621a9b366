#pragma once

#include <cstdint>
#include <vector>

#include "ports/ledger.h"
#include "ports/registry.h"
#include "store/sqlite/database.h"

// Questions that are only asked, never part of a change. Each is one snapshot if the caller is in a transaction.
namespace tradeauto::reads {

Result<std::optional<Order>> find_order(Database& database, const ClientOrderId& id);
Result<std::vector<Order>> list_orders(Database& database, const OrderFilter& filter);
Result<std::vector<Order>> pending(Database& database, const AccountRef& account, std::size_t limit);
Result<std::vector<Ledger::Permitted>> executing(Database& database);
Result<std::optional<Timestamp>> next_expiry(Database& database);
Result<std::uint64_t> confirmed_sequence(Database& database, const JournalId& journal);
Result<std::vector<Event>> events(Database& database, std::uint64_t after, std::size_t limit);
Result<std::uint64_t> newest_event(Database& database);
Result<std::vector<Event>> deeds(Database& database, const DeedFilter& filter);

Result<std::optional<Group>> find_group(Database& database, const GroupName& name);
Result<std::vector<Group>> list_groups(Database& database);
Result<std::optional<RegisteredAccount>> find_account(Database& database, const AccountRef& ref);
Result<std::vector<RegisteredAccount>> list_accounts(Database& database, const GroupName& group);
Result<std::vector<Registry::Assignment>> assignments(Database& database);

}  // namespace tradeauto::reads
