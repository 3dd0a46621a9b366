#pragma once

#include "ports/access.h"
#include "store/sqlite/sqlite_engine.h"

namespace tradeauto {

class SqliteTokens final : public TokenStore {
 public:
  explicit SqliteTokens(SqliteEngine& engine) : engine_(engine) {}

  asio::awaitable<Result<void>> add_token(AccessToken token, Actor by) override;
  asio::awaitable<Result<std::vector<AccessToken>>> list_tokens() override;
  asio::awaitable<Result<void>> delete_token(TokenName name, Actor by, Timestamp now) override;
  asio::awaitable<Result<void>> token_used(TokenName name, Timestamp at) override;

 private:
  SqliteEngine& engine_;
};

}  // namespace tradeauto
