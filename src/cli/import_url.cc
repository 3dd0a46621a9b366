#include "cli/import_url.h"

#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::string_view kScheme = "redis://";

Error wrong(std::string_view why) {
  return make_error(ErrorCode::invalid_argument, "bad_redis_url",
                    fmt::format("--legacy-redis: {}; allowed is redis://[USER@]HOST[:PORT][/DATABASE]", why));
}

template <typename Number>
std::optional<Number> number(std::string_view digits) {
  Number value = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (bad != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Takes "USER@" off the front.
Result<std::string> take_user(std::string_view& rest) {
  const auto at = rest.rfind('@');
  if (at == std::string_view::npos) return std::string();
  const std::string_view login = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  if (const auto colon = login.find(':'); colon != std::string_view::npos && colon + 1 < login.size()) {
    return make_error(ErrorCode::invalid_argument, "password_in_url",
                      "--legacy-redis: the URL holds a password, which everyone on this machine can read in the list "
                      "of processes; give it with --redis-password-file FILE, or - for standard input");
  }
  return std::string(login.substr(0, login.find(':')));
}

}  // namespace

Result<RedisAddress> parse_redis_url(std::string_view url) {
  if (url.starts_with("rediss://")) return wrong("TLS is not spoken yet");
  if (!url.starts_with(kScheme)) return wrong("it does not begin with redis://");
  std::string_view rest = url.substr(kScheme.size());
  RedisAddress address;
  TRY(address.user, take_user(rest));
  if (rest.find_first_of("?# ") != std::string_view::npos) return wrong("it is more than a server and a database");
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view digits = rest.substr(slash + 1);
    const auto database = digits.empty() ? 0U : number<unsigned>(digits);
    if (!database) return wrong("the database is no number");
    address.database = *database;
    rest = rest.substr(0, slash);
  }
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return wrong("the host is missing");
  address.host = std::string(host);
  if (colon != std::string_view::npos) {
    const auto port = number<std::uint16_t>(rest.substr(colon + 1));
    if (!port || *port == 0) return wrong("the port is no number from 1 to 65535");
    address.port = *port;
  }
  return address;
}

}  // namespace tradeauto
