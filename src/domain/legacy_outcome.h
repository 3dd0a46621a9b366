#pragma once

#include <span>
#include <string>
#include <string_view>

#include "domain/order.h"

namespace tradeauto {

// What the original pair answers a transaction with: one status and one text for all accounts.
struct LegacyOutcome {
  bool good = false;    // each part is submitted or filled (or a dry run)
  std::string message;  // a warning where one is due, then a line for each child order
};

// A doubt, and what has not ended yet, is told as what must not be repeated: `doubt` stands before the lines then.
// Empty: nothing was to be placed (a dry run), and there is nothing to warn of.
LegacyOutcome legacy_outcome(std::span<const ChildOrder> child_orders, std::string_view doubt);

}  // namespace tradeauto
