#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/ledger.h"
#include "ports/registry.h"
#include "store/sqlite/database.h"

// Between rows and domain types. Lists are texts with one item a line: none of the items can hold a line break.
// Error: internal (corrupt_database) with the column's name for a value that this program cannot have written.
namespace tradeauto::row_codec {

Error corrupt(std::string_view column);

std::string join_lines(const std::vector<std::string>& items);
std::vector<std::string> split_lines(std::string_view text);

// The columns of orders that load_order needs, in the order in which read_order reads them.
#define TRADEAUTO_ORDER_COLUMNS                                                                                  \
  "number, id, client_order_id, group_name, accounts, side, quantity, symbols, dry_run, overrides, created_at, " \
  "deadline, retry_of"
struct OrderRow {
  std::uint64_t number = 0;
  Order order;  // without child orders
};
Result<OrderRow> read_order(const Query& row);
std::string write_accounts(const std::vector<AccountRef>& accounts);
std::string write_symbols(const std::vector<Symbol>& symbols);
std::string write_groups(const Groups& groups);

#define TRADEAUTO_CHILD_COLUMNS                                                                               \
  "c.id, c.group_name, c.account, c.brokerage, c.symbol, c.status, c.reason, c.detail, c.worker, c.attempt, " \
  "c.updated_at"
// `order` goes into the child order; executions are read apart.
Result<ChildOrder> read_child_order(const Query& row, OrderId order);

#define TRADEAUTO_EXECUTION_COLUMNS "sub_account, status, broker_order_id, quantity, price, message, evidence, at"
Result<ExecutionReport> read_execution(const Query& row);

#define TRADEAUTO_EVENT_COLUMNS \
  "sequence, at, type, order_id, child_order, group_name, worker, detail, actor_kind, actor, account, token"
Result<Event> read_event(const Query& row);

#define TRADEAUTO_ACCOUNT_COLUMNS                                                                             \
  "group_name, name, brokerage, enabled, credential_fields, sealed_credentials, login_fingerprint, version, " \
  "created_at, updated_at"
Result<RegisteredAccount> read_account(const Query& row);

}  // namespace tradeauto::row_codec
