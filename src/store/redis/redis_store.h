#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/rng.h"
#include "ports/store.h"
#include "store/redis/redis_connection.h"

namespace tradeauto {

// `redis://[USER@]HOST[:PORT][/DB]`; an IPv6 address stands in brackets. Error: invalid_argument (bad_store_url) with
// what is wrong; a password in it is refused and not quoted.
Result<RedisSettings> parse_store_url(std::string_view url);

// Opens (or makes) registry and ledger in one database of a Redis, and takes it over: a process that had it open writes
// nothing from then on. Blocks: for start-up only. `clock` and `rng` are used during the call only.
//
// `on_failure` is called once, from the writer's thread, when a commit has failed: a batch was not answered in time,
// another process took over, or Redis lost what it had acknowledged. Nothing is written after it, and the process
// should end. Error: as RedisConnection::open, check_safety and redis_scripts::take tell.
Result<std::unique_ptr<Store>> open_redis_store(const RedisSettings& settings, const Clock& clock, Rng& rng,
                                                std::function<void(Error)> on_failure);

}  // namespace tradeauto
