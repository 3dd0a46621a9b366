#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tradeauto {

// Who did something. Name and kind are kept as they were: the token may be gone since.
struct Actor {
  enum class Kind : std::uint8_t {
    token,      // who showed this token over REST v1
    legacy,     // who used a path of the original's REST; the name is the token's
    anonymous,  // a client of a server that asks for no token
    worker,     // by its own word
    system,     // this program, by a rule of its own
  };
  Kind kind = Kind::system;
  std::string name;

  bool operator==(const Actor&) const = default;
};

// The word of the API.
std::string_view to_string(Actor::Kind kind);
std::optional<Actor::Kind> parse_actor_kind(std::string_view text);

// The main server itself: what time, a lost worker or its own rules bring about.
Actor main_server_itself();

// What somebody does on purpose. These events are the audit trail; all others tell what came of them.
enum class Deed : std::uint8_t {
  order_accepted,
  order_retried,
  order_canceled,
  child_order_resolved,
  group_created,
  group_deleted,
  account_added,
  account_changed,
  account_enabled,
  account_disabled,
  account_deleted,
  token_created,
  token_revoked,
  worker_drained,
};

// The type of its event.
std::string_view to_string(Deed deed);
std::optional<Deed> parse_deed(std::string_view text);

}  // namespace tradeauto
