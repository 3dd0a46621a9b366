#include "store/rules.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "store/deeds.h"

namespace tradeauto::rules {
namespace {

constexpr std::string_view kInDoubtOpen = "in_doubt_open";
// The longest that EXECUTION_SECONDS allows: the bound of a run whose permit the ledger has forgotten.
constexpr std::chrono::hours kLongestRun{1};

// One line for the audit trail; the evidence itself is in the execution reports.
std::string describe(const ChildOrder& child) {
  std::string text = child.reason;
  if (!child.detail.empty()) text += (text.empty() ? "" : ": ") + child.detail;
  for (const ExecutionReport& report : child.executions) {
    text += fmt::format("{}{} {} {}", text.empty() ? "" : "; ", report.sub_account, to_string(report.status),
                        report.quantity.to_string());
    if (report.price) text += " at " + report.price->to_string();
  }
  return text;
}

// What the report says of the child order. A report that contradicts its own executions is doubt.
ChildOrderStatus stated(const ChildOrderReport& report) {
  if (report.executions.empty()) return report.status;
  const auto derived = derive_status(report.executions);
  return derived.ok() && *derived == report.status ? report.status : ChildOrderStatus::in_doubt;
}

Words words_of(const ChildOrderReport& report, ChildOrderStatus to) {
  if (to == report.status) return {.reason = report.reason, .detail = report.detail};
  if (!report.complete) {
    return {.reason = "not_permitted", .detail = "a worker reports on it although no start permit was given"};
  }
  return {.reason = "inconsistent_report",
          .detail = fmt::format("the report says {} and its executions say otherwise", to_string(report.status))};
}

ReportDecision ignore(const ChildOrder& child, const WorkerName& worker, std::string why, Timestamp now) {
  Event event = child_order_event("report_ignored", child, std::move(why), as_actor(worker), now);
  event.worker = worker;
  return {.outcome = std::nullopt, .ignored = std::move(event)};
}

// The same state again, with news in the execution reports.
Outcome evidence(ChildOrder child, const ChildOrderReport& report, const WorkerName& worker, Timestamp now) {
  const ChildOrderStatus before = child.status;
  child.executions = report.executions;
  child.updated_at = now;
  Event event = child_order_event("child_order_report", child, describe(child), as_actor(worker), now);
  event.worker = worker;
  return {.change = {.child_order = std::move(child), .before = before},
          .events = {std::move(event)},
          .new_executions = true};
}

ReportDecision decide_incomplete(const ChildOrder& child, const ChildOrderReport& report, const WorkerName& worker,
                                 Timestamp now) {
  const bool open = child.status == ChildOrderStatus::executing || child.status == ChildOrderStatus::in_doubt;
  if (!open) return ignore(child, worker, fmt::format("partial, and it is {}", to_string(child.status)), now);
  if (report.executions.empty() || report.executions == child.executions) return {};
  return {.outcome = evidence(child, report, worker, now), .ignored = std::nullopt};
}

// Puts the outcome where the doubt was. A run that was killed may have left sub-accounts that never answered: they
// count like one in doubt.
ChildOrderStatus put_outcome(std::vector<ExecutionReport>& executions, ExecutionStatus outcome) {
  bool found = false;
  for (ExecutionReport& report : executions) {
    if (report.status != ExecutionStatus::in_doubt) continue;
    report.status = outcome;
    found = true;
  }
  std::vector<ExecutionReport> all = executions;
  if (!found) all.emplace_back().status = outcome;
  return derive_status(all).value();
}

bool may_be_retried(ChildOrderStatus status, bool include_rejected) {
  switch (status) {
    case ChildOrderStatus::denied:
    case ChildOrderStatus::expired:
    case ChildOrderStatus::canceled: return true;
    case ChildOrderStatus::rejected: return include_rejected;
    default: return false;
  }
}

const ChildOrder* find_part(const Order& order, const ChildOrder& like) {
  const auto it = std::ranges::find_if(order.child_orders, [&](const ChildOrder& child) {
    return child.account == like.account && child.symbol == like.symbol;
  });
  return it == order.child_orders.end() ? nullptr : &*it;
}

Words words_of(const Resolution& resolution) {
  return {.reason = "resolved",
          .detail = fmt::format("{} says {}: {}", resolution.by.name, deeds::word_of(resolution), resolution.note)};
}

}  // namespace

bool guarded_against_doubt(bool dry_run, const std::vector<std::string>& overrides) {
  return !dry_run && std::ranges::find(overrides, kInDoubtOpen) == overrides.end();
}

Error client_order_id_reused(const ClientOrderId& id) {
  return make_error(ErrorCode::unprocessable, "client_order_id_reused",
                    fmt::format("the client_order_id \"{}\" belongs to another order", id));
}

Error unknown_account(const AccountRef& ref) {
  return make_error(ErrorCode::unprocessable, "unknown_account",
                    fmt::format("the account \"{}/{}\" was deleted or disabled", ref.group, ref.account));
}

Error in_doubt_open(const AccountRef& ref, const Symbol& symbol, Side side, const ChildOrderId& doubtful) {
  return make_error(ErrorCode::unprocessable, std::string(kInDoubtOpen),
                    fmt::format("child order {} is in doubt: it may have been a {} of {} in \"{}/{}\"; look at the "
                                "broker and settle it first: "
                                "tradeauto order resolve {}",
                                doubtful, to_string(side), symbol, ref.group, ref.account, doubtful));
}

Result<Order> decide_retry(Order order, const Order& first, const std::vector<Order>& retried, bool include_rejected) {
  std::erase_if(order.child_orders, [&](const ChildOrder& child) {
    const ChildOrder* before = find_part(first, child);
    if (before == nullptr || !may_be_retried(before->status, include_rejected)) return true;
    return std::ranges::any_of(retried, [&](const Order& retry) { return find_part(retry, child) != nullptr; });
  });
  if (order.child_orders.empty()) {
    return make_error(ErrorCode::conflict, "nothing_to_retry",
                      fmt::format("order {} has nothing that was never sent{} and has not been retried", first.id,
                                  include_rejected ? " or was rejected," : ","));
  }
  order.group.reset();
  order.accounts.clear();
  order.symbols.clear();
  for (const ChildOrder& child : order.child_orders) {
    if (std::ranges::find(order.accounts, child.account) == order.accounts.end()) {
      order.accounts.push_back(child.account);
    }
    if (std::ranges::find(order.symbols, child.symbol) == order.symbols.end()) order.symbols.push_back(child.symbol);
  }
  return order;
}

Error unknown_order(const OrderId& id) {
  return make_error(ErrorCode::not_found, "unknown_order", fmt::format("there is no order {}", id));
}

Error unknown_child_order(const ChildOrderId& id) {
  return make_error(ErrorCode::not_found, "unknown_child_order", fmt::format("there is no child order {}", id));
}

Error nothing_to_cancel(const OrderId& id) {
  return make_error(ErrorCode::conflict, "nothing_to_cancel",
                    fmt::format("nothing of order {} is pending: what was started cannot be taken back", id));
}

Actor as_actor(const WorkerName& worker) { return {.kind = Actor::Kind::worker, .name = worker.str()}; }

Event child_order_event(std::string type, const ChildOrder& child, std::string detail, Actor by, Timestamp now) {
  Event event;
  event.at = now;
  event.type = std::move(type);
  event.actor = std::move(by);
  event.order = child.order_id;
  event.child_order = child.id;
  event.group = child.account.group;
  event.account = child.account.account;
  event.worker = child.worker;
  event.detail = std::move(detail);
  return event;
}

Result<Outcome> change(ChildOrder child, ChildOrderStatus to, Cause cause, Words words, Actor by, Timestamp now) {
  TRY(const Transition allowed, transition(child.status, to, cause));
  const ChildOrderStatus before = child.status;
  child.status = to;
  child.reason = std::move(words.reason);
  child.detail = std::move(words.detail);
  child.updated_at = now;
  if (cause == Cause::not_started) {
    ++child.attempt;
    child.worker.reset();
  }
  Outcome outcome;
  outcome.events.push_back(
      child_order_event(fmt::format("child_order_{}", to_string(to)), child, describe(child), by, now));
  if (allowed.alarm) {
    outcome.events.push_back(child_order_event(
        "alarm", child, fmt::format("it was {} and a report says {}", to_string(before), to_string(to)), std::move(by),
        now));
  }
  outcome.change = {.child_order = std::move(child), .before = before, .alarm = allowed.alarm};
  return outcome;
}

PermitVerdict decide_permit(const PermitFacts& facts) {
  if (facts.status != ChildOrderStatus::pending) return PermitVerdict::not_pending;
  if (facts.deadline_over) return PermitVerdict::expired;
  if (!facts.newest_epoch) return PermitVerdict::stale_epoch;
  if (facts.account_busy) return PermitVerdict::account_busy;
  if (facts.doubt_forbids) return PermitVerdict::in_doubt_open;
  return PermitVerdict::grant;
}

std::string_view reason_of(PermitVerdict verdict) {
  switch (verdict) {
    case PermitVerdict::grant: return "";
    case PermitVerdict::not_pending: return "not_pending";
    case PermitVerdict::expired: return "expired";
    case PermitVerdict::stale_epoch: return "stale_epoch";
    case PermitVerdict::account_busy: return "account_busy";
    case PermitVerdict::in_doubt_open: return kInDoubtOpen;
  }
  return "";
}

ReportDecision decide_report(const ChildOrder& child, const ChildOrderReport& report, const WorkerName& worker,
                             Timestamp now) {
  // What was never permitted and yet reported on must not start again: an unfinished report of it is doubt.
  const bool unpermitted = !report.complete && child.status == ChildOrderStatus::pending;
  if (!report.complete && !unpermitted) return decide_incomplete(child, report, worker, now);

  const ChildOrderStatus to = unpermitted ? ChildOrderStatus::in_doubt : stated(report);
  // A report without executions (a run that was killed) takes none away.
  const bool news = !report.executions.empty() && report.executions != child.executions;
  const auto allowed = transition(child.status, to, Cause::report);
  if (!allowed.ok()) return ignore(child, worker, allowed.error().message, now);
  if (!allowed->changed) {
    if (!news) return {};
    return {.outcome = evidence(child, report, worker, now), .ignored = std::nullopt};
  }
  ChildOrder after = child;
  if (news) after.executions = report.executions;
  auto outcome = change(std::move(after), to, Cause::report, words_of(report, to), as_actor(worker), now);
  if (!outcome.ok()) return ignore(child, worker, outcome.error().message, now);
  for (Event& event : outcome->events) event.worker = worker;
  outcome->new_executions = news;
  return {.outcome = std::move(*outcome), .ignored = std::nullopt};
}

Result<Outcome> decide_resolution(ChildOrder child, const Resolution& resolution, std::optional<Timestamp> run_deadline,
                                  Timestamp now, Timestamp runs_over) {
  if (child.status != ChildOrderStatus::in_doubt) {
    return make_error(
        ErrorCode::conflict, "not_in_doubt",
        fmt::format("child order {} is {}: only a doubt can be resolved", child.id, to_string(child.status)));
  }
  if (resolution.if_updated_at && *resolution.if_updated_at != child.updated_at) {
    return make_error(ErrorCode::precondition_failed, "version_changed", "the child order has changed since");
  }
  const Timestamp bound = run_deadline.value_or(child.updated_at + kLongestRun);
  if (bound > runs_over) {
    return make_error(ErrorCode::conflict, "run_may_be_alive",
                      fmt::format("its run may still be alive, and place it: decide after {}",
                                  to_rfc3339(bound + (now - runs_over))));
  }
  const auto before = child.executions;
  const ChildOrderStatus to = put_outcome(child.executions, resolution.outcome);
  const bool news = child.executions != before;
  Event deed = deeds::child_order_resolved(child, resolution, now);
  TRY(Outcome outcome, change(std::move(child), to, Cause::resolution, words_of(resolution), resolution.by, now));
  outcome.events.insert(outcome.events.begin(), std::move(deed));
  outcome.new_executions = news;
  return outcome;
}

Result<RegisteredAccount> decide_put_account(RegisteredAccount wanted, const std::optional<RegisteredAccount>& present,
                                             const std::optional<AccountRef>& same_login,
                                             std::optional<std::uint64_t> expected_version) {
  const std::uint64_t version = present ? present->version : 0;
  if (expected_version && *expected_version != version) {
    return make_error(ErrorCode::precondition_failed, "version_mismatch",
                      present ? fmt::format("the account is at version {}", version) : "the account does not exist");
  }
  if (same_login) {
    return make_error(
        ErrorCode::conflict, "login_registered",
        fmt::format("this login is registered already, as \"{}/{}\"", same_login->group, same_login->account));
  }
  if (present) wanted.created_at = present->created_at;
  wanted.version = version + 1;
  return wanted;
}

Error unknown_group(const GroupName& name) {
  return make_error(ErrorCode::not_found, "unknown_group", fmt::format("there is no group \"{}\"", name));
}

Error account_not_found(const AccountRef& ref) {
  return make_error(ErrorCode::not_found, "unknown_account",
                    fmt::format("there is no account \"{}/{}\"", ref.group, ref.account));
}

Error account_busy(const AccountRef& ref) {
  return make_error(
      ErrorCode::conflict, "account_busy",
      fmt::format("\"{}/{}\" has child orders under way: it can be disabled, not deleted", ref.group, ref.account));
}

Error group_not_empty(const GroupName& name) {
  return make_error(ErrorCode::conflict, "group_not_empty", fmt::format("the group \"{}\" still has accounts", name));
}

Epoch next_epoch(std::uint64_t incarnation, const std::optional<Epoch>& last) {
  if (!last) return {.incarnation = incarnation, .counter = 1};
  return {.incarnation = std::max(incarnation, last->incarnation), .counter = last->counter + 1};
}

Error token_exists(const TokenName& name) {
  return make_error(ErrorCode::conflict, "token_exists", fmt::format("there is a token \"{}\" already", name));
}

Error unknown_token(const TokenName& name) {
  return make_error(ErrorCode::not_found, "unknown_token", fmt::format("there is no token \"{}\"", name));
}

std::uint64_t first_incarnation(Timestamp now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 1));
}

}  // namespace tradeauto::rules
