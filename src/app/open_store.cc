#include "app/open_store.h"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "app/tls_files.h"
#include "crypto/secret_file.h"
#include "net/address.h"
#include "net/redis_url.h"
#include "store/redis/redis_store.h"
#include "store/sqlite/sqlite_store.h"

namespace tradeauto {
namespace {

Result<SecretString> read_password(const std::string& file) {
  if (file.empty()) return SecretString();
  TRY(const SecretString content, read_secret_file(file, "REDIS_PASSWORD_FILE"));
  const std::string_view text = content.reveal();
  return SecretString(std::string(text.substr(0, text.find_last_not_of("\r\n") + 1)));
}

std::string_view remedy(const Error& error) {
  if (error.code == ErrorCode::unauthenticated) return ". REDIS_PASSWORD_FILE names the file that holds its password";
  if (error.reason == "redis_unsafe") return ". Correct that in redis.conf; STORE_ALLOW_LOSS=on takes the risk";
  if (error.reason == "tls_failed") return ". REDIS_CA_FILE names the authority that signed its certificate";
  if (error.reason == "connect_failed") return ". Start Redis first, or correct STORE";
  return "";
}

// The address may stand in a message; a URL that is wrong may hold a password, and may not.
Result<RedisSettings> redis_settings(const Settings& settings, const Clock& clock) {
  auto parsed = parse_redis_url(settings.text("STORE"));
  if (!parsed.ok()) {
    const bool password = parsed.error().reason == "password_in_url";
    parsed.error().message =
        fmt::format("STORE is sqlite or redis://[USER@]HOST[:PORT][/DB], rediss:// for TLS: {}{}",
                    parsed.error().message, password ? "; put it into a file for REDIS_PASSWORD_FILE" : "");
    return std::move(parsed).error();
  }
  RedisSettings redis;
  redis.host = parsed->host;
  redis.port = parsed->port;
  redis.database = parsed->database;
  redis.user = parsed->user;
  if (parsed->tls) {
    TRY(redis.tls, read_redis_tls(settings, clock.now()));
  } else {
    TRY_VOID(check_plaintext("STORE", redis.host, settings.is_on("ALLOW_PLAINTEXT_BEYOND_LOOPBACK")));
  }
  TRY(redis.password, read_password(settings.text("REDIS_PASSWORD_FILE")));
  redis.allow_loss = settings.is_on("STORE_ALLOW_LOSS");
  return redis;
}

Error with_remedy(Error error, const Settings& settings) {
  error.message = fmt::format("STORE={}: {}{}", settings.text("STORE"), error.message, remedy(error));
  return error;
}

Result<std::unique_ptr<Store>> open_redis(const Settings& settings, const Clock& clock, Rng& rng,
                                          std::function<void(Error)> on_failure) {
  TRY(const RedisSettings redis, redis_settings(settings, clock));
  auto store = open_redis_store(redis, clock, rng, std::move(on_failure));
  if (!store.ok()) return with_remedy(std::move(store).error(), settings);
  return store;
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const Settings& settings, const DataPaths& paths, const Clock& clock,
                                          Rng& rng, std::function<void(Error)> on_failure) {
  if (settings.text("STORE") != "sqlite") return open_redis(settings, clock, rng, std::move(on_failure));
  return open_sqlite_store(paths.database, clock, rng, std::move(on_failure));
}

Result<void> check_redis(const Settings& settings, const Clock& clock) {
  TRY(RedisSettings redis, redis_settings(settings, clock));
  redis.tries = 1;
  const auto checked = check_redis_store(redis);
  if (!checked.ok()) return with_remedy(checked.error(), settings);
  return {};
}

}  // namespace tradeauto
