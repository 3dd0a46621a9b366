#include "store/legacy_redis/legacy_redis.h"

#include <string_view>
#include <utility>

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include "store/legacy_redis/redis_link.h"

namespace tradeauto {
namespace {

constexpr std::string_view kGroup = "Group:";
constexpr std::string_view kAccount = "Account:";
constexpr std::string_view kDetails = "Account:Details:";
constexpr std::size_t kNamesLimit = 100'000;
constexpr std::size_t kShownLimit = 200;

// What an error of the server's means. Its text is shown only where the command held no secret.
Error refusal(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  if (word == "NOAUTH") {
    return make_error(ErrorCode::unauthenticated, "redis_password", "it wants a password: --redis-password-file");
  }
  if (word == "NOPERM") {
    return make_error(ErrorCode::permission_denied, "redis_right",
                      "this user may not read there; needed are SCAN, SMEMBERS and HGETALL");
  }
  return make_error(ErrorCode::unavailable, "redis_refused",
                    fmt::format("it refuses: {}", text.substr(0, kShownLimit)));
}

asio::awaitable<Result<RedisReply>> ask(RedisLink& link, std::vector<std::string> words) {
  CO_TRY(RedisReply reply, co_await link.ask(std::move(words)));
  if (reply->type == REDIS_REPLY_ERROR) co_return refusal(text_of(*reply));
  co_return reply;
}

asio::awaitable<Result<void>> log_in(RedisLink& link, std::string user, SecretString password) {
  if (password.empty()) co_return Result<void>{};
  std::vector<std::string> words = {"AUTH"};
  if (!user.empty()) words.push_back(std::move(user));
  CO_TRY(const RedisReply reply, co_await link.ask(std::move(words), std::move(password)));
  if (reply->type == REDIS_REPLY_STATUS) co_return Result<void>{};
  // An unknown AUTH would be answered with its words, so the text stays here.
  const bool none_set = text_of(*reply).find("without any password configured") != std::string_view::npos;
  co_return make_error(ErrorCode::unauthenticated, "redis_password",
                       none_set ? "it has no password set; leave --redis-password-file out"
                                : "it refuses the user name or the password");
}

asio::awaitable<Result<void>> select_database(RedisLink& link, unsigned database) {
  if (database == 0) co_return Result<void>{};
  CO_TRY(const RedisReply reply, co_await link.ask({"SELECT", std::to_string(database)}));
  if (reply->type == REDIS_REPLY_STATUS) co_return Result<void>{};
  Error error = refusal(text_of(*reply));
  if (error.reason == "redis_refused") {
    error = make_error(ErrorCode::invalid_argument, "no_database", fmt::format("it has no database {}", database));
  }
  co_return error;
}

// Every key that begins with `prefix`, without it. SCAN may give one twice, and leaves the server free for others.
asio::awaitable<Result<std::set<std::string>>> names_of(RedisLink& link, std::string_view prefix) {
  std::set<std::string> names;
  std::string cursor = "0";
  do {
    CO_TRY(const RedisReply reply,
           co_await ask(link, {"SCAN", cursor, "MATCH", fmt::format("{}*", prefix), "COUNT", "500"}));
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2) {
      co_return make_error(ErrorCode::unavailable, "not_redis", "its answer to SCAN cannot be read");
    }
    cursor = text_of(*reply->element[0]);
    CO_TRY(const auto keys, texts_of(*reply->element[1]));
    for (const std::string_view key : keys) {
      if (key.starts_with(prefix)) names.emplace(key.substr(prefix.size()));
    }
    if (names.size() > kNamesLimit) {
      co_return make_error(ErrorCode::too_large, "too_many_keys",
                           fmt::format("it holds more than {} keys {}*", kNamesLimit, prefix));
    }
  } while (cursor != "0");
  co_return names;
}

using Pairs = std::vector<std::pair<std::string, SecretString>>;

// A hash; empty if there is none. A key of another type is a fault of that key alone.
asio::awaitable<Result<Pairs>> hash_of(RedisLink& link, std::string key, std::vector<LegacyKeyFault>& faults) {
  CO_TRY(const RedisReply reply, co_await link.ask({"HGETALL", key}));
  Pairs pairs;
  if (reply->type == REDIS_REPLY_ERROR) {
    if (!text_of(*reply).starts_with("WRONGTYPE")) co_return refusal(text_of(*reply));
    faults.push_back({.key = std::move(key), .why = "is no hash"});
    co_return pairs;
  }
  CO_TRY(const auto texts, texts_of(*reply));
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) {
    pairs.emplace_back(texts[i], SecretString(std::string(texts[i + 1])));
  }
  co_return pairs;
}

asio::awaitable<Result<void>> read_groups(RedisLink& link, LegacyRedisContents& contents) {
  CO_TRY(const std::set<std::string> groups, co_await names_of(link, kGroup));
  for (const std::string& group : groups) {
    std::string key = fmt::format("{}{}", kGroup, group);
    CO_TRY(const RedisReply reply, co_await link.ask({"SMEMBERS", key}));
    if (reply->type == REDIS_REPLY_ERROR) {
      if (!text_of(*reply).starts_with("WRONGTYPE")) co_return refusal(text_of(*reply));
      contents.faults.push_back({.key = std::move(key), .why = "is no set of account names"});
      continue;
    }
    CO_TRY(const auto members, texts_of(*reply));
    for (const std::string_view member : members) contents.accounts[std::string(member)].groups.insert(group);
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> read_accounts(RedisLink& link, LegacyRedisContents& contents) {
  CO_TRY(const std::set<std::string> keys, co_await names_of(link, kAccount));
  const std::string_view below = kDetails.substr(kAccount.size());
  for (const std::string& name : keys) {
    const bool is_details = name.starts_with(below);
    contents.accounts.try_emplace(is_details ? name.substr(below.size()) : name);
  }
  for (auto& [name, account] : contents.accounts) {
    CO_TRY(const Pairs state, co_await hash_of(link, fmt::format("{}{}", kAccount, name), account.faults));
    for (const auto& [field, value] : state) account.state.emplace(field, value.reveal());
    CO_TRY(Pairs details, co_await hash_of(link, fmt::format("{}{}", kDetails, name), account.faults));
    for (auto& [field, value] : details) account.details.set(field, std::move(value));
  }
  co_return Result<void>{};
}

asio::awaitable<Result<LegacyRedisContents>> read_all(LegacyRedisSettings settings) {
  RedisLink link(co_await asio::this_coro::executor, settings.patience);
  CO_TRY_VOID(co_await link.connect(settings.host, settings.port));
  CO_TRY_VOID(co_await log_in(link, std::move(settings.user), std::move(settings.password)));
  CO_TRY_VOID(co_await select_database(link, settings.database));
  LegacyRedisContents contents;
  CO_TRY_VOID(co_await read_groups(link, contents));
  CO_TRY_VOID(co_await read_accounts(link, contents));
  co_return contents;
}

}  // namespace

asio::awaitable<Result<LegacyRedisContents>> read_legacy_redis(LegacyRedisSettings settings) {
  const std::string where = fmt::format("Redis at {} port {}", settings.host, settings.port);
  auto contents = co_await read_all(std::move(settings));
  if (!contents.ok()) contents.error().message = fmt::format("{}: {}", where, contents.error().message);
  co_return contents;
}

}  // namespace tradeauto
