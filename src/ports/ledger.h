#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "domain/access.h"
#include "domain/child_order.h"
#include "domain/deed.h"
#include "domain/order.h"
#include "domain/task.h"

namespace tradeauto {

namespace asio = boost::asio;

// One entry of the append-only event log, written in the transaction of the change that it tells.
struct Event {
  std::uint64_t sequence = 0;  // given by the ledger; grows by one
  Timestamp at;
  std::string type;            // of a deed (domain/deed.h), or child_order_executing, child_order_in_doubt, alarm, …
  std::optional<Actor> actor;  // who did it; nothing: it was written before that was kept
  std::optional<OrderId> order;
  std::optional<ChildOrderId> child_order;
  std::optional<GroupName> group;  // the one that all of it lies in
  std::optional<AccountName> account;
  std::optional<TokenName> token;  // that was created or revoked
  std::optional<WorkerName> worker;
  std::string detail;
};

// Which events of the audit trail are wanted: it shows what somebody did, and leaves out what came of it.
struct DeedFilter {
  Groups groups;                     // in one of these; empty: anywhere, also what lies in no one group
  std::optional<std::string> actor;  // the name, whatever the kind
  std::optional<Deed> deed;
  std::optional<GroupName> group;
  std::optional<Timestamp> since;       // at >= since
  std::optional<Timestamp> until;       // at < until
  std::optional<std::uint64_t> before;  // the cursor: older than the event with this sequence
  std::size_t limit = 50;               // 1–500
};

struct ChildOrderChange {
  ChildOrder child_order;  // after the change
  ChildOrderStatus before = ChildOrderStatus::pending;
  bool alarm = false;
};

struct OrderFilter {
  Groups groups;  // every child order lies in one of these; empty: in any
  std::optional<GroupName> group;
  std::optional<AccountRef> account;
  std::optional<Symbol> symbol;
  std::optional<ClientOrderId> client_order_id;
  std::optional<OrderStatus> status;
  std::optional<Timestamp> since;  // created_at >= since
  std::optional<Timestamp> until;  // created_at < until
  std::optional<OrderId> before;   // the cursor: older than this order
  std::size_t limit = 50;          // 1–500
};

// Why main gives no permit for a child order, and what becomes of it.
struct PermitRefusal {
  ChildOrderId child_order;
  std::string reason;        // not_pending, expired, in_doubt_open, account_busy, stale_epoch
  bool retry_later = false;  // it stays pending; ask again when something has changed
};

struct PermitDecision {
  std::vector<ChildOrderId> permitted;  // now `executing`, on disk
  std::vector<PermitRefusal> refused;
  std::vector<ChildOrderChange> changes;
};

struct PermitRequest {
  TransactionTask task;
  WorkerName worker;
  JournalId journal;
  Epoch epoch;  // that the session holds for the group
  Timestamp now;
  Timestamp run_deadline;  // by when the run must be over; kept for overdue()
};

// A person's decision about a child order that is in doubt.
struct Resolution {
  ChildOrderId child_order;
  // What became of it wherever that is not known: submitted, filled, rejected, or not_sent.
  ExecutionStatus outcome = ExecutionStatus::not_sent;
  Actor by;
  std::string note;                        // how they know
  std::optional<Timestamp> if_updated_at;  // the child order that they looked at
};

// Orders, child orders, execution reports, and the event log.
//
// Everything that a method changes is one transaction and on disk when its awaitable returns; so is the event that
// tells of it. Changes of state follow domain/child_order.h and nothing else. Strand: none; calls may overlap; the
// ledger orders them. Failure: not_found (unknown_order, unknown_child_order); conflict (bad_transition); internal if
// the disk fails — then nothing was written.
class Ledger {
 public:
  virtual ~Ledger() = default;

  virtual LedgerId id() const = 0;                // never changes
  virtual std::uint64_t incarnation() const = 0;  // new after a restore from a backup

  // Stores order, child orders and event, unless the client_order_id is known: then nothing is written and the stored
  // order comes back. `body_hash` tells whether it is the same request: else unprocessable / client_order_id_reused.
  // Without the override `in_doubt_open`: unprocessable / in_doubt_open, naming the first child order in doubt for one
  // of the (account, symbol, side) of this one; dry runs are exempt. An account that was deleted or disabled since:
  // unprocessable / unknown_account.
  struct Accepted {
    Order order;
    bool created = false;
  };
  virtual asio::awaitable<Result<Accepted>> accept(Order order, std::string body_hash, Actor by) = 0;

  // Stores `order` as the retry of order.retry_of, for the same (account, symbol): of its child orders those whose
  // first was never sent (denied, expired, canceled), and if asked those that were rejected; none that was retried
  // before. Else as accept(). Failure: unknown_order; conflict (nothing_to_retry).
  virtual asio::awaitable<Result<Accepted>> retry(Order order, std::string body_hash, bool include_rejected,
                                                  Actor by) = 0;

