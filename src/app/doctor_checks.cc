#include "app/doctor_checks.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "app/autorsa_command.h"
#include "app/config_command.h"
#include "app/data_paths.h"
#include "app/open_store.h"
#include "app/tls_files.h"
#include "base/rng.h"
#include "crypto/secret_file.h"
#include "store/data_dir.h"
#include "store/journal/open_journal.h"

namespace tradeauto {
namespace {

using Status = Check::Status;

constexpr std::uintmax_t kLittleDisk = std::uintmax_t{1} << 30;
constexpr std::uintmax_t kNoDisk = std::uintmax_t{100} << 20;
constexpr std::chrono::days kExpiresSoon{14};
constexpr mode_t kOthers = 077;

Check check_settings(const Settings& settings) {
  const auto warnings = settings_warnings(settings);
  if (warnings.empty()) return {.name = "settings", .detail = "they can be read, and are valid"};
  return {.name = "settings",
          .status = Status::warn,
          .detail = fmt::format("{}", fmt::join(warnings, "; ")),
          .remedy = "see: tradeauto config show --origin"};
}

Check settings_failed(const Error& error) {
  std::string detail = error.fields.empty() ? error.message : std::string();
  for (const FieldError& field : error.fields) detail += (detail.empty() ? "" : "; ") + field.detail;
  return {.name = "settings", .status = Status::fail, .detail = std::move(detail), .remedy = "correct what is named"};
}

// The process that holds the lock of a server, as the kernel tells; empty: none does, or it cannot be seen.
std::string holder_of(const std::filesystem::path& lock) {
  struct stat status{};
  if (::stat(lock.c_str(), &status) != 0) return {};
  const std::string inode =
      fmt::format(" {:02x}:{:02x}:{} ", major(status.st_dev), minor(status.st_dev), status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    const auto at = line.find(inode);
    if (at == std::string::npos || line.find("FLOCK") == std::string::npos) continue;
    return line.substr(line.rfind(' ', at - 1) + 1, at - line.rfind(' ', at - 1) - 1);
  }
  return {};
}

Check check_token(const Settings& settings, const std::map<std::string, std::string>& environment) {
  const std::filesystem::path path = token_path(settings, environment);
  const auto token = read_token_file(path, "TOKEN_FILE");
  if (token.ok()) return {.name = "token", .detail = fmt::format("{} holds one that only you can read", path.string())};
  Check check{.name = "token", .status = Status::fail, .detail = token.error().message, .remedy = {}};
  if (token.error().code == ErrorCode::not_found) {
    check.remedy = "a server writes one at its first start on this machine; else name a file with --token-file";
  } else if (token.error().reason == "secret_file_too_open") {
    check.remedy = fmt::format("chmod 600 {}", path.string());
  } else {
    check.remedy = "name a file with one token with --token-file";
  }
  return check;
}

Check check_store(const Settings& settings, const Clock& clock) {
  if (settings.text("STORE") == "sqlite") return {.name = "store", .detail = "SQLite, in DATA_DIR"};
  const auto checked = check_redis(settings, clock);
  if (checked.ok()) return {.name = "store", .detail = "Redis answers, and keeps what it acknowledges"};
  return {.name = "store",
          .status = Status::fail,
          .detail = checked.error().message,
          .remedy = "correct what is named; no server starts before"};
}

Check check_journal(const std::filesystem::path& worker_dir) {
  const auto damage = journal_damage(worker_dir);
  if (!damage.ok()) {
    return {.name = "journal",
            .status = Status::fail,
            .detail = damage.error().message,
            .remedy = "run doctor as the worker's user; the file must be readable"};
  }
  if (damage->empty()) return {.name = "journal", .detail = "what a worker of this machine has started is known"};
  return {.name = "journal",
          .status = Status::fail,
          .detail = *damage,
          .remedy = "tradeauto doctor --repair-journal keeps a copy; what was under way is in doubt then"};
}

Check check_autorsa(AutorsaContext context) {
  const InstallStatus status = read_autorsa_status(context);
  if (status.available && status.problem.empty()) {
    return {.name = "AutoRSA", .detail = fmt::format("version {}", status.version)};
  }
  return {.name = "AutoRSA",
          .status = Status::warn,
          .detail = status.problem,
          .remedy = "tradeauto autorsa install (Paper, and brokerages with an API of their own, do not need it)"};
}

Check check_clock() {
  timex time{};
  const int state = ::adjtimex(&time);
  if (state >= 0 && state != TIME_ERROR) return {.name = "clock", .detail = "a time server keeps it right"};
  return {.name = "clock",
          .status = Status::warn,
          .detail = "nothing on this machine says that a time server keeps it right",
          .remedy = "systemd-timesyncd or chrony does; in a container the host's counts"};
}

// The nearest folder that exists: that is where it would be made.
std::filesystem::path existing(std::filesystem::path path) {
  std::error_code error;
  while (!path.empty() && path != path.root_path() && !std::filesystem::exists(path, error)) path = path.parent_path();
  return path;
}

}  // namespace

Check check_data_dir(const std::filesystem::path& path) {
  Check check{.name = "data directory", .status = Status::fail, .detail = {}, .remedy = {}};
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    check.status = errno == ENOENT ? Status::warn : Status::fail;
    check.detail = fmt::format("{}: {}", path.string(), std::strerror(errno));
    check.remedy = check.status == Status::warn ? "the first start of a server makes it: tradeauto up"
                                                : "give this user the directory, or name another with --data-dir";
  } else if (!S_ISDIR(status.st_mode)) {
    check.detail = fmt::format("{} is no directory", path.string());
    check.remedy = "name a directory with --data-dir";
  } else if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    check.detail = fmt::format("{} is closed to this user", path.string());
    check.remedy = "give this user the directory, or name another with --data-dir";
  } else if ((status.st_mode & kOthers) != 0) {
    check.status = Status::warn;
    check.detail = fmt::format("other users of this machine can look into {}", path.string());
    check.remedy = fmt::format("chmod 700 {}", path.string());
  } else {
    check.status = Status::ok;
    const std::string holder = holder_of(path / "lock");
    check.detail = fmt::format("{}, {}", path.string(), holder.empty() ? "not in use" : "in use by process " + holder);
  }
  return check;
}

