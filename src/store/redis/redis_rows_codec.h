#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/access.h"
#include "ports/registry.h"
#include "store/ledger_rows.h"

// The texts that stand under the engine's keys, and what the keys are called. Names hold no '/' and no ':', so that a
// key means one thing; a symbol and a client_order_id, which may, stand at the end.
namespace tradeauto::redis_rows {

struct OrderRow {
  Order order;               // without child orders
  std::uint64_t number = 0;  // as they came
  std::string body_hash;
  std::vector<ChildOrderId> children;
};

struct ChildRow {
  ChildOrder child;
  rules::OrderTerms terms;  // of its order
  std::string place;        // of its order
  std::optional<PermitRecord> permit;
};

struct GroupRow {
  Timestamp created_at;
  std::size_t accounts = 0;
};

std::string write(const OrderRow& row);
std::string write(const ChildRow& row);
std::string write(const GroupRow& row);
std::string write(const RegisteredAccount& account);
std::string write(const Registry::Assignment& assignment);
std::string write(const Event& event);
std::string write(const AccessToken& token);
std::string write_number(std::uint64_t number);

// Error: internal (database_corrupt), naming the kind of row.
Result<OrderRow> read_order(std::string_view bytes);
Result<ChildRow> read_child(std::string_view bytes);
Result<GroupRow> read_group(std::string_view bytes);
Result<RegisteredAccount> read_account(std::string_view bytes);
Result<Registry::Assignment> read_assignment(std::string_view bytes);
Result<Event> read_event(std::string_view bytes);
Result<AccessToken> read_token(std::string_view bytes);
Result<std::uint64_t> read_number(std::string_view bytes);

// --- keys ---
inline constexpr const char* kLastOrder = "orders:last";  // the last number given to an order
inline constexpr const char* kLastEvent = "events:last";  // the last event's sequence
std::string name_of(const AccountRef& ref);               // "group/account"
std::string order_key(const OrderId& id);
std::string child_key(const ChildOrderId& id);
std::string client_key(const ClientOrderId& id);
std::string group_key(const GroupName& name);
std::string account_key(const AccountRef& ref);
std::string login_key(const std::string& fingerprint);
std::string assignment_key(const GroupName& name);
std::string journal_key(const JournalId& id);
std::string token_key(const TokenName& name);

// --- indices; their members sort as their bytes do ---
// A time, so that the later one sorts later.
std::string sortable(Timestamp time);
// Of an order among all: time, number, id. order_of() finds the id in it again.
std::string place_of(const Order& order, std::uint64_t number);
OrderId order_of(std::string_view place);
std::string accounts_index(const GroupName& group);
std::string orders_index(const std::optional<GroupName>& group, const std::optional<AccountRef>& account,
                         const std::optional<Symbol>& symbol);
std::string retries_index(const OrderId& id);
// Of a state that is not final: place and id of the child order.
std::string status_index(ChildOrderStatus status);
ChildOrderId child_of(std::string_view member);
std::string pending_index(const AccountRef& ref);
std::string executing_index(const AccountRef& ref);
std::string open_index(const AccountRef& ref);
// Of the events that are deeds.
std::string deeds_index();
std::string deed_of(std::uint64_t sequence);
std::uint64_t sequence_of(const std::string& deed);
std::string doubt_index(const AccountRef& ref, const Symbol& symbol, Side side);

// Where the child order stands in its present state.
using Entry = std::pair<std::string, std::string>;  // index and member
std::vector<Entry> entries_of(const ChildRow& row);

}  // namespace tradeauto::redis_rows
