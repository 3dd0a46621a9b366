#include "domain/decimal.h"

#include <algorithm>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr Int128 kLimit = static_cast<Int128>(1'000'000'000'000'000'000) * Decimal::kScale;
constexpr std::size_t kMaxWholeDigits = 18;

Error bad_decimal() {
  return make_error(
      ErrorCode::unprocessable, "bad_decimal",
      "a decimal is written as digits with at most 18 before and 9 after the point, e.g. \"1\" or \"0.5\"");
}

Error overflow() { return make_error(ErrorCode::unprocessable, "overflow", "a decimal stays below 10^18"); }

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string digits_of(Int128 value) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::ranges::reverse(text);
  return text;
}

}  // namespace

Result<Decimal> Decimal::from_units(Int128 units) {
  if (units >= kLimit || units <= -kLimit)
    return make_error(ErrorCode::unprocessable, "out_of_range", overflow().message);
  return Decimal(units);
}

Result<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole) || whole.size() > kMaxWholeDigits) return bad_decimal();
  std::string_view fraction;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (!all_digits(fraction) || fraction.size() > kScaleDigits) return bad_decimal();
  }
  Int128 units = 0;
  for (const char c : whole) units = units * 10 + (c - '0');
  for (std::size_t i = 0; i < kScaleDigits; ++i) units = units * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return Decimal(negative ? -units : units);
}

std::string Decimal::to_string() const {
  const bool negative = units_ < 0;
  const Int128 magnitude = negative ? -units_ : units_;
  std::string text = (negative ? "-" : "") + digits_of(magnitude / kScale);
  const auto fraction = static_cast<std::int64_t>(magnitude % kScale);
  if (fraction != 0) {
    std::string digits = fmt::format("{:09}", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += '.' + digits;
  }
  return text;
}

Result<Decimal> Decimal::add(Decimal other) const {
  const Int128 sum = units_ + other.units_;  // both are below 2^90: no overflow of 128 bits
  if (sum >= kLimit || sum <= -kLimit) return overflow();
  return Decimal(sum);
}

Result<Decimal> Decimal::subtract(Decimal other) const { return add(Decimal(-other.units_)); }

Result<Decimal> Decimal::multiply(Decimal other) const {
  Int128 product = 0;
  if (__builtin_mul_overflow(units_, other.units_, &product)) return overflow();
  Int128 quotient = product / kScale;
  const Int128 rest = product % kScale;
  const Int128 twice = (rest < 0 ? -rest : rest) * 2;
  if (twice > kScale || (twice == kScale && quotient % 2 != 0)) quotient += product < 0 ? -1 : 1;
  if (quotient >= kLimit || quotient <= -kLimit) return overflow();
  return Decimal(quotient);
}

}  // namespace tradeauto
