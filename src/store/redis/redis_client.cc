#include "store/redis/redis_client.h"

#include <algorithm>
#include <chrono>

namespace tradeauto {
namespace {

constexpr std::chrono::milliseconds kFirstPause{20};
constexpr std::chrono::milliseconds kLongestPause{1'000};

}  // namespace

Result<RedisReply> RedisClient::ask(const std::vector<std::string_view>& words) {
  auto pause_for = kFirstPause;
  for (unsigned tried = 1;; ++tried) {
    auto reply = try_once(words);
    if (reply.ok() || reply.error().code != ErrorCode::unavailable) return reply;
    connection_.reset();
    if (tried >= settings_.tries || !pause(pause_for)) return reply;
    pause_for = std::min(pause_for * 2, kLongestPause);
  }
}

Result<RedisReply> RedisClient::try_once(const std::vector<std::string_view>& words) {
  if (!connection_) {
    TRY(RedisConnection fresh, RedisConnection::open(settings_));
    TRY_VOID(greet_(fresh));
    connection_ = std::move(fresh);
  }
  return connection_->ask(words);
}

bool RedisClient::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !stopping_.wait_for(lock, time, [this] { return stopped_; });
}

void RedisClient::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
  }
  stopping_.notify_all();
}

}  // namespace tradeauto
