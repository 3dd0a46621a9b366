#pragma once

#include <functional>
#include <memory>

#include "app/data_paths.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/rng.h"
#include "ports/store.h"

namespace tradeauto {

// The engine that STORE names. Blocks: for start-up only. `on_failure`: as the engines' doors say. Error: names STORE
// and the remedy.
Result<std::unique_ptr<Store>> open_store(const Settings& settings, const DataPaths& paths, const Clock& clock,
                                          Rng& rng, std::function<void(Error)> on_failure);

// Whether the Redis that STORE names answers and keeps what it acknowledges: what open_store() demands of it, asked
// once, without taking it over. Blocks. Error: as open_store().
Result<void> check_redis(const Settings& settings, const Clock& clock);

}  // namespace tradeauto
