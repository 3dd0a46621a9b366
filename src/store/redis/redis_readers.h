#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "store/redis/redis_client.h"

namespace tradeauto {

// The connections of several threads that read. Each answer waits for the fsync of what others write meanwhile, so one
// connection would be no faster than the disk. Thread-safe.
class RedisReaders {
 public:
  RedisReaders(const RedisSettings& settings, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      idle_.push_back(&clients_.emplace_back(settings, [](RedisConnection&) { return Result<void>{}; }));
    }
  }
  RedisReaders(const RedisReaders&) = delete;
  RedisReaders& operator=(const RedisReaders&) = delete;

  // Calls `work` with a connection that nobody else has meanwhile. At most `count` threads at a time.
  template <typename Work>
  auto with_one(const Work& work) {
    RedisClient& client = take();
    auto result = work(client);
    give_back(client);
    return result;
  }

  // See RedisClient.
  void stop() {
    for (RedisClient& client : clients_) client.stop();
  }

 private:
  RedisClient& take() {
    const std::scoped_lock lock(mutex_);
    RedisClient& client = *idle_.back();
    idle_.pop_back();
    return client;
  }
  void give_back(RedisClient& client) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(&client);
  }

  std::deque<RedisClient> clients_;
  std::mutex mutex_;
  std::vector<RedisClient*> idle_;  // guarded by mutex_; the last used one is the next
};

}  // namespace tradeauto
