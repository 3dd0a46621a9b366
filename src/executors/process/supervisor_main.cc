// tradeauto-supervisor: runs one program, and ends everything that it started: when the program has ended, or when the
// life line to the worker closes, whatever closed it. One thread, no dependency: it must outlive every trouble of the
// worker and of the run.
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "executors/process/supervisor_wire.h"

namespace tradeauto {
namespace {

constexpr int kUsage = 64;

[[noreturn]] void end(ChildFate fate, int value, bool stopped) {
  const SupervisorReport report{.fate = fate, .value = value, .stopped = stopped ? 1 : 0};
  // A worker that is gone reads it no more; SIGPIPE is blocked.
  [[maybe_unused]] const ssize_t written = ::write(kReportFd, &report, sizeof report);
  ::_exit(0);
}

void append_children(const std::string& file, std::vector<pid_t>& out) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(fd, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  ::close(fd);
  const char* at = text.c_str();
  for (char* after = nullptr;; at = after) {
    const long pid = ::strtol(at, &after, 10);
    if (after == at || pid <= 0) return;
    out.push_back(static_cast<pid_t>(pid));
  }
}

std::vector<pid_t> children_of(const std::string& process) {
  std::vector<pid_t> children;
  const std::string threads = "/proc/" + process + "/task";
  DIR* folder = ::opendir(threads.c_str());
  if (folder == nullptr) return children;
  while (const dirent* entry = ::readdir(folder)) {
    if (entry->d_name[0] != '.') append_children(threads + "/" + entry->d_name + "/children", children);
  }
  ::closedir(folder);
  return children;
}

// Kills all that is below this process. What is born meanwhile, or hides behind a parent that just died, is met by the
// next call: as the subreaper we inherit every orphan, also one with a session of its own.
void kill_all_below() {
  std::vector<pid_t> found = children_of("self");
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const pid_t child : children_of(std::to_string(found[i]))) found.push_back(child);
    if (found.size() > 100'000) break;
  }
  for (const pid_t pid : found) ::kill(pid, SIGKILL);
}

class Supervisor {
 public:
  explicit Supervisor(int grace_ms) : grace_ms_(grace_ms) {}

  void prepare();
  void start(char** words);
  [[noreturn]] void watch();

 private:
  // True while the direct child lives. Reaps orphans too.
  bool reap();
  void stop();
  void sweep();
  bool life_line_cut() const;

  const int grace_ms_;
  int signals_ = -1;
  int timer_ = -1;
  pid_t child_ = -1;
  int status_ = 0;
  bool ended_ = false;
  bool stopped_ = false;
};

void Supervisor::prepare() {
  // Everything but SIGKILL and SIGSTOP waits for ever: only the life line ends a run.
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  sigset_t of_children;
  sigemptyset(&of_children);
  sigaddset(&of_children, SIGCHLD);
  signals_ = ::signalfd(-1, &of_children, SFD_CLOEXEC | SFD_NONBLOCK);
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  const bool reaps = ::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
  if (signals_ < 0 || timer_ < 0 || !reaps) end(ChildFate::not_started, errno, false);
  for (const int fd : {kLifeLineFd, kReportFd}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::umask(077);
  // A limit of 1 also keeps a core from a pipe (core_pattern); it may not be raised above what the worker allows
  // itself.
  const rlimit one{.rlim_cur = 1, .rlim_max = 1};
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  if (::setrlimit(RLIMIT_CORE, &one) != 0) ::setrlimit(RLIMIT_CORE, &none);
}

void Supervisor::start(char** words) {
  if (life_line_cut()) end(ChildFate::not_started, ECANCELED, true);
  int failure[2] = {-1, -1};
  if (::pipe2(failure, O_CLOEXEC) != 0) end(ChildFate::not_started, errno, false);
  const pid_t self = ::getpid();
  child_ = ::fork();
  if (child_ < 0) end(ChildFate::not_started, errno, false);
  if (child_ == 0) {
    // A session of its own, so that a signal to its group does not come here.
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != self) ::_exit(kUsage);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(words[0], words, environ);
    const int cause = errno;
    [[maybe_unused]] const ssize_t written = ::write(failure[1], &cause, sizeof cause);
    ::_exit(kUsage);
  }
  ::close(failure[1]);
  int cause = 0;
  const ssize_t got = ::read(failure[0], &cause, sizeof cause);
  ::close(failure[0]);
  if (got == sizeof cause) end(ChildFate::not_started, cause, false);
  // The pipes are the program's: they end when the last of the run is gone.
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    if (null >= 0) {
      ::dup2(null, fd);
    } else {
      ::close(fd);
    }
  }
  // The environment holds a log-in; here it is not needed any more, and /proc would show it.
  for (char** entry = environ; *entry != nullptr; ++entry) ::explicit_bzero(*entry, ::strlen(*entry));
}

void Supervisor::watch() {
  while (reap()) {
    pollfd waits[] = {{.fd = stopped_ ? -1 : kLifeLineFd, .events = POLLIN, .revents = 0},
                      {.fd = signals_, .events = POLLIN, .revents = 0},
                      {.fd = timer_, .events = POLLIN, .revents = 0}};
    ::poll(waits, 3, -1);
    if (waits[0].revents != 0) stop();
    if (waits[2].revents != 0) break;
  }
  sweep();
  if (WIFEXITED(status_)) end(ChildFate::exited, WEXITSTATUS(status_), stopped_);
  end(ChildFate::signaled, WTERMSIG(status_), stopped_);
}

bool Supervisor::reap() {
  signalfd_siginfo ignored;
  while (::read(signals_, &ignored, sizeof ignored) > 0) {
  }
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != child_) continue;
    status_ = status;
    ended_ = true;
  }
  return !ended_;
}

// Like Ctrl-C on a terminal: Python writes what it still holds at SIGINT, and loses it at SIGTERM.
void Supervisor::stop() {
  stopped_ = true;
  ::kill(-child_, SIGINT);
  const itimerspec at{.it_interval = {},
                      .it_value = {.tv_sec = grace_ms_ / 1000, .tv_nsec = grace_ms_ % 1000 * 1'000'000L + 1}};
  ::timerfd_settime(timer_, 0, &at, nullptr);
}

void Supervisor::sweep() {
  int pause_ms = 1;
  while (true) {
    kill_all_below();
    reap();
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD) return;
    pollfd wait{.fd = signals_, .events = POLLIN, .revents = 0};
    ::poll(&wait, 1, pause_ms);
    if (pause_ms < 100) pause_ms *= 2;  // something that cannot be killed now must not cost a core
  }
}

bool Supervisor::life_line_cut() const {
  pollfd wait{.fd = kLifeLineFd, .events = POLLIN, .revents = 0};
  return ::poll(&wait, 1, 0) != 0;
}

}  // namespace
}  // namespace tradeauto

int main(int argc, char** argv) {
  if (argc < 3 || ::fcntl(tradeauto::kLifeLineFd, F_GETFD) < 0 || ::fcntl(tradeauto::kReportFd, F_GETFD) < 0)
    return tradeauto::kUsage;
  tradeauto::Supervisor supervisor(::atoi(argv[1]));
  supervisor.prepare();
  supervisor.start(argv + 2);
  supervisor.watch();
}
