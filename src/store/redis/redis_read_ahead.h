#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/redis/redis_view.h"

namespace tradeauto {

// What an operation is about to read. What is forgotten here is asked for when it is read.
struct RedisWish {
  std::vector<std::string> keys;
  std::vector<RedisRange> ranges;
};

// What Redis holds, with few questions: the first one brings all that is wished for, and nothing is asked for twice
// until clear(). So it is the truth only while nobody writes: within one batch of the only writer.
class ReadAheadView final : public RedisView {
 public:
  // `client` outlives it.
  explicit ReadAheadView(RedisClient& client) : client_(client), stored_(client) {}
  ReadAheadView(const ReadAheadView&) = delete;
  ReadAheadView& operator=(const ReadAheadView&) = delete;

  // Asks nothing yet.
  void wish(const RedisWish& wish);
  void clear();

  Result<std::vector<std::optional<std::string>>> get_all(const std::vector<std::string>& keys) override;
  Result<std::vector<std::string>> range(const RedisRange& range) override;

 private:
  struct Members {
    RedisRange asked;
    std::vector<std::string> found;
  };

  Result<void> fetch_wished();
  const Members* known(const RedisRange& range) const;

  RedisClient& client_;
  StoredView stored_;
  RedisWish wished_;  // not asked for yet
  std::map<std::string, std::optional<std::string>> values_;
  std::map<std::string, Members> members_;  // of an index: the last answer
};

}  // namespace tradeauto
