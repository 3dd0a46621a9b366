#include "http/conditional.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "crypto/crypto.h"

namespace tradeauto {
namespace {

constexpr std::array<std::string_view, 3> kTagged = {"/v1/orders/{id}", "/v1/child_orders/{id}", "/v1/groups/{group}"};
constexpr std::size_t kTagLength = 32;  // of 64 digits: enough to tell two bodies of one thing apart

std::string tag_of(std::string_view body) {
  return fmt::format("\"{}\"", to_hex(digest_of({body})).substr(0, kTagLength));
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Weak comparison, as GET has it. Our tags have no comma, so one in a foreign tag only fails to match.
bool names(std::string_view list, std::string_view tag) {
  if (trimmed(list) == "*") return true;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view one = trimmed(list.substr(0, comma));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

ApiReply conditional(const Route& route, ApiReply reply, std::string_view if_none_match) {
  if (route.method != "GET" || reply.status != 200 || std::ranges::find(kTagged, route.path) == kTagged.end()) {
    return reply;
  }
  auto tag = std::ranges::find(reply.headers, "ETag", &NameValues::value_type::first);
  if (tag == reply.headers.end()) tag = reply.headers.insert(tag, {"ETag", tag_of(reply.body)});
  if (!names(if_none_match, tag->second)) return reply;
  reply.status = 304;
  reply.content_type.clear();
  reply.body.clear();
  return reply;
}

}  // namespace tradeauto
