#include "cli/import_url.h"

#include <utility>

#include <fmt/format.h>

#include "net/redis_url.h"

namespace tradeauto {

Result<RedisAddress> parse_import_url(std::string_view url) {
  auto parsed = parse_redis_url(url);
  if (parsed.ok() && parsed->tls) {
    parsed = make_error(ErrorCode::invalid_argument, "bad_redis_url", "the import does not speak TLS");
  }
  if (!parsed.ok()) {
    const bool password = parsed.error().reason == "password_in_url";
    parsed.error().message = fmt::format("--legacy-redis: {}; {}", parsed.error().message,
                                         password ? "give it with --redis-password-file FILE, or - for standard input"
                                                  : "allowed is redis://[USER@]HOST[:PORT][/DATABASE]");
    return std::move(parsed).error();
  }
  return RedisAddress{.host = std::move(parsed->host),
                      .port = parsed->port,
                      .database = parsed->database,
                      .user = std::move(parsed->user),
                      .password = {}};
}

}  // namespace tradeauto
