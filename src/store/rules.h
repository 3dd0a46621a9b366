#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/child_order.h"
#include "ports/access.h"
#include "ports/ledger.h"
#include "ports/registry.h"

// What every engine decides alike: pure functions from facts to a decision. No I/O, no clock.
namespace tradeauto::rules {

// What is true of all child orders of an order.
struct OrderTerms {
  Side side = Side::buy;
  bool dry_run = false;
  std::vector<std::string> overrides;
  Timestamp deadline;
};

// Words that go with a state: `reason` for machines, `detail` for people.
struct Words {
  std::string reason;
  std::string detail;
};

// A change and the events that tell of it; both are written in one transaction.
struct Outcome {
  ChildOrderChange change;
  std::vector<Event> events;
  bool new_executions = false;  // the execution reports differ from those stored
};

// --- accept ---
bool guarded_against_doubt(bool dry_run, const std::vector<std::string>& overrides);
Error client_order_id_reused(const ClientOrderId& id);
Error unknown_account(const AccountRef& ref);
Error in_doubt_open(const AccountRef& ref, const Symbol& symbol, Side side, const ChildOrderId& doubtful);
// A retry: leaves of `order` what may be ordered again. `retried`: the retries of `first` so far.
// Error: nothing_to_retry.
Result<Order> decide_retry(Order order, const Order& first, const std::vector<Order>& retried, bool include_rejected);

// --- changes of state ---
Error unknown_order(const OrderId& id);
Error unknown_child_order(const ChildOrderId& id);
Error nothing_to_cancel(const OrderId& id);
// Error: bad_transition.
Result<Outcome> change(ChildOrder child, ChildOrderStatus to, Cause cause, Words words, Actor by, Timestamp now);
Event child_order_event(std::string type, const ChildOrder& child, std::string detail, Actor by, Timestamp now);
Actor as_actor(const WorkerName& worker);

// --- permit ---
enum class PermitVerdict : std::uint8_t { grant, not_pending, expired, stale_epoch, account_busy, in_doubt_open };
struct PermitFacts {
  ChildOrderStatus status = ChildOrderStatus::pending;
  bool deadline_over = false;
  bool newest_epoch = false;
  bool account_busy = false;  // another task of the account is executing
  bool doubt_forbids = false;
};
PermitVerdict decide_permit(const PermitFacts& facts);
// Empty for `grant`.
std::string_view reason_of(PermitVerdict verdict);

// --- report ---
// What to write for a report: nothing at all (it repeats what is known), only the event that it was ignored, or a
// change.
struct ReportDecision {
  std::optional<Outcome> outcome;
  std::optional<Event> ignored;
};
ReportDecision decide_report(const ChildOrder& child, const ChildOrderReport& report, const WorkerName& worker,
                             Timestamp now);

// --- resolve ---
inline constexpr Timestamp kRunEnded{};
// `run_deadline`: of the permit; nothing when the ledger knows of none.
// Error: not_in_doubt, version_changed, run_may_be_alive.
Result<Outcome> decide_resolution(ChildOrder child, const Resolution& resolution, std::optional<Timestamp> run_deadline,
                                  Timestamp now, Timestamp runs_over);

// --- registry ---
// What is stored for `wanted`, with its created_at and version. `same_login`: another account with its fingerprint.
Result<RegisteredAccount> decide_put_account(RegisteredAccount wanted, const std::optional<RegisteredAccount>& present,
                                             const std::optional<AccountRef>& same_login,
                                             std::optional<std::uint64_t> expected_version);
Error unknown_group(const GroupName& name);
Error account_not_found(const AccountRef& ref);
Error account_busy(const AccountRef& ref);
Error group_not_empty(const GroupName& name);
// Above `last`, whatever incarnation that was of.
Epoch next_epoch(std::uint64_t incarnation, const std::optional<Epoch>& last);

// --- tokens ---
Error token_exists(const TokenName& name);
Error unknown_token(const TokenName& name);

// The first incarnation of a new ledger is the time of its making in seconds, so that its fencing tokens outrank those
// of one that was thrown away: workers refuse what is not above the highest they have seen.
std::uint64_t first_incarnation(Timestamp now);

}  // namespace tradeauto::rules
