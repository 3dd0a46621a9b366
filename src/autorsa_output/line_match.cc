#include "autorsa_output/line_match.h"

#include <algorithm>
#include <string>

namespace tradeauto::autorsa_output {
namespace {

constexpr std::size_t kMaxDigits = 40;  // more than a Decimal holds
constexpr std::size_t kMaxAccount = 64;
constexpr std::size_t kMaxTicker = 64;
constexpr std::size_t kMaxWord = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

struct NumberParts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  bool exponent_negative = false;
  std::string_view exponent;
  std::size_t length = 0;  // of the whole number in the text; 0: no number stands there
};

std::size_t digits_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - begin;
}

NumberParts take_number(std::string_view text) {
  NumberParts parts;
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') {
    parts.negative = true;
    ++at;
  }
  parts.whole = text.substr(at, digits_at(text, at));
  if (parts.whole.empty()) return {};
  at += parts.whole.size();
  if (at < text.size() && text[at] == '.' && digits_at(text, at + 1) > 0) {
    parts.fraction = text.substr(at + 1, digits_at(text, at + 1));
    at += 1 + parts.fraction.size();
  }
  if (at < text.size() && text[at] == 'e') {
    const bool sign = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-');
    const std::size_t begin = at + (sign ? 2 : 1);
    if (digits_at(text, begin) > 0) {
      parts.exponent_negative = sign && text[at + 1] == '-';
      parts.exponent = text.substr(begin, digits_at(text, begin));
      at = begin + parts.exponent.size();
    }
  }
  parts.length = at;
  return parts;
}

std::optional<Decimal> value_of(const NumberParts& parts) {
  if (parts.whole.size() > kMaxDigits || parts.fraction.size() > kMaxDigits || parts.exponent.size() > 3) {
    return std::nullopt;
  }
  int exponent = 0;
  for (const char c : parts.exponent) exponent = exponent * 10 + (c - '0');
  if (parts.exponent_negative) exponent = -exponent;
  std::string digits = std::string(parts.whole) + std::string(parts.fraction);
  int point = static_cast<int>(parts.whole.size()) + exponent;
  while (!digits.empty() && digits.back() == '0' && static_cast<int>(digits.size()) > point) digits.pop_back();
  if (point > static_cast<int>(kMaxDigits) * 2 || point < -static_cast<int>(kMaxDigits) * 2) return std::nullopt;
  if (point < 0) {
    digits.insert(0, static_cast<std::size_t>(-point), '0');
    point = 0;
  }
  if (static_cast<int>(digits.size()) < point) digits.append(static_cast<std::size_t>(point) - digits.size(), '0');
  std::string whole = digits.substr(0, static_cast<std::size_t>(point));
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  std::string plain = (parts.negative ? "-" : "") + (whole.empty() ? std::string("0") : whole);
  if (digits.size() > static_cast<std::size_t>(point)) plain += '.' + digits.substr(static_cast<std::size_t>(point));
  const auto parsed = Decimal::parse(plain);
  if (!parsed) return std::nullopt;
  return *parsed;
}

}  // namespace

std::optional<Decimal> parse_python_number(std::string_view text) {
  const NumberParts parts = take_number(text);
  if (parts.length == 0 || parts.length != text.size()) return std::nullopt;
  return value_of(parts);
}

template <typename Accept>
LineMatch& LineMatch::run_of(Accept accept, std::size_t limit, std::string_view* found) {
  if (!fits_) return *this;
  std::size_t length = 0;
  while (length < rest_.size() && accept(rest_[length])) ++length;
  fits_ = length > 0 && length <= limit;
  if (!fits_) return *this;
  if (found != nullptr) *found = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return *this;
}

LineMatch& LineMatch::literal(std::string_view text) {
  fits_ = fits_ && rest_.starts_with(text);
  if (fits_) rest_.remove_prefix(text.size());
  return *this;
}

LineMatch& LineMatch::digits(std::string_view* found) { return run_of(is_digit, kMaxDigits, found); }

LineMatch& LineMatch::number(std::optional<Decimal>* value) {
  if (!fits_) return *this;
  const NumberParts parts = take_number(rest_);
  fits_ = parts.length > 0;
  if (!fits_) return *this;
  if (value != nullptr) *value = value_of(parts);
  rest_.remove_prefix(parts.length);
  return *this;
}

LineMatch& LineMatch::account(std::string_view* found) {
  std::string_view text;
  run_of([](char c) { return is_digit(c) || is_letter(c) || c == '*'; }, kMaxAccount, &text);
  if (!fits_) return *this;
  const std::size_t hidden = std::min(text.find_first_not_of('x'), text.size());
  // An account may end in an x of its own.
  fits_ = text.size() <= 4 || text.size() - hidden <= 4;
  if (fits_) *found = text;
  return *this;
}

LineMatch& LineMatch::ticker(std::string_view* found) {
  return run_of([](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '/'; },
                kMaxTicker, found);
}

LineMatch& LineMatch::word(std::string_view* found) {
  return run_of([](char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '.' || c == '-'; }, kMaxWord,
                found);
}

LineMatch& LineMatch::words(std::string_view buy, std::string_view sell, OrderWords* found) {
  if (!fits_) return *this;
  OrderWords words;
  if (rest_.starts_with(buy)) {
    words.side = Side::buy;
    rest_.remove_prefix(buy.size());
  } else if (rest_.starts_with(sell)) {
    words.side = Side::sell;
    rest_.remove_prefix(sell.size());
  } else {
    fits_ = false;
    return *this;
  }
  literal(" ").number(&words.quantity).literal(" of ").ticker(&words.ticker);
  if (fits_) *found = words;
  return *this;
}

LineMatch& LineMatch::order(OrderWords* found) { return words("buy", "sell", found); }
LineMatch& LineMatch::announcement(OrderWords* found) { return words("buying", "selling", found); }

LineMatch& LineMatch::until(std::string_view end, std::string_view* found) {
  if (!fits_) return *this;
  const auto at = rest_.rfind(end);
  fits_ = at != std::string_view::npos && at > 0;
  if (!fits_) return *this;
  *found = rest_.substr(0, at);
  rest_.remove_prefix(at);
  return *this;
}

LineMatch& LineMatch::anything(std::string_view* found) {
  if (!fits_) return *this;
  if (found != nullptr) *found = rest_;
  rest_ = {};
  return *this;
}

}  // namespace tradeauto::autorsa_output
