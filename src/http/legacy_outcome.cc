#include "http/legacy_outcome.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "http/legacy_reply.h"

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
bool is_open(const ChildOrder& child) {
  return child.status == ChildOrderStatus::pending || child.status == ChildOrderStatus::executing ||
         child.status == ChildOrderStatus::in_doubt;
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

std::string_view warning(const Order& order) {
  if (order.dry_run) return "";
  if (std::ranges::any_of(order.child_orders, is_open)) return "IN DOUBT, may have been placed, do not repeat: ";
  const bool placed = std::ranges::any_of(order.child_orders, is_placed, &ChildOrder::status);
  const bool good = std::ranges::all_of(order.child_orders, is_good, &ChildOrder::status);
  return placed && !good ? "PARTLY PLACED, do not repeat for all: " : "";
}

}  // namespace

ApiReply legacy_order_outcome(const Order& order) {
  std::string lines;
  for (const ChildOrder& child : order.child_orders) {
    if (!lines.empty()) lines += '\n';
    lines += line_of(child);
  }
  const bool good = std::ranges::all_of(order.child_orders, is_good, &ChildOrder::status);
  return legacy_outcome(good, boost::json::value(fmt::format("{}{}", warning(order), lines)));
}

}  // namespace tradeauto
