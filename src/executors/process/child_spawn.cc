#include "executors/process/child_spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>

#include <fmt/format.h>

#include "executors/process/supervisor_wire.h"

namespace tradeauto {
namespace {

// Above every number that the supervisor's descriptors get, so that placing one never hits another.
constexpr int kAboveFd = 16;

Error not_started(const std::filesystem::path& program, int cause) {
  return make_error(ErrorCode::unavailable, "child_not_started",
                    fmt::format("{} cannot be started: {}", program.string(), ::strerror(cause)));
}

// The ends of a pipe, both closed in every program that is started.
struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;

  bool open() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = FileDescriptor(ends[0]);
    write_end = FileDescriptor(ends[1]);
    return lift(read_end) && lift(write_end);
  }

 private:
  static bool lift(FileDescriptor& fd) {
    if (fd.get() >= kAboveFd) return true;
    FileDescriptor high(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kAboveFd));
    if (!high.is_open()) return false;
    fd = std::move(high);
    return true;
  }
};

// The C arrays of a spawn; wiped, for the environment holds secrets.
class Environment {
 public:
  explicit Environment(const std::vector<std::pair<std::string, SecretString>>& variables) {
    for (const auto& [name, value] : variables) {
      std::string& entry = entries_.emplace_back();
      entry.reserve(name.size() + 1 + value.reveal().size());
      entry.append(name).append("=").append(value.reveal());
    }
    for (std::string& entry : entries_) pointers_.push_back(entry.data());
    pointers_.push_back(nullptr);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    for (std::string& entry : entries_) ::explicit_bzero(entry.data(), entry.size());
  }

  char** get() { return pointers_.data(); }

 private:
  std::vector<std::string> entries_;
  std::vector<char*> pointers_;
};

class SpawnOptions {
 public:
  SpawnOptions() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(&attributes_,
                             static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;
  ~SpawnOptions() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void give(int fd, int as) { posix_spawn_file_actions_adddup2(&actions_, fd, as); }
  void nothing_from(int fd) { posix_spawn_file_actions_addclosefrom_np(&actions_, fd); }
  void work_in(const std::filesystem::path& folder) { posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()); }

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<SpawnedChild> spawn_supervised(const ChildSpec& spec) {
  const std::string program = spec.words.empty() ? std::string() : spec.words.front();
  Pipe life_line;
  Pipe report;
  Pipe out;
  Pipe err;
  if (!life_line.open() || !report.open() || !out.open() || !err.open()) return not_started(program, errno);
  FileDescriptor lock;
  if (spec.lock.is_open()) {
    lock = FileDescriptor(::fcntl(spec.lock.get(), F_DUPFD_CLOEXEC, kAboveFd));
    if (!lock.is_open()) return not_started(program, errno);
  }

  SpawnOptions options;
  if (!spec.directory.empty()) options.work_in(spec.directory);
  options.give(out.write_end.get(), STDOUT_FILENO);
  options.give(err.write_end.get(), STDERR_FILENO);
  options.give(life_line.read_end.get(), kLifeLineFd);
  options.give(report.write_end.get(), kReportFd);
  if (lock.is_open()) options.give(lock.get(), kLockFd);
  options.nothing_from(lock.is_open() ? kLockFd + 1 : kLockFd);

  std::vector<std::string> words{spec.supervisor.string(), std::to_string(spec.grace.count())};
  words.insert(words.end(), spec.words.begin(), spec.words.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  Environment environment(spec.environment);

  SpawnedChild child;
  const int failure = ::posix_spawn(&child.pid, spec.supervisor.c_str(), options.actions(), options.attributes(),
                                    arguments.data(), environment.get());
  if (failure != 0) {
    const bool in_folder = failure == ENOENT && ::access(spec.directory.c_str(), X_OK) != 0;
    return not_started(in_folder ? spec.directory : spec.supervisor, failure);
  }
  child.exit = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
  if (!child.exit.is_open()) {
    Error error = not_started(program, errno);
    error.effect = Effect::maybe;  // it may have come far enough to start the program
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    return error;
  }
  child.life_line = std::move(life_line.write_end);
  child.report = std::move(report.read_end);
  child.out = std::move(out.read_end);
  child.err = std::move(err.read_end);
  return child;
}

}  // namespace tradeauto
