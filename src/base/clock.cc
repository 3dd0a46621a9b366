#include "base/clock.h"

#include <time.h>

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace tradeauto {
namespace {

Error bad_time(std::string_view text) {
  return make_error(
      ErrorCode::invalid_argument, "bad_time",
      fmt::format("\"{}\" is not an RFC 3339 date-time such as 2026-01-02T03:04:05Z", text.substr(0, 64)));
}

// Reads exactly `digits` digits at `at`; false if they are not there.
bool read_number(std::string_view text, std::size_t at, std::size_t digits, int& out) {
  if (at + digits > text.size()) return false;
  const char* begin = text.data() + at;
  for (std::size_t i = 0; i < digits; ++i) {
    if (begin[i] < '0' || begin[i] > '9') return false;
  }
  return std::from_chars(begin, begin + digits, out).ec == std::errc{};
}

// Fraction of a second after the '.', cut to microseconds; moves `at` behind it.
bool read_fraction(std::string_view text, std::size_t& at, std::chrono::microseconds& out) {
  std::int64_t micros = 0;
  std::size_t digits = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
    if (digits < 6) micros = micros * 10 + (text[at] - '0');
  }
  if (digits == 0 || digits > 9) return false;
  for (std::size_t i = digits; i < 6; ++i) micros *= 10;
  out = std::chrono::microseconds(micros);
  return true;
}

bool read_offset(std::string_view text, std::size_t at, std::chrono::minutes& out) {
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) return true;
  int hours = 0;
  int minutes = 0;
  const bool shaped = at + 6 == text.size() && (text[at] == '+' || text[at] == '-') &&
                      read_number(text, at + 1, 2, hours) && text[at + 3] == ':' &&
                      read_number(text, at + 4, 2, minutes);
  if (!shaped || hours > 23 || minutes > 59) return false;
  out = std::chrono::minutes((text[at] == '-' ? -1 : 1) * (hours * 60 + minutes));
  return true;
}

}  // namespace

Timestamp SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

BootTime SystemClock::boot_now() const {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return BootTime(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

std::string to_rfc3339(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const bool shaped = text.size() >= 20 && read_number(text, 0, 4, year) && text[4] == '-' &&
                      read_number(text, 5, 2, month) && text[7] == '-' && read_number(text, 8, 2, day) &&
                      (text[10] == 'T' || text[10] == 't') && read_number(text, 11, 2, hour) && text[13] == ':' &&
                      read_number(text, 14, 2, minute) && text[16] == ':' && read_number(text, 17, 2, second);
  if (!shaped || hour > 23 || minute > 59 || second > 60) return bad_time(text);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return bad_time(text);
  std::size_t at = 19;
  std::chrono::microseconds fraction{0};
  if (text[at] == '.') {
    ++at;
    if (!read_fraction(text, at, fraction)) return bad_time(text);
  }
  std::chrono::minutes offset{0};
  if (at >= text.size() || !read_offset(text, at, offset)) return bad_time(text);
  return Timestamp(std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                   std::chrono::seconds(second) + fraction - offset);
}

}  // namespace tradeauto
