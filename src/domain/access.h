#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "domain/deed.h"
#include "domain/names.h"

namespace tradeauto {

// 1–64 of `[A-Za-z0-9 ._@-]`, no blank at either end.
using TokenName = TypedId<struct TokenNameTag>;
Result<TokenName> parse_token_name(std::string_view text);

// What a token allows. `admin` allows everything.
enum class Scope : std::uint8_t {
  orders_read,
  orders_write,
  orders_approve,
  accounts_read,
  accounts_write,
  challenges_answer,
  workers_join,
  audit_read,
  admin,
};

// The word of the API: "orders:read".
std::string_view to_string(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);
std::vector<Scope> all_scopes();

class ScopeSet {
 public:
  ScopeSet() = default;
  explicit ScopeSet(const std::vector<Scope>& scopes) {
    for (const Scope scope : scopes) add(scope);
  }

  void add(Scope scope) { bits_ |= bit(scope); }
  bool empty() const { return bits_ == 0; }
  // It was given itself, or `admin` was.
  bool allow(Scope scope) const { return (bits_ & (bit(scope) | bit(Scope::admin))) != 0; }
  bool cover(ScopeSet narrower) const;
  // As they were given, in the order of the enum.
  std::vector<Scope> list() const;

  bool operator==(const ScopeSet&) const = default;

 private:
  static std::uint16_t bit(Scope scope) { return static_cast<std::uint16_t>(1U << static_cast<unsigned>(scope)); }

  std::uint16_t bits_ = 0;
};

// In which groups somebody sees and does anything; without one: in all of them.
using Groups = std::vector<GroupName>;
bool includes(const Groups& groups, const GroupName& group);
// Whoever has `wider` is not less bound with `narrower`.
bool cover(const Groups& wider, const Groups& narrower);

// Who asks.
struct Caller {
  std::string name;  // of the token; who did what is kept under it
  ScopeSet scopes;
  Groups groups;
  std::optional<Timestamp> expires_at = std::nullopt;  // of the token
  std::uint64_t grant = 0;                             // which token it was, to AccessApi; 0: one that never ends
  Actor::Kind kind = Actor::Kind::token;

  bool may(Scope scope) const { return scopes.allow(scope); }
  bool sees(const GroupName& group) const { return includes(groups, group); }
  Actor actor() const { return {.kind = kind, .name = name}; }
};

// Everything, everywhere, under this name.
Caller unbounded_caller(std::string name);
// The same for whoever reaches a server that asks for no token.
Caller anonymous_caller();

// permission_denied (missing_scope), which names the scope, unless the caller has it.
Result<void> require(const Caller& caller, Scope scope);

}  // namespace tradeauto
