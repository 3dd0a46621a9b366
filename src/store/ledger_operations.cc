#include "store/ledger_operations.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "store/deeds.h"

namespace tradeauto::operations {
namespace {

constexpr const char* kExpired = "its deadline for the start passed";
constexpr const char* kCanceled = "the client withdrew it before its start";
constexpr const char* kDoubtOpened = "another child order for the same account, symbol and side is in doubt";

Result<void> write(LedgerRows& rows, const rules::Outcome& outcome) {
  TRY_VOID(rows.save_child_order(outcome.change.child_order, outcome.new_executions));
  for (const Event& event : outcome.events) TRY_VOID(rows.append_event(event));
  return {};
}

Result<std::vector<ChildOrderChange>> write_all(LedgerRows& rows, std::vector<rules::Outcome> outcomes) {
  std::vector<ChildOrderChange> changes;
  for (rules::Outcome& outcome : outcomes) {
    TRY_VOID(write(rows, outcome));
    changes.push_back(std::move(outcome.change));
  }
  return changes;
}

struct Step {
  ChildOrderStatus from;
  ChildOrderStatus to;
};

// The one step that each cause of ours makes.
Step step_of(Cause cause) {
  switch (cause) {
    case Cause::doubt: return {.from = ChildOrderStatus::executing, .to = ChildOrderStatus::in_doubt};
    case Cause::not_started: return {.from = ChildOrderStatus::executing, .to = ChildOrderStatus::pending};
    case Cause::expiry: return {.from = ChildOrderStatus::pending, .to = ChildOrderStatus::expired};
    case Cause::cancel: return {.from = ChildOrderStatus::pending, .to = ChildOrderStatus::canceled};
    default: return {.from = ChildOrderStatus::pending, .to = ChildOrderStatus::denied};
  }
}

// What becomes of those that are in the state from which `cause` leads. Writes nothing.
Result<std::vector<rules::Outcome>> decide_all(LedgerRows& rows, const std::vector<ChildOrderId>& ids, Cause cause,
                                               const rules::Words& words, const Actor& by, Timestamp now) {
  const Step step = step_of(cause);
  std::set<ChildOrderId> seen;
  std::vector<rules::Outcome> outcomes;
  for (const ChildOrderId& id : ids) {
    if (!seen.insert(id).second) continue;
    TRY(ChildOrder child, rows.load_child_order(id));
    if (child.status != step.from) continue;
    TRY(auto outcome, rules::change(std::move(child), step.to, cause, words, by, now));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Result<void> check_new(LedgerRows& rows, const Order& order) {
  if (order.child_orders.empty()) {
    return make_error(ErrorCode::invalid_argument, "no_child_orders", "an order has at least one child order");
  }
  const bool guarded = rules::guarded_against_doubt(order.dry_run, order.overrides);
  std::set<AccountRef> known;
  for (const ChildOrder& child : order.child_orders) {
    if (known.insert(child.account).second) {
      TRY(const bool enabled, rows.account_enabled(child.account));
      if (!enabled) return rules::unknown_account(child.account);
    }
    if (!guarded) continue;
    TRY(const auto doubt, rows.find_doubt(child.account, child.symbol, order.side));
    if (doubt) return rules::in_doubt_open(child.account, child.symbol, order.side, *doubt);
  }
  return {};
}

// What the permit hangs on that is the same for all child orders of a task.
struct TaskFacts {
  bool newest_epoch = false;
  bool account_busy = false;
};

Result<rules::PermitVerdict> verdict(LedgerRows& rows, const PermitRequest& request, const TaskFacts& task,
                                     const ChildOrder& child) {
  TRY(const rules::OrderTerms terms, rows.terms(child.order_id));
  rules::PermitFacts facts{.status = child.status,
                           .deadline_over = request.now >= terms.deadline,
                           .newest_epoch = task.newest_epoch,
                           .account_busy = task.account_busy};
  if (rules::guarded_against_doubt(terms.dry_run, terms.overrides)) {
    TRY(const auto doubt, rows.find_doubt(child.account, child.symbol, terms.side));
    facts.doubt_forbids = doubt.has_value();
  }
  return rules::decide_permit(facts);
}

Result<rules::Outcome> permitted(ChildOrder child, const PermitRequest& request) {
  child.worker = request.worker;
  return rules::change(std::move(child), ChildOrderStatus::executing, Cause::permit, {},
                       rules::as_actor(request.worker), request.now);
}

// The change that goes with the verdict, if any.
Result<std::optional<rules::Outcome>> consequence(rules::PermitVerdict verdict, ChildOrder child,
                                                  const PermitRequest& request) {
  switch (verdict) {
    case rules::PermitVerdict::grant: {
      TRY(auto outcome, permitted(std::move(child), request));
      return std::optional(std::move(outcome));
    }
    case rules::PermitVerdict::expired: {
      TRY(auto outcome, rules::change(std::move(child), ChildOrderStatus::expired, Cause::expiry,
                                      {.reason = "expired", .detail = kExpired}, main_server_itself(), request.now));
      return std::optional(std::move(outcome));
    }
    case rules::PermitVerdict::in_doubt_open: {
      TRY(auto outcome,
          rules::change(std::move(child), ChildOrderStatus::denied, Cause::refusal,
                        {.reason = "in_doubt_open", .detail = kDoubtOpened}, main_server_itself(), request.now));
      return std::optional(std::move(outcome));
    }
    default: return std::optional<rules::Outcome>();
  }
}

// The permit of what stays in doubt after its worker said all that it knows: the run is over.
Result<std::optional<PermitRecord>> ended_permit(LedgerRows& rows, const ChildOrder& child,
                                                 const ChildOrderReport& report,
                                                 const rules::ReportDecision& decision) {
  const ChildOrder& after = decision.outcome ? decision.outcome->change.child_order : child;
  if (!report.complete || after.status != ChildOrderStatus::in_doubt) return std::optional<PermitRecord>();
  TRY(auto permit, rows.permit_of(child.id));
  if (!permit) permit.emplace();
  permit->run_deadline = rules::kRunEnded;
  return permit;
}

}  // namespace

Result<Ledger::Accepted> accept(LedgerRows& rows, Order order, const std::string& body_hash, Actor by) {
  TRY(const auto stored, rows.find_stored(order.client_order_id));
  if (stored) {
    if (stored->body_hash != body_hash) return rules::client_order_id_reused(order.client_order_id);
    TRY(Order known, rows.load_order(stored->id));
    return Ledger::Accepted{.order = std::move(known), .created = false};
  }
  TRY_VOID(check_new(rows, order));
  TRY_VOID(rows.insert_order(order, body_hash));
  TRY_VOID(rows.append_event(deeds::order_accepted(order, std::move(by))));
  return Ledger::Accepted{.order = std::move(order), .created = true};
}

Result<Ledger::Accepted> retry(LedgerRows& rows, Order order, const std::string& body_hash, bool include_rejected,
                               Actor by) {
  TRY(const auto stored, rows.find_stored(order.client_order_id));
  if (stored) return accept(rows, std::move(order), body_hash, std::move(by));
  TRY(const Order first, rows.load_order(*order.retry_of));
  TRY(const auto ids, rows.retries_of(first.id));
  std::vector<Order> retried;
  for (const OrderId& id : ids) {
    TRY(Order retry, rows.load_order(id));
    retried.push_back(std::move(retry));
  }
  TRY(Order fresh, rules::decide_retry(std::move(order), first, retried, include_rejected));
  return accept(rows, std::move(fresh), body_hash, std::move(by));
}

Result<void> offered(LedgerRows& rows, const std::vector<ChildOrderId>& ids, const WorkerName& worker, Timestamp now) {
  std::vector<ChildOrder> fresh;
  for (const ChildOrderId& id : ids) {
    TRY(ChildOrder child, rows.load_child_order(id));
    if (child.status != ChildOrderStatus::pending || child.worker == worker) continue;
    child.worker = worker;
    child.updated_at = now;
    fresh.push_back(std::move(child));
  }
  for (const ChildOrder& child : fresh) {
    TRY_VOID(rows.save_child_order(child, false));
    TRY_VOID(rows.append_event(rules::child_order_event("child_order_offered", child, {}, main_server_itself(), now)));
  }
  return {};
}

Result<PermitDecision> permit(LedgerRows& rows, const PermitRequest& request) {
  const TransactionTask& task = request.task;
  TaskFacts facts;
  TRY(const auto newest, rows.newest_epoch(task.account.group));
  facts.newest_epoch = newest && *newest == request.epoch;
  TRY(facts.account_busy, rows.other_task_executing(task.account, task.id));

  PermitDecision decision;
  std::vector<rules::Outcome> outcomes;
  std::set<ChildOrderId> seen;
  for (const TaskChildOrder& wanted : task.child_orders) {
    if (!seen.insert(wanted.id).second) continue;
    TRY(ChildOrder child, rows.load_child_order(wanted.id));
    if (child.account != task.account) {
      return make_error(ErrorCode::invalid_argument, "foreign_child_order",
                        fmt::format("child order {} is not of the task's account", wanted.id));
    }
    TRY(const auto what, verdict(rows, request, facts, child));
    if (what == rules::PermitVerdict::grant) {
      decision.permitted.push_back(wanted.id);
    } else {
      decision.refused.push_back({.child_order = wanted.id,
                                  .reason = std::string(rules::reason_of(what)),
                                  .retry_later = what == rules::PermitVerdict::account_busy});
    }
    TRY(auto outcome, consequence(what, std::move(child), request));
    if (outcome) outcomes.push_back(std::move(*outcome));
  }
  TRY(decision.changes, write_all(rows, std::move(outcomes)));
  const PermitRecord record{
      .task = task.id, .worker = request.worker, .journal = request.journal, .run_deadline = request.run_deadline};
  for (const ChildOrderId& id : decision.permitted) TRY_VOID(rows.save_permit(id, record));
  return decision;
}

Result<std::optional<ChildOrderChange>> report(LedgerRows& rows, const ChildOrderReport& report,
                                               const WorkerName& worker, Timestamp now) {
  TRY(const ChildOrder child, rows.load_child_order(report.child_order));
  rules::ReportDecision decision = rules::decide_report(child, report, worker, now);
  TRY(const auto ended, ended_permit(rows, child, report, decision));
  if (ended) TRY_VOID(rows.save_permit(child.id, *ended));
  if (decision.ignored) TRY_VOID(rows.append_event(*decision.ignored));
  if (!decision.outcome) return std::optional<ChildOrderChange>();
  TRY_VOID(write(rows, *decision.outcome));
  return std::optional(std::move(decision.outcome->change));
}

Result<std::vector<ChildOrderChange>> change_all(LedgerRows& rows, const std::vector<ChildOrderId>& ids, Cause cause,
                                                 const rules::Words& words, Timestamp now) {
  TRY(auto outcomes, decide_all(rows, ids, cause, words, main_server_itself(), now));
  return write_all(rows, std::move(outcomes));
}

Result<std::vector<ChildOrderChange>> cancel(LedgerRows& rows, const OrderId& id, Actor by, Timestamp now) {
  TRY(const Order order, rows.load_order(id));
  std::vector<ChildOrderId> pending;
  for (const ChildOrder& child : order.child_orders) {
    if (child.status == ChildOrderStatus::pending) pending.push_back(child.id);
  }
  if (pending.empty()) return rules::nothing_to_cancel(id);
  TRY(auto outcomes, decide_all(rows, pending, Cause::cancel, {.reason = "canceled", .detail = kCanceled}, by, now));
  TRY_VOID(rows.append_event(deeds::order_canceled(order, pending.size(), std::move(by), now)));
  return write_all(rows, std::move(outcomes));
}

Result<ChildOrderChange> resolve(LedgerRows& rows, const Resolution& resolution, Timestamp now, Timestamp runs_over) {
  TRY(ChildOrder child, rows.load_child_order(resolution.child_order));
  TRY(const auto permit, rows.permit_of(child.id));
  std::optional<Timestamp> run_deadline;
  if (permit) run_deadline = permit->run_deadline;
  TRY(rules::Outcome outcome, rules::decide_resolution(std::move(child), resolution, run_deadline, now, runs_over));
  TRY_VOID(write(rows, outcome));
  return std::move(outcome.change);
}

Result<std::vector<ChildOrderChange>> expire(LedgerRows& rows, Timestamp now) {
  TRY(const auto due, rows.due(now));
  return change_all(rows, due, Cause::expiry, {.reason = "expired", .detail = kExpired}, now);
}

}  // namespace tradeauto::operations
