#include "executors/paper/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/child_order.h"

namespace tradeauto {
namespace {

ExecutionReport answered(const RecordedPlacement& recorded, Timestamp now) {
  const Placement& placement = recorded.placement;
  ExecutionReport report;
  report.sub_account = sub_account_label(placement.sub_account);
  report.broker_order_id = placement.broker_order_id;
  report.quantity = placement.quantity;
  report.evidence = recorded.line;
  report.at = placement.at;
  if (placement.decision != Decision::accepted) {
    report.status = ExecutionStatus::rejected;
    report.message = describe(placement.reason);
    return report;
  }
  report.price = placement.price;
  if (placement.fills_at.value_or(placement.at) <= now) {
    report.status = ExecutionStatus::filled;
    report.at = placement.fills_at.value_or(placement.at);
    report.message = fmt::format("filled at {}", placement.price.value_or(Price()).to_string());
  } else {
    report.status = ExecutionStatus::submitted;
    report.message = "accepted";
  }
  return report;
}

ExecutionReport without_answer(const PaperRun& run, int number) {
  ExecutionReport report;
  report.sub_account = sub_account_label(number);
  report.quantity = run.quantity;
  report.at = run.updated_at;
  const bool asked = run.unanswered.contains(number);
  report.status = asked ? ExecutionStatus::in_doubt : ExecutionStatus::not_sent;
  report.message = describe(asked ? run.reason : "not_sent");
  return report;
}

}  // namespace

std::string describe(std::string_view reason) {
  if (reason == "unknown_symbol") return "the symbol is not traded here";
  if (reason == "insufficient_cash") return "not enough cash";
  if (reason == "insufficient_quantity") return "not enough shares";
  if (reason == "out_of_range") return "the amount is out of range";
  if (reason == "simulated_fault") return "refused by the simulated fault";
  if (reason == "no_answer") return "the broker did not answer; it may have taken the order";
  if (reason == "connection_lost") return "the connection was lost; the broker may have taken the order";
  if (reason == "not_sent") return "it was not sent to the broker";
  return std::string(reason);
}

ChildOrderReport never_began(ChildOrderId child_order) {
  ChildOrderReport report;
  report.child_order = std::move(child_order);
  report.complete = true;
  report.status = ChildOrderStatus::denied;
  report.reason = "not_sent";
  report.detail = describe(report.reason);
  return report;
}

PaperSnapshot snapshot_of(const PaperRun& run, const std::vector<RecordedPlacement>& placements, Timestamp now) {
  PaperSnapshot snapshot;
  ChildOrderReport& report = snapshot.report;
  report.child_order = run.child_order;
  report.complete = run.ended;
  int count = run.sub_accounts;
  for (const RecordedPlacement& each : placements) count = std::max(count, each.placement.sub_account);
  for (int number = 1; number <= count; ++number) {
    const auto found =
        std::ranges::find(placements, number, [](const auto& each) { return each.placement.sub_account; });
    if (found != placements.end() && !run.unanswered.contains(number)) {
      report.executions.push_back(answered(*found, now));
      if (report.executions.back().status != ExecutionStatus::submitted) continue;
      const auto fills_at = found->placement.fills_at;
      if (!snapshot.next_fill || fills_at < snapshot.next_fill) snapshot.next_fill = fills_at;
    } else if (run.ended) {
      report.executions.push_back(without_answer(run, number));
    }
  }
  if (!run.ended) return snapshot;
  snapshot.settled = run.unanswered.empty() && !snapshot.next_fill;
  const auto status =
      derive_status(report.executions);  // fails only without any sub-account, and there is at least one
  report.status = status.ok() ? *status : ChildOrderStatus::in_doubt;
  if (report.status == ChildOrderStatus::in_doubt) report.reason = run.reason;
  if (report.status == ChildOrderStatus::denied) report.reason = "not_sent";
  if (!report.reason.empty()) report.detail = describe(report.reason);
  return snapshot;
}

}  // namespace tradeauto
