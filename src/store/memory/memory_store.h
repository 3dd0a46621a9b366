#pragma once

#include <memory>

#include "base/clock.h"
#include "base/rng.h"
#include "ports/store.h"

namespace tradeauto {

// Registry and ledger in memory, for tests and simulation: the rules of the other engines, nothing survives the object.
// Calls never suspend. Thread-safe.
std::unique_ptr<Store> make_memory_store(const Clock& clock, Rng& rng);

}  // namespace tradeauto
