#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/import_source.h"

namespace tradeauto {

// The value of --legacy-redis: what net's parse_redis_url takes, in clear. Error: invalid_argument that names the flag.
Result<RedisAddress> parse_import_url(std::string_view url);

}  // namespace tradeauto