Check check_disk(const std::filesystem::path& path, std::uintmax_t available) {
  Check check{.name = "disk", .detail = fmt::format("{} MiB free at {}", available >> 20, path.string())};
  if (available >= kLittleDisk) return check;
  check.status = available < kNoDisk ? Status::fail : Status::warn;
  check.remedy = "make room: a server that cannot write its ledger stops";
  return check;
}

Check check_tls_files(const Settings& settings, Timestamp now) {
  const auto files = read_main_tls(settings, now);
  if (!files.ok()) {
    return {.name = "TLS", .status = Status::fail, .detail = files.error().message, .remedy = "correct what is named"};
  }
  if (!*files) return {.name = "TLS", .detail = "not set: a server of this machine serves in clear"};
  const Timestamp end = (*files)->facts.not_after;
  Check check{.name = "TLS", .detail = fmt::format("the certificate is good until {}", to_rfc3339(end))};
  if (end - now < kExpiresSoon) {
    check.status = Status::warn;
    check.remedy = "renew it; SIGHUP makes a server take the new one";
  }
  return check;
}

std::vector<Check> local_checks(const Result<Settings>& settings, const std::map<std::string, std::string>& environment,
                                const Clock& clock) {
  if (!settings.ok()) return {settings_failed(settings.error())};
  const DataPaths paths = data_paths(*settings, environment);
  const std::filesystem::path disk = existing(paths.data_dir);
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(disk, error);
  std::vector<Check> checks = {check_settings(*settings), check_data_dir(paths.data_dir)};
  if (!error) checks.push_back(check_disk(disk, space.available));
  checks.push_back(check_token(*settings, environment));
  checks.push_back(check_tls_files(*settings, clock.now()));
  checks.push_back(check_store(*settings, clock));
  checks.push_back(check_journal(paths.worker_dir));
  checks.push_back(check_autorsa({.settings = *settings, .paths = paths, .environment = environment}));
  checks.push_back(check_clock());
  return checks;
}

Result<std::string> repair_worker_journal(const Settings& settings,
                                          const std::map<std::string, std::string>& environment, const Clock& clock) {
  const std::filesystem::path folder = data_paths(settings, environment).worker_dir;
  std::error_code error;
  if (!std::filesystem::exists(folder / "journal", error)) {
    return make_error(
        ErrorCode::not_found, "no_journal",
        fmt::format("{} has no journal: run this where the worker runs, with its DATA_DIR", folder.string()));
  }
  TRY(const auto owned, DataDir::open(folder, "DATA_DIR"));
  SystemRng rng;
  TRY(const auto repair, repair_journal(folder, clock, rng));
  if (!repair) return std::string("the journal is not damaged; nothing was done");
  return fmt::format(
      "the journal goes on with the {} bytes that stand before the damage; the {} behind are left out. The damaged one "
      "is "
      "kept: {}. Start the worker: what was under way is in doubt then",
      repair->kept, repair->left_out, repair->copy.string());
}

}  // namespace tradeauto
