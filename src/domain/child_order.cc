#include "domain/child_order.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

// What a report may say of a child order: an outcome at the broker, a rehearsal, proof of nothing sent, or doubt.
bool is_outcome(ChildOrderStatus to) {
  switch (to) {
    case submitted:
    case filled:
    case rejected:
    case closed:
    case mixed:
    case dry_run:
    case denied:
    case in_doubt: return true;
    default: return false;
  }
}

// The broker itself spoke: it knows the order.
bool is_broker_evidence(ChildOrderStatus to) {
  return to == submitted || to == filled || to == rejected || to == closed || to == mixed;
}

std::optional<Transition> by_report(ChildOrderStatus from, ChildOrderStatus to) {
  if (!is_outcome(to)) return std::nullopt;
  if (from == to) return Transition{.changed = false, .alarm = false};
  switch (from) {
    case executing: return Transition{.changed = true, .alarm = false};
    case submitted:
      if (to == filled || to == rejected || to == closed || to == mixed)
        return Transition{.changed = true, .alarm = false};
      return std::nullopt;
    case in_doubt:
      if (is_broker_evidence(to) || to == denied || to == dry_run) return Transition{.changed = true, .alarm = false};
      return std::nullopt;
    case pending:
      // The ledger never permitted this: it has forgotten something (promise 4), or a worker broke the protocol.
      return Transition{.changed = true, .alarm = true};
    default:
      // Final. Only the broker's own word corrects it; a worker's doubt or denial does not.
      if (is_broker_evidence(to)) return Transition{.changed = true, .alarm = true};
      return std::nullopt;
  }
}

std::optional<Transition> by_resolution(ChildOrderStatus from, ChildOrderStatus to) {
  if (from != in_doubt) return std::nullopt;
  if (to == submitted || to == filled || to == rejected || to == mixed || to == denied) {
    return Transition{.changed = true, .alarm = false};
  }
  return std::nullopt;
}

std::optional<Transition> lookup(ChildOrderStatus from, ChildOrderStatus to, Cause cause) {
  const auto only = [&](ChildOrderStatus f, ChildOrderStatus t) -> std::optional<Transition> {
    if (from != f || to != t) return std::nullopt;
    return Transition{.changed = true, .alarm = false};
  };
  switch (cause) {
    case Cause::permit: return only(pending, executing);
    case Cause::report: return by_report(from, to);
    case Cause::doubt: return only(executing, in_doubt);
    case Cause::not_started: return only(executing, pending);
    case Cause::refusal: return only(pending, denied);
    case Cause::cancel: return only(pending, canceled);
    case Cause::expiry: return only(pending, expired);
    case Cause::resolution: return by_resolution(from, to);
  }
  return std::nullopt;
}

ChildOrderStatus as_child_order_status(ExecutionStatus status) {
  switch (status) {
    case ExecutionStatus::submitted: return submitted;
    case ExecutionStatus::filled: return filled;
    case ExecutionStatus::rejected: return rejected;
    case ExecutionStatus::closed: return closed;
    case ExecutionStatus::not_sent: return denied;
    case ExecutionStatus::dry_run: return dry_run;
    case ExecutionStatus::in_doubt: return in_doubt;
  }
  return in_doubt;
}

}  // namespace

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::permit: return "permit";
    case Cause::report: return "report";
    case Cause::doubt: return "doubt";
    case Cause::not_started: return "not_started";
    case Cause::refusal: return "refusal";
    case Cause::cancel: return "cancel";
    case Cause::expiry: return "expiry";
    case Cause::resolution: return "resolution";
  }
  return "report";
}

Result<Transition> transition(ChildOrderStatus from, ChildOrderStatus to, Cause cause) {
  const auto found = lookup(from, to, cause);
  if (found) return *found;
  return make_error(
      ErrorCode::conflict, "bad_transition",
      fmt::format("a child order that is {} cannot become {} by {}", to_string(from), to_string(to), to_string(cause)));
}

Result<ChildOrderStatus> derive_status(const std::vector<ExecutionReport>& reports) {
  if (reports.empty()) return make_error(ErrorCode::internal, "no_reports", "no execution report is no evidence");
  const auto in_doubt_report = [](const ExecutionReport& r) { return r.status == ExecutionStatus::in_doubt; };
  if (std::ranges::any_of(reports, in_doubt_report)) return in_doubt;
  const ExecutionStatus first = reports.front().status;
  if (std::ranges::all_of(reports, [&](const ExecutionReport& r) { return r.status == first; })) {
    return as_child_order_status(first);
  }
  const auto is_taken = [](const ExecutionReport& r) {
    return r.status == ExecutionStatus::submitted || r.status == ExecutionStatus::filled;
  };
  return std::ranges::all_of(reports, is_taken) ? submitted : mixed;
}

}  // namespace tradeauto
