#include "executors/autorsa/autorsa_install.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "executors/autorsa/account_folder.h"
#include "executors/autorsa/autorsa_executor.h"
#include "executors/autorsa/cli_version.h"
#include "executors/autorsa/embedded_locks.h"
#include "executors/autorsa/folder_entries.h"
#include "executors/autorsa/python_finder.h"
#include "executors/autorsa/run_environment.h"

namespace tradeauto {
namespace {

constexpr std::chrono::seconds kVenvTime{180};
constexpr std::chrono::seconds kPipTime{1200};
constexpr std::chrono::seconds kVersionTime{60};
constexpr std::string_view kRemedy = "run: tradeauto autorsa install";
constexpr const char* kLock = "requirements.lock";
constexpr const char* kBuildLock = "build-requirements.lock";

Error failed(std::string message) { return make_error(ErrorCode::internal, "install_failed", std::move(message)); }

std::string read_text(const std::filesystem::path& path) {
  std::ostringstream text;
  std::ifstream file(path, std::ios::binary);
  if (file) text << file.rdbuf();
  return std::move(text).str();
}

Result<void> write_text(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return failed(path.string() + " cannot be written");
  return {};
}

// Environments are made under a name of their own, for their scripts hold it, and `venv` is a link to the one in use.
class Environments {
 public:
  explicit Environments(std::filesystem::path dir) : dir_(std::move(dir)), link_(dir_ / "venv") {}

  Result<void> lock() {
    TRY_VOID(make_private_folder(dir_));
    const std::filesystem::path file = dir_ / "install.lock";
    lock_ = FileDescriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock_.is_open()) return failed(file.string() + " cannot be made");
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return {};
    return make_error(ErrorCode::conflict, "install_running",
                      fmt::format("another install works in {}; wait for it", dir_.string()));
  }

  bool current() const { return read_text(link_ / kLock) == requirements_lock(); }

  // A name that is free, once what an install that was killed has left is gone. The one in use stays: runs may be under
  // way.
  std::filesystem::path fresh() {
    std::error_code error;
    const std::filesystem::path in_use = std::filesystem::read_symlink(link_, error);
    for (const std::filesystem::path& entry : folder_entries(dir_)) {
      const std::string name = entry.filename().string();
      if (name.starts_with("venv-") && entry.filename() != in_use) std::filesystem::remove_all(entry, error);
    }
    for (int number = 1;; ++number) {
      std::filesystem::path path = dir_ / fmt::format("venv-{}-{}", kAutorsaVersion, number);
      if (!std::filesystem::exists(path)) return path;
    }
  }

  Result<void> use(const std::filesystem::path& made) {
    std::error_code error;
    const std::filesystem::path next = dir_ / "venv.next";
    std::filesystem::remove(next, error);
    std::filesystem::create_symlink(made.filename(), next, error);
    if (!error) std::filesystem::rename(next, link_, error);
    if (error) return failed(fmt::format("{} cannot be put in place: {}", link_.string(), error.message()));
    return {};
  }

 private:
  const std::filesystem::path dir_;
  const std::filesystem::path link_;
  FileDescriptor lock_;
};

using Say = std::function<void(std::string_view)>;

asio::awaitable<Result<void>> fill(ToolRunner& tools, std::filesystem::path python, std::filesystem::path venv,
                                   Say say) {
  say(fmt::format("making a virtual environment with {}", python.string()));
  CO_TRY_VOID(co_await tools.run({python.string(), "-m", "venv", venv.string()}, kVenvTime));
  CO_TRY_VOID(write_text(venv / kBuildLock, build_requirements_lock()));
  CO_TRY_VOID(write_text(venv / kLock, requirements_lock()));
  const std::vector<std::string> pip = {(venv / "bin/python").string(),
                                        "-m",
                                        "pip",
                                        "install",
                                        "--quiet",
                                        "--no-input",
                                        "--disable-pip-version-check",
                                        "--require-hashes"};
  std::vector<std::string> first = pip;
  first.insert(first.end(), {"--requirement", (venv / kBuildLock).string()});
  std::vector<std::string> second = pip;
  second.insert(second.end(), {"--no-build-isolation", "--requirement", (venv / kLock).string()});
  say(fmt::format("installing auto_rsa_bot {} and what it needs, each file by its hash; this takes a minute or more",
                  kAutorsaVersion));
  CO_TRY_VOID(co_await tools.run(std::move(first), kPipTime));
  CO_TRY_VOID(co_await tools.run(std::move(second), kPipTime));
  const std::string version = recorded_version(venv / "bin/auto_rsa_bot");
  if (version == kAutorsaVersion) co_return Result<void>{};
  co_return failed(fmt::format("{} has auto_rsa_bot \"{}\", not {}", venv.string(), version, kAutorsaVersion));
}

// The version of a tool that pip's records do not tell.
asio::awaitable<std::string> ask_version(InstallSettings settings, const Clock& clock) {
  AutorsaSettings autorsa{
      .dir = settings.dir, .command = settings.command, .supervisor = settings.supervisor, .pass_environment = {}};
  ChildSpec spec;
  spec.supervisor = settings.supervisor;
  spec.words = {autorsa_command(autorsa).string()};
  spec.environment = version_environment(autorsa, "/nonexistent");
  spec.directory = "/";
  BlockingPool pool("tools", 1);
  const auto result = co_await run_child(std::move(spec), pool, clock, Deadline::after(clock, kVersionTime));
  co_return result.ok() ? version_in(result->out) : std::string();
}

}  // namespace

asio::awaitable<Result<InstallStatus>> install_autorsa(InstallSettings settings, const Clock& clock, Say say) {
  Environments environments(settings.dir);
  CO_TRY_VOID(environments.lock());
  settings.command.clear();  // what is made here, whatever AUTORSA_COMMAND says
  if (!environments.current()) {
    ToolRunner tools(settings.supervisor, settings.environment, clock);
    CO_TRY(const FoundPython python, co_await find_python(tools, settings.python));
    const std::filesystem::path venv = environments.fresh();
    auto made = co_await fill(tools, python.path, venv, std::move(say));
    if (made.ok()) made = environments.use(venv);
    if (!made.ok()) {
      std::error_code ignored;
      std::filesystem::remove_all(venv, ignored);
      co_return std::move(made).error();
    }
  }
  co_return co_await autorsa_status(std::move(settings), clock);
}

asio::awaitable<InstallStatus> autorsa_status(InstallSettings settings, const Clock& clock) {
  InstallStatus status;
  status.command = autorsa_command(
      {.dir = settings.dir, .command = settings.command, .supervisor = settings.supervisor, .pass_environment = {}});
  if (::access(status.command.c_str(), X_OK) != 0) {
    status.problem =
        settings.command.empty()
            ? fmt::format("the AutoRSA tool is not installed in {}; {}", settings.dir.string(), kRemedy)
            : fmt::format("AUTORSA_COMMAND = \"{}\": there is no such program; correct it, or leave it out and {}",
                          status.command.string(), kRemedy);
    co_return status;
  }
  status.version = recorded_version(status.command);
  if (status.version.empty()) status.version = co_await ask_version(settings, clock);
  status.available = !status.version.empty();
  if (!status.available) {
    status.problem = fmt::format("{} does not run as the AutoRSA tool; {}", status.command.string(), kRemedy);
  } else if (status.version != kAutorsaVersion) {
    status.problem = fmt::format("is not {}: its answers are not believed, every live order is in doubt; {}",
                                 kAutorsaVersion, kRemedy);
  }
  co_return status;
}

}  // namespace tradeauto
