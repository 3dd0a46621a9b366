#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/rng.h"
#include "ports/store.h"

namespace tradeauto {

// Opens (or makes) the one file that holds registry and ledger. Blocks: for start-up only. One process owns the file:
// the caller holds the lock of its directory. `clock` and `rng` are used during the call only.
//
// `on_failure` is called once, from the writer's thread, when a commit has failed: nothing is written after it, and the
// process should end. Error: internal (database_failed, newer_schema, foreign_database) with the path.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& file, const Clock& clock, Rng& rng,
                                                 std::function<void(Error)> on_failure);

}  // namespace tradeauto
