#include "http/response_head.h"

#include <array>
#include <chrono>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Timestamp now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays.at(std::chrono::weekday(day).c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

}  // namespace

std::string response_head(const ApiReply& reply, bool keep_alive, Timestamp now) {
  const std::string_view reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(reply.status));
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", reply.status, reason, http_date(now));
  if (!reply.content_type.empty()) {
    head += fmt::format("Content-Type: {}\r\nX-Content-Type-Options: nosniff\r\n", reply.content_type);
  }
  const bool has_length = reply.status != 204 && reply.status != 304 && !reply.source;
  if (has_length) head += fmt::format("Content-Length: {}\r\n", reply.body.size());
  head += "Cache-Control: no-store\r\n";
  for (const auto& [name, value] : reply.headers) head += fmt::format("{}: {}\r\n", name, value);
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

}  // namespace tradeauto
