#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "store/redis/redis_connection.h"

namespace tradeauto {

// A connection that comes back: tries again with growing pauses, a bounded number of times. Belongs to one thread, save
// stop().
class RedisClient {
 public:
  // `greet` is run on each new connection before anything else; its Error is the try's.
  using Greeting = std::function<Result<void>(RedisConnection&)>;
  RedisClient(RedisSettings settings, Greeting greet) : settings_(std::move(settings)), greet_(std::move(greet)) {}

  // For commands that may be done twice: whatever had no answer is asked again.
  Result<RedisReply> ask(const std::vector<std::string_view>& words);

  // Any thread; once. Waits no more from now on: what fails, fails at once.
  void stop();

 private:
  Result<RedisReply> try_once(const std::vector<std::string_view>& words);
  // False: stopped.
  bool pause(std::chrono::milliseconds time);

  const RedisSettings settings_;
  const Greeting greet_;
  std::optional<RedisConnection> connection_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stopped_ = false;  // guarded by mutex_
};

}  // namespace tradeauto
