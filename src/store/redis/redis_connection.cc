#include "store/redis/redis_connection.h"

#include <string.h>  // explicit_bzero
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
  if (settings.tls) {
    TRY(connection.tls_, BlockingTls::connect(connection.context_->fd, settings.host, *settings.tls));
  }
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
  RedisReply reply = answer_to(std::move(texts), std::move(sizes));
  if (!reply) {
    const std::string why = context_->err == 0 ? "it ended, or took too long" : &context_->errstr[0];
    return make_error(ErrorCode::unavailable, "no_answer", fmt::format("the connection to Redis broke: {}", why));
  }
  if (reply->type == REDIS_REPLY_ERROR) return refusal(text_of(*reply));
  return reply;
}

RedisReply RedisConnection::answer_to(std::vector<const char*> texts, std::vector<std::size_t> sizes) {
  // hiredis writes and reads by itself, but knows no TLS.
  const int count = static_cast<int>(texts.size());
  if (!tls_) {
    return RedisReply(static_cast<redisReply*>(redisCommandArgv(context_.get(), count, texts.data(), sizes.data())));
  }
  char* command = nullptr;
  const int size = redisFormatCommandArgv(&command, count, texts.data(), sizes.data());
  if (size < 0) return nullptr;
  const auto length = static_cast<std::size_t>(size);
  RedisReply reply = answer_in_tls({command, length});
  explicit_bzero(command, length);  // it may hold a log-in
  redisFreeCommand(command);
  return reply;
}

RedisReply RedisConnection::answer_in_tls(std::string_view command) {
  if (!tls_->write(command)) return nullptr;
  std::array<char, 16 * 1024> came{};
  while (true) {
    void* reply = nullptr;
    if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) return nullptr;
    if (reply != nullptr) return RedisReply(static_cast<redisReply*>(reply));
    const std::size_t size = tls_->read(came);
    if (size == 0) return nullptr;
    redisReaderFeed(context_->reader, came.data(), size);
    explicit_bzero(came.data(), size);
  }
}

}  // namespace tradeauto
