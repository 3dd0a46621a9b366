#include "store/sqlite/sqlite_tokens.h"

#include <utility>

#include "store/deeds.h"
#include "store/rules.h"
#include "store/sqlite/row_codec.h"
#include "store/sqlite/sqlite_rows.h"

namespace tradeauto {
namespace {

std::string write_scopes(ScopeSet scopes) {
  std::vector<std::string> words;
  for (const Scope scope : scopes.list()) words.emplace_back(to_string(scope));
  return row_codec::join_lines(words);
}

Result<AccessToken> read_token(const Query& row) {
  AccessToken token;
  token.name = TokenName(row.text(0));
  token.hash = row.text(1);
  for (const std::string& word : row_codec::split_lines(row.text(2))) {
    const auto scope = parse_scope(word);
    if (!scope) return row_codec::corrupt("tokens.scopes");
    token.scopes.add(*scope);
  }
  for (std::string& name : row_codec::split_lines(row.text(3))) token.groups.emplace_back(std::move(name));
  if (!row.is_null(4)) token.expires_at = row.time(4);
  token.created_at = row.time(5);
  if (!row.is_null(6)) token.last_used_at = row.time(6);
  return token;
}

#define TRADEAUTO_TOKEN_COLUMNS "name, hash, scopes, groups, expires_at, created_at, last_used_at"

Result<std::optional<AccessToken>> find(Database& database, const TokenName& name) {
  Query query = database.query("SELECT " TRADEAUTO_TOKEN_COLUMNS " FROM tokens WHERE name = ?");
  TRY(const bool row, query.bind(name).step());
  if (!row) return std::optional<AccessToken>();
  TRY(AccessToken token, read_token(query));
  return std::optional(std::move(token));
}

Result<void> add(Database& database, const AccessToken& token, const Actor& by) {
  TRY(const auto present, find(database, token.name));
  if (present) return rules::token_exists(token.name);
  Query query = database.query("INSERT INTO tokens(" TRADEAUTO_TOKEN_COLUMNS ") VALUES (?,?,?,?,?,?,?)");
  query.bind(token.name, Blob{token.hash}, write_scopes(token.scopes), row_codec::write_groups(token.groups),
             token.expires_at, token.created_at, token.last_used_at);
  TRY_VOID(query.run());
  return SqliteRows(database).append_event(deeds::token_created(token, by));
}

Result<std::vector<AccessToken>> list(Database& database) {
  Query query = database.query("SELECT " TRADEAUTO_TOKEN_COLUMNS " FROM tokens ORDER BY name");
  std::vector<AccessToken> tokens;
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return tokens;
    TRY(AccessToken token, read_token(query));
    tokens.push_back(std::move(token));
  }
}

Result<void> erase(Database& database, const TokenName& name, const Actor& by, Timestamp now) {
  TRY(const auto present, find(database, name));
  if (!present) return rules::unknown_token(name);
  Query query = database.query("DELETE FROM tokens WHERE name = ?");
  TRY_VOID(query.bind(name).run());
  return SqliteRows(database).append_event(deeds::token_revoked(*present, by, now));
}

#undef TRADEAUTO_TOKEN_COLUMNS

}  // namespace

asio::awaitable<Result<void>> SqliteTokens::add_token(AccessToken token, Actor by) {
  return engine_.write<void>(
      [token = std::move(token), by = std::move(by)](Database& database) { return add(database, token, by); });
}

asio::awaitable<Result<std::vector<AccessToken>>> SqliteTokens::list_tokens() {
  return engine_.read<std::vector<AccessToken>>(list);
}

asio::awaitable<Result<void>> SqliteTokens::delete_token(TokenName name, Actor by, Timestamp now) {
  return engine_.write<void>(
      [name = std::move(name), by = std::move(by), now](Database& database) { return erase(database, name, by, now); });
}

asio::awaitable<Result<void>> SqliteTokens::token_used(TokenName name, Timestamp at) {
  return engine_.write<void>([name = std::move(name), at](Database& database) {
    Query query = database.query("UPDATE tokens SET last_used_at = ? WHERE name = ?");
    return query.bind(at, name).run();
  });
}

}  // namespace tradeauto
