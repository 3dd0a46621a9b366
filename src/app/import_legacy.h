#pragma once

#include "cli/import_source.h"
#include "store/legacy_redis/legacy_redis.h"

namespace tradeauto {

// The accounts of an original main server as ours: brokerage by its number, legacy names of credentials mapped as
// /activate maps them, status 0 as disabled. One entry for each group of an account. Pure.
ImportContents import_of_legacy(LegacyRedisContents contents);

}  // namespace tradeauto
