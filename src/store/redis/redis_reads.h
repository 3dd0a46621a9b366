#pragma once

#include "ports/ledger.h"
#include "ports/registry.h"
#include "store/redis/redis_rows_codec.h"
#include "store/redis/redis_view.h"

// Questions over a view. Within the writer's they are one moment's answers. The reader's are made of several: a row is
// whole, and what an index promises of it is looked at again in the row.
namespace tradeauto::redis_reads {

Result<redis_rows::OrderRow> order_row(RedisView& view, const OrderId& id);       // unknown_order
Result<redis_rows::ChildRow> child_row(RedisView& view, const ChildOrderId& id);  // unknown_child_order
Result<Order> order(RedisView& view, const OrderId& id);                          // unknown_order
Result<ChildOrder> child_order(RedisView& view, const ChildOrderId& id);          // unknown_child_order
Result<std::optional<Order>> find_order(RedisView& view, const ClientOrderId& id);
// Cost: that of the page; with the states `attention` and `working` that of what is not final; with several other
// filters that of the orders that the narrowest of account, symbol, group has.
Result<std::vector<Order>> list_orders(RedisView& view, const OrderFilter& filter);
Result<std::vector<Order>> pending(RedisView& view, const AccountRef& account, std::size_t limit);
Result<std::vector<Ledger::Permitted>> executing(RedisView& view);
Result<std::optional<Timestamp>> next_expiry(RedisView& view);
Result<std::uint64_t> confirmed_sequence(RedisView& view, const JournalId& journal);
Result<std::vector<Event>> events(RedisClient& client, std::uint64_t after, std::size_t limit);
Result<std::uint64_t> newest_event(RedisView& view);
Result<std::vector<Event>> deeds(StoredView& view, const DeedFilter& filter);

Result<std::optional<Group>> find_group(RedisView& view, const GroupName& name);
Result<std::vector<Group>> list_groups(RedisView& view);
Result<std::optional<RegisteredAccount>> find_account(RedisView& view, const AccountRef& ref);
Result<std::vector<RegisteredAccount>> list_accounts(RedisView& view, const GroupName& group);  // unknown_group
Result<std::optional<Registry::Assignment>> find_assignment(RedisView& view, const GroupName& group);
Result<std::vector<Registry::Assignment>> assignments(RedisView& view);

}  // namespace tradeauto::redis_reads
