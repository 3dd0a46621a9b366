#include "store/redis/redis_connection.h"

#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

timeval timeval_of(std::chrono::milliseconds time) {
  return {.tv_sec = static_cast<time_t>(time.count() / 1000),
          .tv_usec = static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

// "redis_wrongpass" for "WRONGPASS invalid username-password pair …".
std::string reason_of(std::string_view text) {
  std::string reason = "redis_";
  for (const char c : text.substr(0, text.find(' '))) {
    reason += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return reason;
}

ErrorCode code_of(std::string_view reason) {
  // It did nothing, and may do it later: it reads its file, or is (for now) not the primary.
  constexpr std::array kLater = {"redis_loading", "redis_masterdown", "redis_readonly", "redis_busy"};
  if (std::ranges::find(kLater, reason) != kLater.end()) return ErrorCode::unavailable;
  if (reason == "redis_noauth" || reason == "redis_wrongpass") return ErrorCode::unauthenticated;
  return reason == "redis_noperm" ? ErrorCode::permission_denied : ErrorCode::internal;
}

Error refusal(std::string_view text) {
  std::string reason = reason_of(text);
  const ErrorCode code = code_of(reason);
  return make_error(code, std::move(reason), fmt::format("Redis answers {}", text.substr(0, text.find(' '))));
}

}  // namespace

Result<RedisConnection> RedisConnection::open(const RedisSettings& settings) {
  const timeval time = timeval_of(settings.answer_within);
  Context context(redisConnectWithTimeout(settings.host.c_str(), settings.port, time));
  if (context == nullptr || context->err != 0) {
    return make_error(ErrorCode::unavailable, "connect_failed",
                      fmt::format("no connection to Redis: {}", context ? &context->errstr[0] : "out of memory"));
  }
  redisSetTimeout(context.get(), time);
  RedisConnection connection(std::move(context));
  TRY_VOID(connection.log_in(settings));
  return connection;
}

Result<void> RedisConnection::log_in(const RedisSettings& settings) {
  if (!settings.user.empty()) {
    TRY_VOID(ask({"AUTH", settings.user, settings.password.reveal()}));
  } else if (!settings.password.empty()) {
    TRY_VOID(ask({"AUTH", settings.password.reveal()}));
  }
  const std::string database = std::to_string(settings.database);
  TRY_VOID(ask({"SELECT", database}));
  return {};
}

Result<RedisReply> RedisConnection::ask(const std::vector<std::string_view>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  RedisReply reply(static_cast<redisReply*>(
      redisCommandArgv(context_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data())));
  if (!reply) {
    return make_error(ErrorCode::unavailable, "no_answer",
                      fmt::format("the connection to Redis broke: {}", &context_->errstr[0]));
  }
  if (reply->type == REDIS_REPLY_ERROR) return refusal(text_of(*reply));
  return reply;
}

}  // namespace tradeauto
