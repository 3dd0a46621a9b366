#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/redis/redis_client.h"

namespace tradeauto {

// internal (redis_unexpected): an answer of another form than was asked for.
Error unexpected_answer();
// The texts of an array of `count`, and nothing where there is none. Error: unexpected_answer().
Result<std::vector<std::optional<std::string>>> texts_of(const redisReply& reply, std::size_t count);
// Those of an array of any size, each of which is there. Error: unexpected_answer().
Result<std::vector<std::string>> members_of(const redisReply& reply);

// Members of a sorted set whose scores are all 0, so that they are ordered by their bytes.
struct RedisRange {
  std::string index;
  std::string from = "-";  // ZRANGE's BYLEX bounds: "-", "[inclusive", "(exclusive"
  std::string to = "+";    // "+", "[…", "(…"
  bool newest_first = false;
  std::size_t limit = std::numeric_limits<std::int32_t>::max();
};

// What the engine reads from. Its whole data are texts under keys, and such sorted sets.
class RedisView {
 public:
  virtual ~RedisView() = default;
  // In the order of the keys; of one moment.
  virtual Result<std::vector<std::optional<std::string>>> get_all(const std::vector<std::string>& keys) = 0;
  virtual Result<std::vector<std::string>> range(const RedisRange& range) = 0;

  Result<std::optional<std::string>> get(const std::string& key);
};

// What Redis itself holds. `client` outlives it.
class StoredView final : public RedisView {
 public:
  explicit StoredView(RedisClient& client) : client_(client) {}
  Result<std::vector<std::optional<std::string>>> get_all(const std::vector<std::string>& keys) override;
  Result<std::vector<std::string>> range(const RedisRange& range) override;
  RedisClient& client() { return client_; }

 private:
  RedisClient& client_;
};

}  // namespace tradeauto
