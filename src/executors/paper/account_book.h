#pragma once

#include <map>
#include <vector>

#include "executors/paper/placement.h"

namespace tradeauto {

// Money and shares of one sub-account, as its placements add up to. Pure.
class AccountBook {
 public:
  // Takes an accepted placement into account. Failure: internal (overflow).
  Result<void> take(const Placement& placement);
  // Fills what is due.
  Result<void> settle(Timestamp now);

  // Why the broker would refuse; empty if it would not. `opening` is the cash at the start. Settle first.
  std::string refusal(Side side, const Symbol& symbol, Quantity quantity, Price price, Money opening) const;

  // What has been filled; zero positions are left out.
  const std::map<Symbol, Quantity>& positions() const { return positions_; }
  // Money that filled orders brought in (or, below zero, cost).
  Money flow() const { return Money(flow_); }

 private:
  struct Open {
    Side side;
    Symbol symbol;
    Quantity quantity;
    Decimal amount;  // price times quantity
    Timestamp fills_at;
  };
  Result<void> fill(const Open& open);

  std::map<Symbol, Quantity> positions_;
  Decimal flow_;
  std::vector<Open> open_;
};

}  // namespace tradeauto
