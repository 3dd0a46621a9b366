#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "app/settings.h"
#include "base/clock.h"
#include "cli/doctor_check.h"

namespace tradeauto {

// What `doctor` finds out on this machine without a server: settings, DATA_DIR, token, TLS, store, journal, AutoRSA,
// disk, clock. Changes nothing. Blocks: it reads files, asks Redis and starts Python. `settings`: as load() gave them.
std::vector<Check> local_checks(const Result<Settings>& settings, const std::map<std::string, std::string>& environment,
                                const Clock& clock);

// `doctor --repair-journal`: what was done, for people. Blocks. Error: not_found (no_journal), conflict
// (data_dir_taken: a worker runs), and what repair_journal() tells.
Result<std::string> repair_worker_journal(const Settings& settings,
                                          const std::map<std::string, std::string>& environment, const Clock& clock);

// Each by itself.
Check check_data_dir(const std::filesystem::path& path);
Check check_disk(const std::filesystem::path& path, std::uintmax_t available);
Check check_tls_files(const Settings& settings, Timestamp now);

}  // namespace tradeauto