  virtual asio::awaitable<Result<Order>> order(OrderId id) = 0;
  virtual asio::awaitable<Result<std::optional<Order>>> find_order(ClientOrderId id) = 0;
  virtual asio::awaitable<Result<ChildOrder>> child_order(ChildOrderId id) = 0;
  // Newest first; cost is that of the page, not of the ledger.
  virtual asio::awaitable<Result<std::vector<Order>>> list_orders(OrderFilter filter) = 0;

  // The `limit` oldest orders with a pending child order in the account, oldest first, with only these child orders in
  // them.
  virtual asio::awaitable<Result<std::vector<Order>>> pending(AccountRef account, std::size_t limit) = 0;
  // Pending child orders that are offered to `worker`: fills the field, changes no state.
  virtual asio::awaitable<Result<void>> offered(std::vector<ChildOrderId> ids, WorkerName worker, Timestamp now) = 0;

  // pending -> executing, for each child order of the task for which: it is pending; the order's deadline is not over
  // (else
  // -> expired); `epoch` is the group's newest (else refused stale_epoch); the account has no child order of another
  // task executing (else account_busy, retry later); unless dry run or overridden, no child order is in doubt for its
  // (account, symbol, side) (else -> denied in_doubt_open). Each id is remembered with worker, journal and task.
  virtual asio::awaitable<Result<PermitDecision>> permit(PermitRequest request) = 0;

  // Takes a worker's report (Cause::report). An incomplete one keeps the state and updates the execution reports. A
  // report that the table forbids is recorded as an event and changes nothing: `std::nullopt`.
  virtual asio::awaitable<Result<std::optional<ChildOrderChange>>> report(ChildOrderReport report, WorkerName worker,
                                                                          Timestamp now) = 0;

  // Child orders that `journal` was permitted and that are still executing, by task.
  struct Permitted {
    TaskId task;
    ChildOrderId child_order;
    WorkerName worker;
    JournalId journal;
    GroupName group;
    Timestamp run_deadline;
  };
  virtual asio::awaitable<Result<std::vector<Permitted>>> executing() = 0;
  // executing -> in_doubt. Those that are no longer executing are left alone.
  virtual asio::awaitable<Result<std::vector<ChildOrderChange>>> doubt(std::vector<ChildOrderId> ids,
                                                                       std::string reason, std::string detail,
                                                                       Timestamp now) = 0;
  // executing -> pending, attempt + 1. Only on the word of the same worker's intact journal (promise 3); the caller has
  // checked it.
  virtual asio::awaitable<Result<std::vector<ChildOrderChange>>> not_started(std::vector<ChildOrderId> ids,
                                                                             Timestamp now) = 0;
  // pending -> denied, e.g. the worker proved before the permit that it cannot run this.
  virtual asio::awaitable<Result<std::vector<ChildOrderChange>>> refuse(std::vector<ChildOrderId> ids,
                                                                        std::string reason, std::string detail,
                                                                        Timestamp now) = 0;
  // pending -> canceled, for each child order of the order that is pending. What was permitted before stays as it is;
  // what is canceled gets no permit any more. Failure: conflict (nothing_to_cancel) when none is pending.
  virtual asio::awaitable<Result<std::vector<ChildOrderChange>>> cancel(OrderId order, Actor by, Timestamp now) = 0;
  // in_doubt -> what the resolution says, with name and note in the event log. Sub-accounts that are not in doubt
  // keep what they answered; where they differ the child order is mixed. A run may be alive until its worker has said
  // that it ended, or its bound is not after `runs_over`. Failure: conflict (not_in_doubt, run_may_be_alive);
  // precondition_failed (version_changed).
  virtual asio::awaitable<Result<ChildOrderChange>> resolve(Resolution resolution, Timestamp now,
                                                            Timestamp runs_over) = 0;
  // pending -> expired for each whose order's deadline is over at `now`.
  virtual asio::awaitable<Result<std::vector<ChildOrderChange>>> expire(Timestamp now) = 0;
  // The earliest deadline of a pending child order; nothing when none is pending.
  virtual asio::awaitable<Result<std::optional<Timestamp>>> next_expiry() = 0;

  // The highest journal sequence that was confirmed to this journal; 0 for one never seen.
  virtual asio::awaitable<Result<std::uint64_t>> confirmed_sequence(JournalId journal) = 0;
  virtual asio::awaitable<Result<void>> confirm_sequence(JournalId journal, std::uint64_t sequence) = 0;

  // Events after `after`, oldest first, at most `limit`.
  virtual asio::awaitable<Result<std::vector<Event>>> events(std::uint64_t after, std::size_t limit) = 0;
  // The sequence of the newest event; 0 before the first.
  virtual asio::awaitable<Result<std::uint64_t>> newest_event() = 0;
  virtual asio::awaitable<Result<void>> append_event(Event event) = 0;
  // The events of deeds (domain/deed.h) whose actor is known, newest first. Cost: that of the deeds looked through.
  virtual asio::awaitable<Result<std::vector<Event>>> deeds(DeedFilter filter) = 0;
};

}  // namespace tradeauto
