#include <fmt/format.h>

#include "store/redis/redis_rows_codec.h"

namespace tradeauto::redis_rows {
namespace {

constexpr std::size_t kSortableDigits = 16;

std::string sortable_number(std::uint64_t number) { return fmt::format("{:016x}", number); }

}  // namespace

std::string name_of(const AccountRef& ref) { return ref.group.str() + "/" + ref.account.str(); }
std::string order_key(const OrderId& id) { return "order:" + id.str(); }
std::string child_key(const ChildOrderId& id) { return "child_order:" + id.str(); }
std::string client_key(const ClientOrderId& id) { return "client_order_id:" + id.str(); }
std::string group_key(const GroupName& name) { return "group:" + name.str(); }
std::string account_key(const AccountRef& ref) { return "account:" + name_of(ref); }
std::string login_key(const std::string& fingerprint) { return "login:" + fingerprint; }
std::string assignment_key(const GroupName& name) { return "assignment:" + name.str(); }
std::string journal_key(const JournalId& id) { return "journal:" + id.str(); }
std::string token_key(const TokenName& name) { return "token:" + name.str(); }

std::string sortable(Timestamp time) {
  // The sign's bit turned over: what was before 1970 sorts before it.
  return sortable_number(static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ (1ULL << 63U));
}

std::string place_of(const Order& order, std::uint64_t number) {
  return sortable(order.created_at) + sortable_number(number) + order.id.str();
}

OrderId order_of(std::string_view place) { return OrderId(std::string(place.substr(2 * kSortableDigits))); }

std::string accounts_index(const GroupName& group) { return "accounts:" + group.str(); }

std::string orders_index(const std::optional<GroupName>& group, const std::optional<AccountRef>& account,
                         const std::optional<Symbol>& symbol) {
  if (account) return "orders:account:" + name_of(*account);
  if (symbol) return "orders:symbol:" + symbol->str();
  if (group) return "orders:group:" + group->str();
  return "orders";
}

std::string retries_index(const OrderId& id) { return "retries:" + id.str(); }

std::string status_index(ChildOrderStatus status) { return fmt::format("status:{}", to_string(status)); }

ChildOrderId child_of(std::string_view member) {
  return ChildOrderId(std::string(member.substr(member.rfind(' ') + 1)));
}

std::string pending_index(const AccountRef& ref) { return "pending:" + name_of(ref); }
std::string executing_index(const AccountRef& ref) { return "executing:" + name_of(ref); }
std::string open_index(const AccountRef& ref) { return "open:" + name_of(ref); }

std::string deeds_index() { return "deeds"; }
std::string deed_of(std::uint64_t sequence) { return sortable_number(sequence); }
std::uint64_t sequence_of(const std::string& deed) { return std::stoull(deed, nullptr, 16); }

std::string doubt_index(const AccountRef& ref, const Symbol& symbol, Side side) {
  return fmt::format("in_doubt:{}:{}:{}", name_of(ref), to_string(side), symbol.str());
}

std::vector<Entry> entries_of(const ChildRow& row) {
  const ChildOrder& child = row.child;
  if (is_final(child.status)) return {};
  const std::string member = row.place + " " + child.id.str();
  std::vector<Entry> entries{{status_index(child.status), member}, {open_index(child.account), child.id.str()}};
  if (child.status == ChildOrderStatus::pending) {
    entries.emplace_back("deadlines", sortable(row.terms.deadline) + " " + child.id.str());
    // As they came, whatever their clocks said.
    entries.emplace_back(pending_index(child.account), row.place.substr(kSortableDigits) + " " + child.id.str());
  } else if (child.status == ChildOrderStatus::executing) {
    entries.emplace_back(executing_index(child.account), child.id.str());
  } else if (child.status == ChildOrderStatus::in_doubt) {
    entries.emplace_back(doubt_index(child.account, child.symbol, row.terms.side), child.id.str());
  }
  return entries;
}

}  // namespace tradeauto::redis_rows
