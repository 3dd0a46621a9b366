#include "domain/access.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {
namespace {

struct ScopeWord {
  Scope scope;
  std::string_view word;
};

constexpr std::array<ScopeWord, 9> kWords = {{{Scope::orders_read, "orders:read"},
                                              {Scope::orders_write, "orders:write"},
                                              {Scope::orders_approve, "orders:approve"},
                                              {Scope::accounts_read, "accounts:read"},
                                              {Scope::accounts_write, "accounts:write"},
                                              {Scope::challenges_answer, "challenges:answer"},
                                              {Scope::workers_join, "workers:join"},
                                              {Scope::audit_read, "audit:read"},
                                              {Scope::admin, "admin"}}};

}  // namespace

Result<TokenName> parse_token_name(std::string_view text) {
  const auto name = parse_worker_name(text);  // the characters of all names
  if (name.ok()) return TokenName(name->str());
  return make_error(ErrorCode::unprocessable, name.error().reason,
                    "a token name is 1 to 64 characters of A-Z a-z 0-9 space . _ @ -, without a space at either end");
}

std::string_view to_string(Scope scope) {
  const auto* it = std::ranges::find(kWords, scope, &ScopeWord::scope);
  return it == kWords.end() ? std::string_view() : it->word;
}

std::optional<Scope> parse_scope(std::string_view text) {
  const auto* it = std::ranges::find(kWords, text, &ScopeWord::word);
  if (it == kWords.end()) return std::nullopt;
  return it->scope;
}

std::vector<Scope> all_scopes() {
  std::vector<Scope> all;
  for (const ScopeWord& entry : kWords) all.push_back(entry.scope);
  return all;
}

bool ScopeSet::cover(ScopeSet narrower) const {
  return allow(Scope::admin) || (narrower.bits_ & static_cast<std::uint16_t>(~bits_)) == 0;
}

std::vector<Scope> ScopeSet::list() const {
  std::vector<Scope> scopes = all_scopes();
  std::erase_if(scopes, [&](Scope scope) { return (bits_ & bit(scope)) == 0; });
  return scopes;
}

bool includes(const Groups& groups, const GroupName& group) {
  return groups.empty() || std::ranges::find(groups, group) != groups.end();
}

bool cover(const Groups& wider, const Groups& narrower) {
  if (wider.empty()) return true;
  return !narrower.empty() && std::ranges::all_of(narrower, [&](const GroupName& g) { return includes(wider, g); });
}

Caller unbounded_caller(std::string name) {
  return {.name = std::move(name), .scopes = ScopeSet({Scope::admin}), .groups = {}};
}

Caller anonymous_caller() {
  Caller caller = unbounded_caller("AUTH off");
  caller.kind = Actor::Kind::anonymous;
  return caller;
}

Result<void> require(const Caller& caller, Scope scope) {
  if (caller.may(scope)) return {};
  return make_error(ErrorCode::permission_denied, "missing_scope",
                    fmt::format("this needs a token with the scope {}", to_string(scope)));
}

}  // namespace tradeauto
