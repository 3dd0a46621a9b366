#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/rng.h"
#include "ports/store.h"
#include "store/redis/redis_connection.h"

namespace tradeauto {

// Opens (or makes) registry and ledger in one database of a Redis, and takes it over: a process that had it open writes
// nothing from then on. Blocks: for start-up only. `clock` and `rng` are used during the call only.
//
// `on_failure` is called once, from the writer's thread, when a commit has failed: a batch was not answered in time,
// another process took over, or Redis lost what it had acknowledged. Nothing is written after it, and the process
// should end. Error: as RedisConnection::open, check_safety and redis_scripts::take tell.
Result<std::unique_ptr<Store>> open_redis_store(const RedisSettings& settings, const Clock& clock, Rng& rng,
                                                std::function<void(Error)> on_failure);

// What it demands of a Redis before it takes it over. Changes nothing. Blocks. Error: as RedisConnection::open and
// check_safety tell.
Result<void> check_redis_store(const RedisSettings& settings);

}  // namespace tradeauto
