#include "domain/deed.h"

#include <algorithm>
#include <array>

namespace tradeauto {
namespace {

// The index is the enum's number.
constexpr std::array<std::string_view, 5> kKinds = {"token", "legacy", "anonymous", "worker", "system"};
constexpr std::array<std::string_view, 14> kDeeds = {
    "order_accepted",  "order_retried", "order_canceled",  "child_order_resolved", "group_created",
    "group_deleted",   "account_added", "account_changed", "account_enabled",      "account_disabled",
    "account_deleted", "token_created", "token_revoked",   "worker_drained"};

template <typename Enum, std::size_t N>
std::optional<Enum> parse(const std::array<std::string_view, N>& words, std::string_view text) {
  const auto* const it = std::ranges::find(words, text);
  if (it == words.end()) return std::nullopt;
  return static_cast<Enum>(it - words.begin());
}

}  // namespace

std::string_view to_string(Actor::Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }
std::optional<Actor::Kind> parse_actor_kind(std::string_view text) { return parse<Actor::Kind>(kKinds, text); }

Actor main_server_itself() { return {.kind = Actor::Kind::system, .name = "main"}; }

std::string_view to_string(Deed deed) { return kDeeds.at(static_cast<std::size_t>(deed)); }
std::optional<Deed> parse_deed(std::string_view text) { return parse<Deed>(kDeeds, text); }

}  // namespace tradeauto
