#pragma once

#include "ports/access.h"
#include "store/redis/redis_engine.h"

namespace tradeauto {

class RedisTokens final : public TokenStore {
 public:
  explicit RedisTokens(RedisEngine& engine) : engine_(engine) {}

  asio::awaitable<Result<void>> add_token(AccessToken token, Actor by) override;
  asio::awaitable<Result<std::vector<AccessToken>>> list_tokens() override;
  asio::awaitable<Result<void>> delete_token(TokenName name, Actor by, Timestamp now) override;
  asio::awaitable<Result<void>> token_used(TokenName name, Timestamp at) override;

 private:
  RedisEngine& engine_;
};

}  // namespace tradeauto
