#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "domain/access.h"

namespace tradeauto {

namespace asio = boost::asio;

// An access token as it is stored: never its value.
struct AccessToken {
  TokenName name;
  std::string hash;  // of the value, bytes
  ScopeSet scopes;
  Groups groups;  // empty: all
  std::optional<Timestamp> expires_at;
  Timestamp created_at;
  std::optional<Timestamp> last_used_at;
};

// The access tokens. Every write is on disk when its awaitable returns, and in the same transaction so is the event
// that tells of it: both or neither. Strand: none; calls may overlap. Failure: internal if the disk fails.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  // Conflict (token_exists) if the name is taken.
  virtual asio::awaitable<Result<void>> add_token(AccessToken token, Actor by) = 0;
  virtual asio::awaitable<Result<std::vector<AccessToken>>> list_tokens() = 0;                      // by name
  virtual asio::awaitable<Result<void>> delete_token(TokenName name, Actor by, Timestamp now) = 0;  // unknown_token
  // Of one that has been deleted there is nothing to tell. Nobody's deed: no event.
  virtual asio::awaitable<Result<void>> token_used(TokenName name, Timestamp at) = 0;
};

struct TokenRequest {
  TokenName name;
  ScopeSet scopes;  // not empty
  Groups groups;    // empty: all
  std::optional<Timestamp> expires_at;
};

// A token as the gateway shows it.
struct TokenView {
  TokenName name;
  ScopeSet scopes;
  Groups groups;
  std::optional<Timestamp> expires_at;
  Timestamp created_at;
  std::optional<Timestamp> last_used_at;  // to the minute
};

// Who may ask, as the gateway and the workers' door need it. Strand: none.
class AccessApi {
 public:
  virtual ~AccessApi() = default;

  // Who shows this value; a question to the memory, not to the store. Failure: unauthenticated (wrong_token), which
  // does not tell what is wrong with it.
  virtual Result<Caller> who_is(std::string_view value) = 0;
  // Whether the token that `caller` showed has neither been revoked nor expired since.
  virtual bool is_good(const Caller& caller) = 0;
  // Returns as soon as is_good() is false; cancel it when it is not needed.
  virtual asio::awaitable<void> ended(Caller caller) = 0;

  struct Created {
    TokenView token;
    SecretString value;  // never told again
  };
  // Not wider than `by`. Failure: permission_denied (wider_than_own); conflict (token_exists); unprocessable
  // (expiry_over).
  virtual asio::awaitable<Result<Created>> create_token(TokenRequest request, Caller by) = 0;
  // Those that are not wider than `by` in their groups; the others are not there for it. The administrator's is none of
  // them.
  virtual asio::awaitable<Result<std::vector<TokenView>>> tokens(Caller by) = 0;
  virtual asio::awaitable<Result<TokenView>> token(TokenName name, Caller by) = 0;  // unknown_token
  // It opens nothing from now on. Failure: unknown_token; conflict (administrator_token).
  virtual asio::awaitable<Result<void>> revoke_token(TokenName name, Caller by) = 0;
};

}  // namespace tradeauto
