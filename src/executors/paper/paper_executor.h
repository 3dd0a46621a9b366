#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/log.h"
#include "ports/executor.h"

namespace tradeauto {

// README.md explains each.
struct PaperSettings {
  std::filesystem::path dir;       // the broker's folder (PAPER_DIR); workers may share it
  std::filesystem::path runs_dir;  // this worker's own memory; empty: `dir`
  std::optional<std::filesystem::path> prices_file;
  std::uint64_t seed = 1;
  bool allow_crash = false;  // the fault `crash` ends the process with exit code kPaperCrashExitCode
  std::string version;       // of this program
};

constexpr int kPaperCrashExitCode = 86;

// The executor of the brokerage Paper. Makes the folders, reads the ledger (blocking: start-up only).
// `clock` and the log's sink outlive the executor; `executor` runs its coroutines. attach() before the first task,
// stop() before it dies. Failure: conflict (paper_runs_locked) if another process uses `runs_dir`; internal with the
// file that cannot be used; unavailable (paper_prices_unreadable).
Result<std::unique_ptr<Executor>> make_paper_executor(PaperSettings settings, const Clock& clock,
                                                      asio::any_io_executor executor, Logger log);

}  // namespace tradeauto
