#include "domain/order.h"

#include <algorithm>
#include <array>

namespace tradeauto {
namespace {

// Enum to word and back by one table each; the index is the enum's number.
constexpr std::array<std::string_view, 2> kSides = {"buy", "sell"};
constexpr std::array<std::string_view, 12> kChildOrderStatuses = {"pending",  "executing", "submitted", "filled",
                                                                  "rejected", "closed",    "mixed",     "dry_run",
                                                                  "denied",   "in_doubt",  "canceled",  "expired"};
constexpr std::array<std::string_view, 7> kExecutionStatuses = {"submitted", "filled",  "rejected", "closed",
                                                                "not_sent",  "dry_run", "in_doubt"};
constexpr std::array<std::string_view, 4> kOrderStatuses = {"attention", "working", "failed", "settled"};
constexpr std::array<std::string_view, 3> kSent = {"no", "maybe", "yes"};

template <typename Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& words, std::string_view text) {
  const auto* const it = std::ranges::find(words, text);
  if (it == words.end()) return std::nullopt;
  return static_cast<Enum>(it - words.begin());
}

template <std::size_t N, typename Enum>
std::string_view word(const std::array<std::string_view, N>& words, Enum value) {
  return words.at(static_cast<std::size_t>(value));
}

bool is_working(const ChildOrder& child) {
  switch (child.status) {
    case ChildOrderStatus::pending:
    case ChildOrderStatus::executing: return true;
    case ChildOrderStatus::submitted: return info(child.brokerage).reports_fills;
    default: return false;
  }
}

bool is_failed(ChildOrderStatus status) {
  switch (status) {
    case ChildOrderStatus::rejected:
    case ChildOrderStatus::denied:
    case ChildOrderStatus::expired:
    case ChildOrderStatus::canceled:
    case ChildOrderStatus::closed:
    case ChildOrderStatus::mixed: return true;
    default: return false;
  }
}

}  // namespace

std::string_view to_string(Side side) { return word(kSides, side); }
std::string_view to_string(ChildOrderStatus status) { return word(kChildOrderStatuses, status); }
std::string_view to_string(ExecutionStatus status) { return word(kExecutionStatuses, status); }
std::string_view to_string(OrderStatus status) { return word(kOrderStatuses, status); }
std::string_view to_string(Sent sent) { return word(kSent, sent); }

std::optional<Side> parse_side(std::string_view text) { return parse<Side>(kSides, text); }
std::optional<ChildOrderStatus> parse_child_order_status(std::string_view text) {
  return parse<ChildOrderStatus>(kChildOrderStatuses, text);
}
std::optional<ExecutionStatus> parse_execution_status(std::string_view text) {
  return parse<ExecutionStatus>(kExecutionStatuses, text);
}
std::optional<OrderStatus> parse_order_status(std::string_view text) {
  return parse<OrderStatus>(kOrderStatuses, text);
}

bool is_final(ChildOrderStatus status) {
  switch (status) {
    case ChildOrderStatus::pending:
    case ChildOrderStatus::executing:
    case ChildOrderStatus::submitted:
    case ChildOrderStatus::in_doubt: return false;
    default: return true;
  }
}

Sent sent(ChildOrderStatus status) {
  switch (status) {
    case ChildOrderStatus::executing:
    case ChildOrderStatus::in_doubt: return Sent::maybe;
    case ChildOrderStatus::submitted:
    case ChildOrderStatus::filled:
    case ChildOrderStatus::rejected:
    case ChildOrderStatus::closed:
    case ChildOrderStatus::mixed: return Sent::yes;
    case ChildOrderStatus::pending:
    case ChildOrderStatus::dry_run:
    case ChildOrderStatus::denied:
    case ChildOrderStatus::canceled:
    case ChildOrderStatus::expired: return Sent::no;
  }
  return Sent::maybe;
}

OrderStatus derive_status(const std::vector<ChildOrder>& child_orders) {
  const auto in_doubt = [](const ChildOrder& child) { return child.status == ChildOrderStatus::in_doubt; };
  if (std::ranges::any_of(child_orders, in_doubt)) return OrderStatus::attention;
  if (std::ranges::any_of(child_orders, is_working)) return OrderStatus::working;
  if (std::ranges::any_of(child_orders, is_failed, &ChildOrder::status)) return OrderStatus::failed;
  return OrderStatus::settled;
}

Sent sent(const std::vector<ChildOrder>& child_orders) {
  Sent most = Sent::no;
  for (const ChildOrder& child : child_orders) {
    const Sent one = sent(child.status);
    if (one == Sent::yes) return Sent::yes;
    if (one == Sent::maybe) most = Sent::maybe;
  }
  return most;
}

}  // namespace tradeauto
