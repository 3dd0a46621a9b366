#include "executors/process/child_run.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <array>
#include <memory>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "executors/process/child_spawn.h"
#include "executors/process/supervisor_wire.h"
#include "net/run_on.h"
#include "net/signal.h"
#include "net/task_group.h"

namespace tradeauto {
namespace {

// What a supervisor may need to sweep, beyond its grace. Then it is killed, and the run is lost.
constexpr std::chrono::seconds kSweepTime{5};
// What is left in the pipes once the supervisor has ended. They end by themselves unless something survived.
constexpr std::chrono::milliseconds kDrainTime{500};

// One run from the spawn to the last byte. Strand: the caller's.
class ChildRun {
 public:
  ChildRun(asio::any_io_executor strand, SpawnedChild child, const ChildSpec& spec, const Clock& clock,
           OutputWatcher watcher)
      : clock_(clock),
        grace_(spec.grace),
        keep_bytes_(spec.keep_bytes),
        watcher_(std::move(watcher)),
        pid_(child.pid),
        life_line_(std::move(child.life_line)),
        exit_(strand, child.exit.release()),
        report_(strand, child.report.release()),
        out_(strand, child.out.release()),
        err_(strand, child.err.release()),
        tasks_(strand) {}

  asio::awaitable<ChildResult> finish(Deadline deadline);
  const std::optional<SupervisorReport>& told() const { return told_; }

 private:
  enum class Wake : std::uint8_t { ended, overdue, canceled };
  using Descriptor = asio::posix::stream_descriptor;

  asio::awaitable<void> read(Descriptor& pipe, bool from_stderr);
  asio::awaitable<void> watch_supervisor();
  asio::awaitable<Wake> wait_ended(Deadline deadline);
  asio::awaitable<void> drain();
  void take(bool from_stderr, std::string_view text);
  void conclude();

  const Clock& clock_;
  const std::chrono::milliseconds grace_;
  const std::size_t keep_bytes_;
  const OutputWatcher watcher_;
  const pid_t pid_;
  FileDescriptor life_line_;
  Descriptor exit_;
  Descriptor report_;
  Descriptor out_;
  Descriptor err_;
  std::optional<SupervisorReport> told_;
  bool ended_ = false;
  int open_streams_ = 2;
  ChildResult result_;
  Signal news_;
  TaskGroup tasks_;
};

asio::awaitable<ChildResult> ChildRun::finish(Deadline deadline) {
  tasks_.spawn(read(out_, false));
  tasks_.spawn(read(err_, true));
  tasks_.spawn(watch_supervisor());
  const auto state = co_await asio::this_coro::cancellation_state;
  const bool canceled = state.cancelled() != asio::cancellation_type::none;
  const Wake wake = canceled ? Wake::canceled : co_await wait_ended(deadline);
  // From here on nothing stops us from seeing the end of the run.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (wake != Wake::ended) {
    result_.end = wake == Wake::overdue ? ChildEnd::deadline : ChildEnd::canceled;
    life_line_.reset();
    if (co_await wait_ended(Deadline::after(clock_, grace_ + kSweepTime)) != Wake::ended) {
      ::kill(pid_, SIGKILL);  // not reaped yet, so the number is still its
      co_await wait_ended(Deadline::never());
    }
  }
  co_await drain();
  conclude();
  co_return std::move(result_);
}

asio::awaitable<void> ChildRun::read(Descriptor& pipe, bool from_stderr) {
  std::array<char, 16384> buffer;
  boost::system::error_code error;
  while (!error) {
    const std::size_t size =
        co_await pipe.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    if (size > 0) take(from_stderr, {buffer.data(), size});
  }
  --open_streams_;
  news_.notify();
}

asio::awaitable<void> ChildRun::watch_supervisor() {
  boost::system::error_code error;
  co_await exit_.async_wait(Descriptor::wait_read, asio::redirect_error(asio::use_awaitable, error));
  ::waitpid(pid_, nullptr, 0);
  // Its report is in the pipe before it ends, whole: it is far below PIPE_BUF. If there is none, nobody waits for it.
  report_.non_blocking(true, error);
  std::array<char, sizeof(SupervisorReport)> bytes;
  const ssize_t size = ::read(report_.native_handle(), bytes.data(), bytes.size());
  if (size == static_cast<ssize_t>(bytes.size())) {
    told_.emplace();
    ::memcpy(&*told_, bytes.data(), bytes.size());
  }
  ended_ = true;
  news_.notify();
}

asio::awaitable<ChildRun::Wake> ChildRun::wait_ended(Deadline deadline) {
  try {
    while (!ended_) {
      const std::uint64_t seen = news_.version();
      if (!co_await news_.wait(seen, clock_, deadline)) co_return Wake::overdue;
    }
  } catch (const boost::system::system_error&) {
    co_return Wake::canceled;
  }
  co_return Wake::ended;
}

asio::awaitable<void> ChildRun::drain() {
  const Deadline until = Deadline::after(clock_, kDrainTime);
  while (open_streams_ > 0) {
    const std::uint64_t seen = news_.version();
    if (open_streams_ > 0 && !co_await news_.wait(seen, clock_, until)) break;
  }
  if (open_streams_ > 0) result_.truncated = true;
  tasks_.cancel();
  co_await tasks_.join();
}

void ChildRun::take(bool from_stderr, std::string_view text) {
  if (watcher_) watcher_({.from_stderr = from_stderr, .text = text, .at = clock_.now()});
  std::string& kept = from_stderr ? result_.err : result_.out;
  const std::size_t room = keep_bytes_ - std::min(keep_bytes_, kept.size());
  kept.append(text.substr(0, room));
  if (text.size() > room) result_.truncated = true;
}

void ChildRun::conclude() {
  if (!told_) {
    result_.end = ChildEnd::lost;
    return;
  }
  // It may have ended by itself while our word to end it was on its way.
  if (told_->stopped == 0) result_.end = ChildEnd::by_itself;
  if (told_->fate == ChildFate::exited) result_.exit_code = told_->value;
  if (told_->fate == ChildFate::signaled) result_.signal = told_->value;
}

asio::awaitable<Result<ChildResult>> supervise(ChildSpec spec, BlockingPool& pool, const Clock& clock,
                                               Deadline deadline, OutputWatcher watcher) {
  const std::string program = spec.words.front();
  // A cancellation between the spawn and the first wait must not leave a run that nobody sees the end of.
  co_await asio::this_coro::throw_if_cancelled(false);
  auto spawned = co_await pool.run([&spec] { return spawn_supervised(spec); });
  spec.lock.reset();
  for (auto& variable : spec.environment) variable.second = SecretString();
  if (!spawned.ok()) co_return std::move(spawned).error();
  ChildRun run(co_await asio::this_coro::executor, std::move(*spawned), spec, clock, std::move(watcher));
  ChildResult result = co_await run.finish(deadline);
  if (run.told() && run.told()->fate == ChildFate::not_started) {
    co_return make_error(ErrorCode::unavailable, "child_not_started",
                         fmt::format("{} cannot be started: {}", program, ::strerror(run.told()->value)));
  }
  co_return result;
}

}  // namespace

asio::awaitable<Result<ChildResult>> run_child(ChildSpec spec, BlockingPool& pool, const Clock& clock,
                                               Deadline deadline, OutputWatcher watcher) {
  // A coroutine of its own, so that what it does about cancellation does not touch the caller's.
  co_return co_await run_on(co_await asio::this_coro::executor,
                            supervise(std::move(spec), pool, clock, deadline, std::move(watcher)));
}

}  // namespace tradeauto
