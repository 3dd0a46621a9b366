#pragma once

#include "store/memory/memory_rows.h"

namespace tradeauto {

class MemoryTokens final : public TokenStore {
 public:
  explicit MemoryTokens(MemoryTables& tables) : tables_(tables), rows_(tables) {}

  asio::awaitable<Result<void>> add_token(AccessToken token, Actor by) override;
  asio::awaitable<Result<std::vector<AccessToken>>> list_tokens() override;
  asio::awaitable<Result<void>> delete_token(TokenName name, Actor by, Timestamp now) override;
  asio::awaitable<Result<void>> token_used(TokenName name, Timestamp at) override;

 private:
  MemoryTables& tables_;
  MemoryRows rows_;  // guarded by tables_.mutex
};

}  // namespace tradeauto
