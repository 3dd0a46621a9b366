#pragma once

#include "store/redis/redis_connection.h"

namespace tradeauto {

// Whether this Redis keeps what it acknowledges: 7 or later, primary, no cluster; and, unless loss is allowed,
// appendonly yes, appendfsync always, no-appendfsync-on-rewrite no, maxmemory-policy noeviction. Error: unprocessable
// (redis_unsafe) naming each that is not so; unavailable while it is a replica.
Result<void> check_safety(RedisConnection& connection, bool allow_loss);

}  // namespace tradeauto
