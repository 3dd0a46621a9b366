#include <charconv>
#include <utility>

#include "store/redis/redis_store.h"

namespace tradeauto {
namespace {

Error bad(std::string why) { return make_error(ErrorCode::invalid_argument, "bad_store_url", std::move(why)); }

template <typename Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

Result<RedisSettings> parse_store_url(std::string_view url) {
  constexpr std::string_view kScheme = "redis://";
  if (!url.starts_with(kScheme)) return bad("it is redis://[USER@]HOST[:PORT][/DB], without TLS");
  std::string_view rest = url.substr(kScheme.size());
  RedisSettings settings;
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    if (!read_number(rest.substr(slash + 1), settings.database)) return bad("the database after '/' is a number");
    rest = rest.substr(0, slash);
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return bad(
          "a password does not belong in it, since it would be seen: put it into a file for REDIS_PASSWORD_FILE");
    }
    settings.user = std::string(user);
    rest = rest.substr(at + 1);
  }
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return bad("the address is not closed by ']'");
    settings.host = std::string(rest.substr(1, end - 1));
    rest = rest.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return bad("after ']' comes a port or nothing");
    port = rest;
  } else {
    const std::size_t colon = rest.find(':');
    settings.host = std::string(rest.substr(0, colon));
    if (colon != std::string_view::npos) port = rest.substr(colon);
  }
  if (settings.host.empty()) return bad("it names no host");
  if (!port.empty() && (!read_number(port.substr(1), settings.port) || settings.port == 0)) {
    return bad("the port is a number from 1 to 65535");
  }
  return settings;
}

}  // namespace tradeauto
