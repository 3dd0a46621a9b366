#include "app/import_sources.h"

#include <utility>

#include <fmt/format.h>

#include "app/import_autorsa.h"
#include "app/import_legacy.h"
#include "store/legacy_redis/legacy_redis.h"

namespace tradeauto {
namespace {

Result<ImportContents> not_empty(Result<ImportContents> contents, std::string what) {
  if (contents.ok() && contents->accounts.empty()) {
    return make_error(ErrorCode::not_found, "nothing_to_import", std::move(what));
  }
  return contents;
}

asio::awaitable<Result<ImportContents>> read_redis(RedisAddress address) {
  std::string nothing = fmt::format("Redis at {} port {}, database {}, holds no accounts of an original main server",
                                    address.host, address.port, address.database);
  CO_TRY(LegacyRedisContents contents, co_await read_legacy_redis({.host = std::move(address.host),
                                                                   .port = address.port,
                                                                   .database = address.database,
                                                                   .user = std::move(address.user),
                                                                   .password = std::move(address.password)}));
  co_return not_empty(import_of_legacy(std::move(contents)), std::move(nothing));
}

Result<ImportContents> read_env(const SecretString& text, const std::string& group) {
  return not_empty(import_of_autorsa_env(text, group), "the .env holds no log-in of a brokerage");
}

}  // namespace

ImportSources import_sources() { return {.legacy_redis = &read_redis, .autorsa_env = &read_env}; }

}  // namespace tradeauto
