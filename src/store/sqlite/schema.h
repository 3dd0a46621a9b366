#pragma once

#include "base/clock.h"
#include "base/rng.h"
#include "domain/names.h"
#include "store/sqlite/database.h"

namespace tradeauto {

// Who this database is.
struct LedgerIdentity {
  LedgerId id;
  std::uint64_t incarnation = 0;
};

// Brings a database to this program's schema version, step by step, each in one transaction; a new one gets an
// identity. Error: internal (newer_schema) for the file of a newer program, (foreign_database) for one that is not
// ours.
Result<LedgerIdentity> migrate(Database& database, const Clock& clock, Rng& rng);

}  // namespace tradeauto
