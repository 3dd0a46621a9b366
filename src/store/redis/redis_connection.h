#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/blocking_tls.h"
#include "store/redis/redis_reply.h"

namespace tradeauto {

struct RedisSettings {
  std::string host;
  std::uint16_t port = 6379;
  unsigned database = 0;
  std::string user;                               // empty: the default user
  SecretString password;                          // empty: none is shown
  std::optional<TlsMaterial> tls = std::nullopt;  // whom to trust there, what to show; without it in clear
  bool allow_loss = false;                        // serve although Redis may lose what it acknowledged
  std::chrono::milliseconds answer_within{5'000};
  unsigned tries = 14;  // at a connection or an answer, with growing pauses: 9 s if it is refused at once
};

// One connection, in TLS or in clear, one command at a time. Blocks: for the engine's own threads.
class RedisConnection {
 public:
  // Connects, logs in, selects the database. Error: unavailable (connect_failed, tls_failed); unauthenticated
  // (redis_noauth, redis_wrongpass) and what ask() tells.
  static Result<RedisConnection> open(const RedisSettings& settings);

  // Error: unavailable (no_answer: whether the command had an effect is unknown; redis_loading, redis_readonly …: it
  // had none, and may be repeated later); permission_denied (redis_noperm); internal (redis_<word>) for whatever else
  // Redis refuses. No message quotes a word of the command.
  Result<RedisReply> ask(const std::vector<std::string_view>& words);

 private:
  struct ContextDeleter {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  using Context = std::unique_ptr<redisContext, ContextDeleter>;

  explicit RedisConnection(Context context) : context_(std::move(context)) {}
  Result<void> log_in(const RedisSettings& settings);
  // Null: the connection broke.
  RedisReply answer_to(std::vector<const char*> texts, std::vector<std::size_t> sizes);
  RedisReply answer_in_tls(std::string_view command);

  Context context_;  // its socket and its reader of answers
  std::optional<BlockingTls> tls_;
};

}  // namespace tradeauto
