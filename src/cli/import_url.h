#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/import_source.h"

namespace tradeauto {

// "redis://[USER@]HOST[:PORT][/DATABASE]". Error: invalid_argument; one for a URL with a password, which others can
// read in the list of processes. The URL is never quoted.
Result<RedisAddress> parse_redis_url(std::string_view url);

}  // namespace tradeauto
