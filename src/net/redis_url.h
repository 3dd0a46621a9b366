#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tradeauto {

struct RedisUrl {
  bool tls = false;  // rediss://
  std::string host;
  std::uint16_t port = 6379;
  unsigned database = 0;
  std::string user;  // empty: the default user
};

// "redis://[USER@]HOST[:PORT][/[DATABASE]]", the same with rediss://; an IPv6 address stands in brackets. Error:
// invalid_argument (bad_redis_url) with what is wrong; password_in_url for a URL with a password, which others can read
// in the list of processes. The URL is never quoted.
Result<RedisUrl> parse_redis_url(std::string_view url);

}  // namespace tradeauto
