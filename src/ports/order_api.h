#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "domain/credentials.h"
#include "domain/order.h"
#include "ports/ledger.h"
#include "ports/registry.h"

namespace tradeauto {

namespace asio = boost::asio;

// An order as a client asks for it, already in domain types. `canonical` is the request in a normal form: two requests
// are the same body if these are equal.
struct OrderRequest {
  ClientOrderId client_order_id;
  std::optional<GroupName> group;    // exactly one of `group` and `accounts`
  std::vector<AccountRef> accounts;  // no duplicates
  Side side = Side::buy;
  Quantity quantity;            // > 0, for each sub-account
  std::vector<Symbol> symbols;  // 1–50, no duplicates
  bool dry_run = false;
  std::vector<std::string> overrides;
  std::optional<Timestamp> deadline;                    // for the start; at most one of the two
  std::optional<std::chrono::seconds> deadline_within;  // default: ORDER_DEADLINE_SECONDS
  std::string canonical;
  std::string request_id = {};  // of the request that brought it, for the log; empty: of none
  Actor by = {};
};

// What an order would be, without being one.
struct OrderPreview {
  struct Warning {
    std::string code;    // in_doubt_open, not_active, no_guarantee
    std::string detail;  // for people
    AccountRef account;
    std::optional<Symbol> symbol;  // nothing: all of them
  };
  Order order;  // its ids are nobody's
  std::vector<Warning> warnings;
};

// What of an order is to be ordered anew.
struct RetryRequest {
  OrderId order;
  ClientOrderId client_order_id;  // of the new one
  std::string key_owner = {};     // the token whose it is; another one's is another request. Empty: the administrator
  bool include_rejected = false;
  std::string request_id = {};  // as an OrderRequest's
  Actor by = {};
};

// The life of orders, as the gateway needs it. Strand: none.
class OrderApi {
 public:
  virtual ~OrderApi() = default;

  // Durable before it returns. The same client_order_id and body: the stored order, `created` false.
  // Failure: not_found (unknown_group, unknown_account); unprocessable (client_order_id_reused, in_doubt_open,
  // empty_group, account_disabled, deadline_over, fraction_not_supported); nothing is stored then.
  virtual asio::awaitable<Result<Ledger::Accepted>> create(OrderRequest request) = 0;
  virtual asio::awaitable<Result<Order>> get(OrderId id) = 0;
  virtual asio::awaitable<Result<std::vector<Order>>> list(OrderFilter filter) = 0;
  // The order as soon as its status is not `working`, or as it is when the deadline is over.
  virtual asio::awaitable<Result<Order>> wait(OrderId id, Deadline deadline) = 0;
  virtual asio::awaitable<Result<ChildOrder>> child_order(ChildOrderId id) = 0;

  // Cancels what nobody has started, and answers the order as it is then. Failure: not_found; conflict
  // (nothing_to_cancel).
  virtual asio::awaitable<Result<Order>> cancel(OrderId id, Actor by) = 0;
  // A new order over what was never sent of one that there is, and what was rejected if asked for; each child order can
  // be retried once. Durable and repeatable as create(). Failure: not_found; conflict (nothing_to_retry); unprocessable
  // (client_order_id_reused, in_doubt_open, unknown_account); nothing is stored then.
  virtual asio::awaitable<Result<Ledger::Accepted>> retry(RetryRequest request) = 0;
  // Settles a doubt by a person's word; not while its run may still be alive. Failure: not_found; conflict
  // (not_in_doubt, run_may_be_alive); precondition_failed.
  virtual asio::awaitable<Result<ChildOrder>> resolve(Resolution resolution) = 0;
  // What create() would make of the request now, and what may stand in its way; nothing is stored. Failure: as
  // create(); but what is in doubt is a warning.
  virtual asio::awaitable<Result<OrderPreview>> preview(OrderRequest request) = 0;
};

// An account as the gateway shows it: which credential fields are set, never their values.
struct AccountView {
  AccountRef ref;
  Brokerage brokerage = Brokerage::paper;
  bool enabled = true;
  std::vector<std::string> credential_fields;
  std::uint64_t version = 1;
  Timestamp created_at;
  Timestamp updated_at;
  std::string activation;         // pending (no worker has it yet), active, failed, disabled
  std::string activation_detail;  // why it failed, for people
};

struct GroupView {
  Group group;
  std::optional<WorkerName> worker;  // that serves it now
  std::string state;                 // served, waiting (for a worker), idle (no account, nothing to serve)
};

// Groups and accounts, as the gateway needs them; each change is in the event log with who made it. Strand: none.
class AccountApi {
 public:
  virtual ~AccountApi() = default;

  struct PutGroup {
    GroupView group;
    bool created = false;
  };
  virtual asio::awaitable<Result<PutGroup>> put_group(GroupName name, Actor by) = 0;
  virtual asio::awaitable<Result<GroupView>> group(GroupName name) = 0;
  virtual asio::awaitable<Result<std::vector<GroupView>>> groups() = 0;
  virtual asio::awaitable<Result<void>> delete_group(GroupName name, Actor by) = 0;

  struct PutAccount {
    AccountView account;
    bool created = false;
  };
  // Replaces credentials as a whole. Failure: not_found (unknown_group); unprocessable with a field error for each
  // faulty credential; conflict (login_registered); precondition_failed.
  virtual asio::awaitable<Result<PutAccount>> put_account(AccountRef ref, Brokerage brokerage, Credentials credentials,
                                                          bool enabled, std::optional<std::uint64_t> expected_version,
                                                          Actor by) = 0;
  virtual asio::awaitable<Result<AccountView>> set_enabled(AccountRef ref, bool enabled,
                                                           std::optional<std::uint64_t> expected_version, Actor by) = 0;
  virtual asio::awaitable<Result<AccountView>> account(AccountRef ref) = 0;
  virtual asio::awaitable<Result<std::vector<AccountView>>> accounts(GroupName group) = 0;
  virtual asio::awaitable<Result<void>> delete_account(AccountRef ref, Actor by) = 0;
};

struct WorkerView {
  WorkerName name;
  std::string state;  // serving, idle, draining, lost (its lease runs out, or ran out)
  std::string version;
  std::string link;  // session, legacy
  std::vector<GroupName> groups;
  std::vector<std::string> executors;  // "paper", "autorsa 2.2.0", "autorsa: not available: …"
  std::size_t executing = 0;           // child orders that it was permitted and has not reported to the end
  Timestamp connected_at;
  Timestamp last_seen_at;
};

// Workers, as the gateway needs them. Strand: none.
class WorkerApi {
 public:
  virtual ~WorkerApi() = default;
  // Those connected now, and those lost since this main started.
  virtual asio::awaitable<Result<std::vector<WorkerView>>> workers() = 0;
  // From now on it gets no groups and no offers; its groups go to other workers, or wait for one; what it was permitted
  // it ends. So until its session is over. Failure: not_found (unknown_worker); conflict (worker_not_connected).
  virtual asio::awaitable<Result<WorkerView>> drain(WorkerName name, Actor by) = 0;
};

}  // namespace tradeauto
