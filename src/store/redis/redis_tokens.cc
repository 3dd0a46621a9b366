#include "store/redis/redis_tokens.h"

#include <utility>

#include "store/deeds.h"
#include "store/redis/redis_rows.h"
#include "store/rules.h"

namespace tradeauto {
namespace {

constexpr const char* kIndex = "tokens";

Result<std::optional<AccessToken>> find(RedisView& view, const TokenName& name) {
  TRY(const auto bytes, view.get(redis_rows::token_key(name)));
  if (!bytes) return std::optional<AccessToken>();
  TRY(AccessToken token, redis_rows::read_token(*bytes));
  return std::optional(std::move(token));
}

Result<void> add(RedisPart& part, const AccessToken& token, const Actor& by) {
  TRY(const auto present, find(part.view(), token.name));
  if (present) return rules::token_exists(token.name);
  part.set(redis_rows::token_key(token.name), redis_rows::write(token));
  part.add_member(kIndex, token.name.str());
  return RedisRows(part).append_event(deeds::token_created(token, by));
}

Result<std::vector<AccessToken>> list(RedisView& view) {
  TRY(const auto names, view.range({.index = kIndex}));
  std::vector<std::string> keys;
  for (const std::string& name : names) keys.push_back(redis_rows::token_key(TokenName(name)));
  TRY(const auto values, view.get_all(keys));
  std::vector<AccessToken> tokens;
  for (const auto& value : values) {
    if (!value) continue;
    TRY(AccessToken token, redis_rows::read_token(*value));
    tokens.push_back(std::move(token));
  }
  return tokens;
}

Result<void> erase(RedisPart& part, const TokenName& name, const Actor& by, Timestamp now) {
  TRY(const auto present, find(part.view(), name));
  if (!present) return rules::unknown_token(name);
  part.remove(redis_rows::token_key(name));
  part.remove_member(kIndex, name.str());
  return RedisRows(part).append_event(deeds::token_revoked(*present, by, now));
}

Result<void> mark_used(RedisPart& part, const TokenName& name, Timestamp at) {
  TRY(auto token, find(part.view(), name));
  if (!token) return {};
  token->last_used_at = at;
  part.set(redis_rows::token_key(name), redis_rows::write(*token));
  return {};
}

}  // namespace

asio::awaitable<Result<void>> RedisTokens::add_token(AccessToken token, Actor by) {
  return engine_.write<void>(
      [token = std::move(token), by = std::move(by)](RedisPart& part) { return add(part, token, by); });
}

asio::awaitable<Result<std::vector<AccessToken>>> RedisTokens::list_tokens() {
  return engine_.read<std::vector<AccessToken>>(list);
}

asio::awaitable<Result<void>> RedisTokens::delete_token(TokenName name, Actor by, Timestamp now) {
  return engine_.write<void>(
      [name = std::move(name), by = std::move(by), now](RedisPart& part) { return erase(part, name, by, now); });
}

asio::awaitable<Result<void>> RedisTokens::token_used(TokenName name, Timestamp at) {
  return engine_.write<void>([name = std::move(name), at](RedisPart& part) { return mark_used(part, name, at); });
}

}  // namespace tradeauto
