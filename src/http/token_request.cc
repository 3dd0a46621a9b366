#include "http/token_request.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "http/json_reader.h"

namespace tradeauto {
namespace {

constexpr std::size_t kMaxGroups = 500;
constexpr std::int64_t kMaxSeconds = 10LL * 365 * 86'400;

std::string hint(std::string_view name) {
  if (name == "scope") return "; did you mean scopes?";
  if (name == "group") return "; did you mean groups?";
  if (name == "expires_in") return "; did you mean expires_in_seconds?";
  return {};
}

void read_name(ObjectReader& reader, TokenRequest& out) {
  reader.require("name");
  const auto text = reader.text("name");
  if (!text) return;
  auto name = parse_token_name(*text);
  if (name.ok()) {
    out.name = std::move(name).value();
  } else {
    reader.fault("name", name.error());
  }
}

void read_scopes(ObjectReader& reader, TokenRequest& out) {
  reader.require("scopes");
  const auto words = reader.texts("scopes");
  if (!words) return;
  if (words->empty()) reader.fault("scopes", "out_of_range", "a token has at least one scope");
  for (std::size_t i = 0; i < words->size(); ++i) {
    if (const auto scope = parse_scope((*words)[i])) {
      out.scopes.add(*scope);
      continue;
    }
    std::vector<std::string_view> known;
    for (const Scope scope : all_scopes()) known.push_back(to_string(scope));
    reader.item_fault("scopes", i, "unknown_scope", fmt::format("a scope is one of: {}", fmt::join(known, ", ")));
  }
}

// No group at all would mean all of them: whoever means that leaves the field out, or says null.
void read_groups(ObjectReader& reader, TokenRequest& out) {
  if (reader.is_null("groups")) return;
  const auto names = reader.texts("groups");
  if (!names) return;
  if (names->empty() || names->size() > kMaxGroups) {
    reader.fault("groups", "out_of_range",
                 fmt::format("groups has 1 to {} members; null, or no groups, is all of them", kMaxGroups));
    return;
  }
  for (std::size_t i = 0; i < names->size(); ++i) {
    auto group = parse_group_name((*names)[i]);
    if (!group.ok()) {
      reader.item_fault("groups", i, group.error().reason, group.error().message);
    } else if (std::ranges::find(out.groups, *group) == out.groups.end()) {
      out.groups.push_back(std::move(group).value());
    }
  }
}

void read_expiry(ObjectReader& reader, Timestamp now, TokenRequest& out) {
  if (const auto text = reader.is_null("expires_at") ? std::nullopt : reader.text("expires_at")) {
    const auto time = parse_rfc3339(*text);
    if (time.ok()) {
      out.expires_at = *time;
    } else {
      reader.fault("expires_at", time.error());
    }
  }
  const auto seconds = reader.integer("expires_in_seconds");
  if (!seconds) return;
  if (*seconds < 1 || *seconds > kMaxSeconds) {
    reader.fault("expires_in_seconds", "out_of_range",
                 fmt::format("expires_in_seconds is a whole number from 1 to {}", kMaxSeconds));
  } else if (out.expires_at) {
    reader.fault("expires_in_seconds", "two_expiries", "a token has expires_at or expires_in_seconds, not both");
  } else {
    out.expires_at = now + std::chrono::seconds(*seconds);
  }
}

}  // namespace

Result<TokenRequest> parse_token_request(std::string_view body, Timestamp now) {
  TRY(const boost::json::object object, parse_object(body));
  ObjectReader reader(object);
  TokenRequest request;
  read_name(reader, request);
  read_scopes(reader, request);
  read_groups(reader, request);
  read_expiry(reader, now, request);
  reader.refuse_unknown(&hint);
  if (!reader.ok()) return std::move(reader).error();
  return request;
}

}  // namespace tradeauto
