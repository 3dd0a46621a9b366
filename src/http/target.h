#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/api_message.h"

namespace tradeauto {

// A request's target, taken apart and decoded.
struct Target {
  std::vector<std::string> path;  // at least one segment; "/" is one empty segment
  NameValues query;
};

// Origin and absolute form. Error: invalid_argument (bad_target): no path, a broken escape, a fragment, bytes beyond
// ASCII.
Result<Target> parse_target(std::string_view target);

// The seconds of `wait` in Prefer headers (RFC 7240); nothing when there is none. What cannot be read is ignored, as
// the RFC wants it.
std::optional<std::uint32_t> parse_prefer_wait(std::string_view prefer);

}  // namespace tradeauto
