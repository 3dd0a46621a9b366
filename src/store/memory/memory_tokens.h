#pragma once

#include "store/memory/memory_tables.h"

namespace tradeauto {

class MemoryTokens final : public TokenStore {
 public:
  explicit MemoryTokens(MemoryTables& tables) : tables_(tables) {}

  asio::awaitable<Result<void>> add_token(AccessToken token) override;
  asio::awaitable<Result<std::vector<AccessToken>>> list_tokens() override;
  asio::awaitable<Result<void>> delete_token(TokenName name) override;
  asio::awaitable<Result<void>> token_used(TokenName name, Timestamp at) override;

 private:
  MemoryTables& tables_;
};

}  // namespace tradeauto
