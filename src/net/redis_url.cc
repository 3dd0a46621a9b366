#include "net/redis_url.h"

#include <charconv>

#include "net/address.h"

namespace tradeauto {
namespace {

Error wrong(std::string why) { return make_error(ErrorCode::invalid_argument, "bad_redis_url", std::move(why)); }

template <typename Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

// Takes "USER@" off the front.
Result<std::string> take_user(std::string_view& rest) {
  const auto at = rest.rfind('@');
  if (at == std::string_view::npos) return std::string();
  const std::string_view login = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const auto colon = login.find(':');
  if (colon != std::string_view::npos && colon + 1 < login.size()) {
    return make_error(ErrorCode::invalid_argument, "password_in_url",
                      "it holds a password, which everyone on this machine can read in the list of processes");
  }
  return std::string(login.substr(0, colon));
}

}  // namespace

Result<RedisUrl> parse_redis_url(std::string_view url) {
  RedisUrl out;
  std::string_view rest = url;
  if (url.starts_with("redis://")) {
    rest.remove_prefix(8);
  } else if (url.starts_with("rediss://")) {
    rest.remove_prefix(9);
    out.tls = true;
  } else {
    return wrong("it does not begin with redis:// or rediss://");
  }
  TRY(out.user, take_user(rest));
  if (rest.find_first_of("?# ") != std::string_view::npos) return wrong("it is more than a server and a database");
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view digits = rest.substr(slash + 1);
    if (!digits.empty() && !read_number(digits, out.database)) return wrong("the database is no number");
    rest = rest.substr(0, slash);
  }
  const auto bracket = rest.find(']');
  if (rest.starts_with('[') && bracket == std::string_view::npos) return wrong("the address is not closed by ']'");
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = rest.substr(0, colon);
  if (rest.starts_with('[') && !host.ends_with(']')) return wrong("after ']' comes a port or nothing");
  out.host = std::string(bare_host(host));
  if (out.host.empty()) return wrong("the host is missing");
  if (colon != std::string_view::npos && (!read_number(rest.substr(colon + 1), out.port) || out.port == 0)) {
    return wrong("the port is no number from 1 to 65535");
  }
  return out;
}

}  // namespace tradeauto
