#include "store/memory/memory_tokens.h"

#include <utility>

#include "store/deeds.h"
#include "store/rules.h"

namespace tradeauto {

asio::awaitable<Result<void>> MemoryTokens::add_token(AccessToken token, Actor by) {
  const std::scoped_lock lock(tables_.mutex);
  const auto [it, added] = tables_.tokens.emplace(token.name, token);
  if (!added) co_return rules::token_exists(token.name);
  co_return rows_.append_event(deeds::token_created(token, std::move(by)));
}

asio::awaitable<Result<std::vector<AccessToken>>> MemoryTokens::list_tokens() {
  const std::scoped_lock lock(tables_.mutex);
  std::vector<AccessToken> tokens;
  for (const auto& [name, token] : tables_.tokens) tokens.push_back(token);
  co_return tokens;
}

asio::awaitable<Result<void>> MemoryTokens::delete_token(TokenName name, Actor by, Timestamp now) {
  const std::scoped_lock lock(tables_.mutex);
  const auto node = tables_.tokens.extract(name);
  if (node.empty()) co_return rules::unknown_token(name);
  co_return rows_.append_event(deeds::token_revoked(node.mapped(), std::move(by), now));
}

asio::awaitable<Result<void>> MemoryTokens::token_used(TokenName name, Timestamp at) {
  const std::scoped_lock lock(tables_.mutex);
  const auto it = tables_.tokens.find(name);
  if (it != tables_.tokens.end()) it->second.last_used_at = at;
  co_return Result<void>{};
}

}  // namespace tradeauto
