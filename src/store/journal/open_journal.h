#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "ports/journal.h"

namespace tradeauto {

// Opens (or makes) the journal in `folder`, which exists and whose lock the caller holds. Blocks: for start-up only.
// `clock` and `rng` are used during the call only. Error: internal (journal_damaged, journal_unreadable) with file,
// place and remedy.
Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& folder, const Clock& clock, Rng& rng,
                                              const Logger& log);

// What is wrong with the journal in `folder`, and where; empty: nothing, or there is none. Changes nothing: a worker
// may be writing it. Error: internal (journal_unreadable).
Result<std::string> journal_damage(const std::filesystem::path& folder);

struct JournalRepair {
  std::filesystem::path copy;  // the journal as it was
  std::uint64_t kept = 0;      // bytes of it that stand before the damage
  std::uint64_t left_out = 0;  // and those behind
};

// Makes a damaged journal usable again: what stands before the damage, under a new id, so that a main server takes for
// in doubt whatever the old one had been permitted and is not known to have ended. Nothing: it is not damaged. The
// caller holds the folder's lock. Blocks. Error: internal (journal_unreadable, journal_write_failed); then the journal
// is as it was.
Result<std::optional<JournalRepair>> repair_journal(const std::filesystem::path& folder, const Clock& clock, Rng& rng);

}  // namespace tradeauto
