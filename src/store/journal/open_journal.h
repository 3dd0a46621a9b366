#pragma once

#include <filesystem>
#include <memory>

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

}  // namespace tradeauto
