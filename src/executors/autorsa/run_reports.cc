#include "executors/autorsa/run_reports.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/child_order.h"

namespace tradeauto {
namespace {

constexpr std::string_view kKilled = "child_process_killed";

// A run whose supervisor died may go on: what its text does not say yet may still happen.
void doubt_what_is_missing(ChildOrderReport& report) {
  for (ExecutionReport& execution : report.executions) {
    if (execution.status == ExecutionStatus::not_sent) execution.status = ExecutionStatus::in_doubt;
  }
  if (report.executions.empty()) {
    report.status = ChildOrderStatus::in_doubt;
  } else if (const auto status = derive_status(report.executions)) {
    report.status = *status;
  }
}

}  // namespace

RunOutput run_output(const TransactionTask& task, ChildResult result, bool trusted_version, Timestamp at) {
  RunOutput run;
  run.brokerage = task.brokerage;
  run.side = task.side;
  run.quantity = task.quantity;
  for (const TaskChildOrder& child : task.child_orders) run.symbols.push_back(child.symbol);
  run.dry_run = task.dry_run;
  run.out = std::move(result.out);
  run.err = std::move(result.err);
  if (result.end == ChildEnd::by_itself) run.exit_code = result.exit_code;
  run.truncated = result.truncated || result.end == ChildEnd::lost;
  run.trusted_version = trusted_version;
  run.unbuffered = result.end != ChildEnd::lost;  // run_environment() sees to it; else the pipe was read to its end
  run.at = at;
  return run;
}

std::string cut_short(const ChildResult& result) {
  switch (result.end) {
    case ChildEnd::by_itself:
      if (result.signal) return fmt::format("its process was killed by signal {}", *result.signal);
      return {};
    case ChildEnd::deadline: return "its time was over and it was ended";
    case ChildEnd::canceled: return "it was ended because the worker stops";
    case ChildEnd::lost: return "its supervisor died";
  }
  return {};
}

std::vector<ChildOrderReport> reports_of(const TransactionTask& task, const ChildResult& result, bool trusted_version,
                                         Timestamp at) {
  const std::vector<SymbolVerdict> verdicts = read_run(run_output(task, result, trusted_version, at));
  const std::string ended = cut_short(result);
  std::vector<ChildOrderReport> reports;
  for (const TaskChildOrder& child : task.child_orders) {
    ChildOrderReport report;
    report.child_order = child.id;
    report.complete = true;
    report.status = ChildOrderStatus::in_doubt;
    report.reason = "no_verdict";
    const auto verdict = std::ranges::find(verdicts, child.symbol, &SymbolVerdict::symbol);
    if (verdict != verdicts.end()) {
      report.status = verdict->status;
      report.reason = verdict->reason;
      report.detail = verdict->detail;
      report.executions = verdict->executions;
    }
    if (result.end == ChildEnd::lost) doubt_what_is_missing(report);
    if (!ended.empty() && report.status == ChildOrderStatus::in_doubt) {
      report.reason = kKilled;
      report.detail = report.detail.empty() ? "the run did not finish: " + ended
                                            : fmt::format("the run did not finish: {}; {}", ended, report.detail);
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace tradeauto
