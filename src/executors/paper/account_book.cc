#include "executors/paper/account_book.h"

#include <algorithm>

namespace tradeauto {

Result<void> AccountBook::take(const Placement& placement) {
  TRY(const Decimal amount, placement.price.value_or(Price()).decimal().multiply(placement.quantity.decimal()));
  open_.push_back({.side = placement.side,
                   .symbol = placement.symbol,
                   .quantity = placement.quantity,
                   .amount = amount,
                   .fills_at = placement.fills_at.value_or(placement.at)});
  return {};
}

Result<void> AccountBook::settle(Timestamp now) {
  for (const Open& open : open_) {
    if (open.fills_at <= now) TRY_VOID(fill(open));
  }
  std::erase_if(open_, [&](const Open& open) { return open.fills_at <= now; });
  return {};
}

Result<void> AccountBook::fill(const Open& open) {
  const Decimal held = positions_[open.symbol].decimal();
  const bool buys = open.side == Side::buy;
  TRY(const Decimal holds, buys ? held.add(open.quantity.decimal()) : held.subtract(open.quantity.decimal()));
  TRY(flow_, buys ? flow_.subtract(open.amount) : flow_.add(open.amount));
  if (holds.is_zero()) {
    positions_.erase(open.symbol);
  } else {
    positions_[open.symbol] = Quantity(holds);
  }
  return {};
}

std::string AccountBook::refusal(Side side, const Symbol& symbol, Quantity quantity, Price price, Money opening) const {
  constexpr const char* kOutOfRange = "out_of_range";
  const auto amount = price.decimal().multiply(quantity.decimal());
  const auto found = positions_.find(symbol);
  const Decimal held = found == positions_.end() ? Decimal() : found->second.decimal();
  const bool buys = side == Side::buy;
  // What is there to give, and what will have been taken: open orders on the same side come first.
  auto left = buys ? opening.decimal().add(flow_) : Result<Decimal>(held);
  auto taken = buys ? held.add(quantity.decimal()) : amount.ok() ? flow_.add(*amount) : amount;
  for (const Open& open : open_) {
    if (open.side != side) continue;
    const bool same_symbol = open.symbol == symbol;
    if (left.ok() && (buys || same_symbol)) left = left->subtract(buys ? open.amount : open.quantity.decimal());
    if (taken.ok() && (!buys || same_symbol)) taken = taken->add(buys ? open.quantity.decimal() : open.amount);
  }
  // A sum that cannot be written down is refused here, so that no fill can fail later.
  if (!amount.ok() || !left.ok() || !taken.ok()) return kOutOfRange;
  if (buys) return *amount > *left ? "insufficient_cash" : "";
  return quantity.decimal() > *left ? "insufficient_quantity" : "";
}

}  // namespace tradeauto
