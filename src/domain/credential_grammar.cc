#include "domain/credential_grammar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "domain/decimal.h"

namespace tradeauto {
namespace {

// Far above any real token; far below what an environment variable holds.
constexpr std::size_t kMaxBytes = 4096;

ValueFault bad(std::string detail) { return {.code = "bad_value", .detail = std::move(detail)}; }

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// One code point at the front of `text`, or nothing if the bytes are no UTF-8. Takes it off.
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  std::size_t length = 1;
  std::uint32_t value = first;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
    value = first & 0x1FU;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    value = first & 0x0FU;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    value = first & 0x07U;
  } else if (first >= 0x80) {
    return std::nullopt;
  }
  if (text.size() < length) return std::nullopt;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    value = value << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

// What Python's str.strip() would take away: the CLI strips the whole string before it splits it.
bool is_blank(std::uint32_t c) {
  return c == ' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }

// What no log-in string of the CLI can carry, in any field.
std::optional<ValueFault> check_text(std::string_view value) {
  std::string_view rest = value;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  while (!rest.empty()) {
    const bool at_start = rest.size() == value.size();
    const auto c = take_code_point(rest);
    if (!c) return bad("is not valid UTF-8");
    if (is_control(*c)) return bad("must not contain line breaks, tabs or other control characters");
    if (at_start) first = *c;
    last = *c;
  }
  if (is_blank(first) || is_blank(last)) return bad("must not begin or end with a blank");
  return std::nullopt;
}

std::optional<ValueFault> check_separators(Brokerage brokerage, std::string_view value) {
  if (value.find(',') != std::string_view::npos) return bad("must not contain ',': the CLI splits log-ins there");
  if (info(brokerage).fields.size() > 1 && value.find(':') != std::string_view::npos) {
    return bad("must not contain ':': the CLI splits fields there");
  }
  return std::nullopt;
}

bool is_firstrade_otp(std::string_view value) {
  if (const auto at = value.find('@'); at != std::string_view::npos) {
    return looks_like_email(value) && std::ranges::count(value.substr(at + 1), '.') == 1;
  }
  return (all_digits(value) && (value.size() == 4 || value.size() == 10)) || value.size() > 14;
}

// +1-XXXXXXXXXX
bool is_webull_phone(std::string_view value) {
  return value.size() == 13 && value.starts_with("+1-") && all_digits(value.substr(3));
}

bool is_bool_word(std::string_view value) {
  std::string lower(value);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower == "true" || lower == "false";
}

std::optional<ValueFault> check_autorsa(Brokerage brokerage, std::string_view field, std::string_view value) {
  if (auto fault = check_text(value)) return fault;
  if (auto fault = check_separators(brokerage, value)) return fault;
  if (field == "PHONE_LAST_FOUR" && (value.size() != 4 || !all_digits(value))) return bad("is exactly four digits");
  if (field == "DEBUG" && !is_bool_word(value)) return bad("is true or false");
  switch (brokerage) {
    case Brokerage::fennel:
      if (looks_like_email(value)) return bad("is a personal access token, not an e-mail address");
      break;
    case Brokerage::public_:
      if (looks_like_email(value.substr(0, value.find(':')))) return bad("is an API secret, not an e-mail address");
      break;
    case Brokerage::firstrade:
      if (field == "OTP" && !is_firstrade_otp(value)) {
        return bad(
            "is 4 digits (PIN), 10 digits (phone), an e-mail address whose domain has exactly one dot, or an "
            "authenticator secret of more than 14 characters");
      }
      break;
    case Brokerage::webull:
      if (field == "USERNAME" && value.starts_with('+') && !is_webull_phone(value)) {
        return bad("is an e-mail address, or a phone number written +1-XXXXXXXXXX");
      }
      break;
    default: break;
  }
  return std::nullopt;
}

struct Range {
  std::string_view field;
  int least;
  int most;
};
constexpr std::array kPaperNumbers = {Range{"SUB_ACCOUNTS", 1, 20}, Range{"FILL_DELAY_MS", 0, 600'000},
                                      Range{"FAULT_SUB_ACCOUNT", 1, 20}, Range{"FAULT_SECONDS", 0, 600}};
constexpr std::array<std::string_view, 6> kPaperFaults = {"none", "reject", "slow",
                                                          "hang", "crash",  "accept_then_hang"};

std::optional<ValueFault> check_paper(std::string_view field, std::string_view value) {
  if (const auto* const range = std::ranges::find(kPaperNumbers, field, &Range::field); range != kPaperNumbers.end()) {
    int number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = all_digits(value) && parsed.ec == std::errc{};
    if (!whole || number < range->least || number > range->most) {
      return ValueFault{.code = "out_of_range",
                        .detail = fmt::format("is a whole number from {} to {}", range->least, range->most)};
    }
  } else if (field == "CASH") {
    const auto cash = Decimal::parse(value);
    if (!cash || !cash->is_positive()) {
      return ValueFault{.code = "out_of_range", .detail = "is a decimal above 0, e.g. 100000 or 2500.50"};
    }
  } else if (field == "FAULT" && std::ranges::find(kPaperFaults, value) == kPaperFaults.end()) {
    return bad("is one of: none, reject, slow, hang, crash, accept_then_hang");
  }
  return std::nullopt;
}

}  // namespace

std::optional<ValueFault> check_value(Brokerage brokerage, std::string_view field, std::string_view value) {
  if (value.empty()) return ValueFault{.code = "required", .detail = "must not be empty"};
  if (value.size() > kMaxBytes) {
    return ValueFault{.code = "too_long", .detail = fmt::format("is at most {} bytes long", kMaxBytes)};
  }
  return brokerage == Brokerage::paper ? check_paper(field, value) : check_autorsa(brokerage, field, value);
}

bool looks_like_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view domain = text.substr(at + 1);
  const auto dot = domain.find('.');
  return dot != std::string_view::npos && dot > 0 && domain.back() != '.';
}

}  // namespace tradeauto
