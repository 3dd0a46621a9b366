#pragma once

#include <string_view>

#include "base/result.h"
#include "base/typed_id.h"

namespace tradeauto {

using GroupName = TypedId<struct GroupNameTag>;
using AccountName = TypedId<struct AccountNameTag>;
using Symbol = TypedId<struct SymbolTag>;
using ClientOrderId = TypedId<struct ClientOrderIdTag>;
using OrderId = TypedId<struct OrderIdTag>;            // UUIDv7
using ChildOrderId = TypedId<struct ChildOrderIdTag>;  // UUIDv8 of (ledger, client_order_id, account, symbol)
using TaskId = TypedId<struct TaskIdTag>;              // UUIDv8 of (child orders, attempt)
using WorkerName = TypedId<struct WorkerNameTag>;
using JournalId = TypedId<struct JournalIdTag>;  // random, made with a worker's journal
using LedgerId = TypedId<struct LedgerIdTag>;    // random, made with a ledger; never changes

// Groups, accounts and workers: 1–64 of `[A-Za-z0-9 ._@-]`, no blank at either end.
Result<GroupName> parse_group_name(std::string_view text);
Result<AccountName> parse_account_name(std::string_view text);
Result<WorkerName> parse_worker_name(std::string_view text);

// 1–16 of `[A-Za-z0-9.-/]`, beginning with a letter or digit; becomes upper case.
Result<Symbol> parse_symbol(std::string_view text);

// 1–64 printable ASCII characters (0x21–0x7E), chosen by the client.
Result<ClientOrderId> parse_client_order_id(std::string_view text);

// An account by its full name: "group/account".
struct AccountRef {
  GroupName group;
  AccountName account;

  auto operator<=>(const AccountRef&) const = default;
};

Result<AccountRef> parse_account_ref(std::string_view text);

// A fencing token of a group: grows with each assignment, and with each new incarnation of the ledger.
// Both sides refuse any that is not above the highest they have seen.
struct Epoch {
  std::uint64_t incarnation = 0;
  std::uint64_t counter = 0;

  auto operator<=>(const Epoch&) const = default;
};

}  // namespace tradeauto
