#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tradeauto {

__extension__ typedef __int128 Int128;

// An exact decimal: an integer count of 10^-9. |value| < 10^18. Never binary floating point.
class Decimal {
 public:
  static constexpr int kScaleDigits = 9;
  static constexpr std::int64_t kScale = 1'000'000'000;

  constexpr Decimal() = default;
  static constexpr Decimal from_int(std::int64_t whole) { return Decimal(static_cast<Int128>(whole) * kScale); }
  // `units` of 10^-9; what a store keeps. Error (reason out_of_range) beyond ±10^27.
  static Result<Decimal> from_units(Int128 units);

  // Plain notation only: optional '-', digits, optional '.' and 1 to 9 digits ("1", "0.5", "-12.25").
  // No exponent, no '+', no blanks; at most 18 digits before the point. Error: reason bad_decimal.
  static Result<Decimal> parse(std::string_view text);

  // The shortest plain notation that parses back to the same value ("1", "0.5").
  std::string to_string() const;

  constexpr Int128 units() const { return units_; }
  constexpr bool is_zero() const { return units_ == 0; }
  constexpr bool is_positive() const { return units_ > 0; }
  constexpr bool is_whole() const { return units_ % kScale == 0; }

  // Error (reason overflow) when the result leaves the range.
  Result<Decimal> add(Decimal other) const;
  Result<Decimal> subtract(Decimal other) const;
  // Rounds half to even at 10^-9.
  Result<Decimal> multiply(Decimal other) const;

  constexpr auto operator<=>(const Decimal&) const = default;

 private:
  constexpr explicit Decimal(Int128 units) : units_(units) {}

  Int128 units_ = 0;
};

// A decimal with a meaning: a Quantity is no Price.
template <typename Tag>
class TypedDecimal {
 public:
  constexpr TypedDecimal() = default;
  constexpr explicit TypedDecimal(Decimal value) : value_(value) {}

  constexpr Decimal decimal() const { return value_; }
  std::string to_string() const { return value_.to_string(); }

  constexpr auto operator<=>(const TypedDecimal&) const = default;

 private:
  Decimal value_;
};

using Quantity = TypedDecimal<struct QuantityTag>;  // shares for each sub-account
using Price = TypedDecimal<struct PriceTag>;        // US dollars a share
using Money = TypedDecimal<struct MoneyTag>;        // US dollars

}  // namespace tradeauto
