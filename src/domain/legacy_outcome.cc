#include "domain/legacy_outcome.h"

#include <algorithm>

#include <fmt/format.h>

namespace tradeauto {
namespace {

bool is_good(ChildOrderStatus status) {
  return status == ChildOrderStatus::submitted || status == ChildOrderStatus::filled ||
         status == ChildOrderStatus::dry_run;
}

// At least in one sub-account, at least in part.
bool is_placed(ChildOrderStatus status) {
  return status == ChildOrderStatus::submitted || status == ChildOrderStatus::filled ||
         status == ChildOrderStatus::mixed || status == ChildOrderStatus::closed;
}

// What may yet be placed is no safer to repeat than what may have been.
bool is_open(ChildOrderStatus status) {
  return status == ChildOrderStatus::pending || status == ChildOrderStatus::executing ||
         status == ChildOrderStatus::in_doubt;
}

std::string line_of(const ChildOrder& child) {
  std::string line =
      fmt::format("{} ({}): {}", child.account.account, to_string(child.brokerage), to_string(child.status));
  if (!child.reason.empty()) line += fmt::format(" ({})", child.reason);
  if (!child.detail.empty()) line += ": " + child.detail;
  for (const ExecutionReport& report : child.executions) {
    line += fmt::format("; {} {}", report.sub_account, to_string(report.status));
    if (!report.message.empty()) line += ": " + report.message;
  }
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace

LegacyOutcome legacy_outcome(std::span<const ChildOrder> child_orders, std::string_view doubt) {
  const auto any = [&](auto is) { return std::ranges::any_of(child_orders, is, &ChildOrder::status); };
  LegacyOutcome outcome{.good = std::ranges::all_of(child_orders, is_good, &ChildOrder::status), .message = {}};
  if (any(is_open) || doubt.empty()) {
    outcome.message = doubt;
  } else if (any(is_placed) && !outcome.good) {
    outcome.message = "PARTLY PLACED, do not repeat for all: ";
  }
  std::string_view separator;
  for (const ChildOrder& child : child_orders) {
    outcome.message += separator;
    outcome.message += line_of(child);
    separator = "\n";
  }
  return outcome;
}

}  // namespace tradeauto
