#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "domain/order.h"

namespace tradeauto {

enum class Decision : std::uint8_t { accepted, rejected, duplicate };

std::string_view to_string(Decision decision);

// One decision of the paper broker: one line of the placement ledger (README.md has the fields).
struct Placement {
  Timestamp at;
  AccountRef account;
  int sub_account = 1;  // from 1
  ChildOrderId child_order;
  Side side = Side::buy;
  Symbol symbol;
  Quantity quantity;
  Decision decision = Decision::rejected;
  std::string reason;
  std::optional<std::string> broker_order_id;
  std::optional<Price> price;
  std::optional<Timestamp> fills_at;

  bool operator==(const Placement&) const = default;
};

// "xxxx0001": how a sub-account is shown.
std::string sub_account_label(int sub_account);

// Without a newline.
std::string to_line(const Placement& placement);
// Failure: internal (paper_ledger_corrupt) that names the field.
Result<Placement> parse_placement(std::string_view line);

}  // namespace tradeauto
