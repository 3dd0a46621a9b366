// How runs end: at their deadline, by cancellation, with their worker, with their supervisor. Whatever they started
// ends with them.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "executors/process/process_fixture_test.h"

namespace tradeauto {
namespace {

// Writes its own number and those of what it starts to `pids`: a child, a daemon of a session of its own behind a
// parent that is gone, and one that takes no notice of any signal that it may ignore. Then it says so and waits for
// ever.
constexpr const char* kFamily =
    "echo $$ >> pids; (echo $(exec sh -c 'echo $PPID') >> pids; exec tail -f /dev/null) & "
    "setsid sh -c '(trap \"\" INT TERM HUP; sh -c \"echo \\$PPID >> pids\"; exec tail -f /dev/null) & echo $! >> pids' "
    "& "
    "while [ $(wc -l < pids) -lt 4 ]; do :; done; echo ready; touch ready; ";

TEST_F(ChildRunTest, WhatItLeavesBehindEndsWithIt) {
  const auto result = run(script(std::string(kFamily) + "exit 3"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->end, ChildEnd::by_itself);
  EXPECT_EQ(result->exit_code, 3);
  ASSERT_GE(pids("pids").size(), 4U);
  EXPECT_FALSE(any_alive(pids("pids")));
}

TEST_F(ChildRunTest, AtItsDeadlineItMayWriteWhatItHolds) {
  const auto result =
      run_until_ready(patient_script("trap 'echo flushed; exit 130' INT; touch ready; while :; do :; done"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->end, ChildEnd::deadline);
  EXPECT_EQ(result->exit_code, 130);
  EXPECT_EQ(result->out, "flushed\n");
}

TEST_F(ChildRunTest, AtItsDeadlineOneThatIgnoresSignalsIsKilledWithItsFamily) {
  const auto result =
      run_until_ready(script("trap '' INT TERM HUP; " + std::string(kFamily) + "while :; do tail -f /dev/null; done"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->end, ChildEnd::deadline);
  EXPECT_EQ(result->signal, SIGKILL);
  EXPECT_EQ(result->out, "ready\n");
  EXPECT_FALSE(any_alive(pids("pids")));
}

TEST_F(ChildRunTest, CancellationEndsIt) {
  std::optional<Result<ChildResult>> result;
  TaskGroup tasks(context_.get_executor());
  tasks.spawn([](ChildSpec spec, BlockingPool& pool, const Clock& clock,
                 std::optional<Result<ChildResult>>& out) -> asio::awaitable<void> {
    out = co_await run_child(std::move(spec), pool, clock, Deadline::never());
  }(script(std::string(kFamily) + "exec tail -f /dev/null"), pool_, clock_, result));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder_.path() / "ready"); }));
  tasks.cancel();
  run_async(context_, tasks.join());
  ASSERT_TRUE(result && result->ok());
  EXPECT_EQ((*result)->end, ChildEnd::canceled);
  EXPECT_EQ((*result)->out, "ready\n");
  EXPECT_FALSE(any_alive(pids("pids")));
}

TEST_F(ChildRunTest, CancelledBeforeTheSpawnIsOverItEndsToo) {
  std::optional<Result<ChildResult>> result;
  TaskGroup tasks(context_.get_executor());
  tasks.spawn([](ChildSpec spec, BlockingPool& pool, const Clock& clock,
                 std::optional<Result<ChildResult>>& out) -> asio::awaitable<void> {
    out = co_await run_child(std::move(spec), pool, clock, Deadline::never());
  }(script("echo $$ > pids; exec tail -f /dev/null"), pool_, clock_, result));
  tasks.cancel();
  run_async(context_, tasks.join());
  if (result && result->ok()) EXPECT_EQ((*result)->end, ChildEnd::canceled);
  EXPECT_FALSE(any_alive(pids("pids")));
}

TEST_F(ChildRunTest, NothingOutlivesAKilledWorker) {
  const std::string program = TRADEAUTO_PROCESS_PARENT;
  const std::string run_script =
      "trap '' INT TERM HUP; " + std::string(kFamily) + "while :; do tail -f /dev/null; done";
  std::string words[] = {program, TRADEAUTO_SUPERVISOR, folder_.path().string(), run_script};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
  pid_t worker = -1;
  ASSERT_EQ(::posix_spawn(&worker, program.c_str(), nullptr, nullptr, arguments, environ), 0);
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(folder_.path() / "ready"); }));
  ::kill(worker, SIGKILL);
  ::waitpid(worker, nullptr, 0);
  EXPECT_TRUE(eventually([&] { return !any_alive(pids("pids")); }));
}

TEST_F(ChildRunTest, WithoutItsSupervisorItIsLostAndTheProgramDies) {
  ChildSpec spec = script("echo $PPID >> pids; echo $$ >> pids; echo before; kill -9 $PPID; exec tail -f /dev/null");
  const auto result = run(std::move(spec));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->end, ChildEnd::lost);
  EXPECT_FALSE(result->exit_code);
  EXPECT_EQ(result->out, "before\n");
  EXPECT_TRUE(eventually([&] { return !any_alive(pids("pids")); }));
}

TEST_F(ChildRunTest, TheSupervisorTakesNoNoticeOfSignalsOfTheRun) {
  const auto result =
      run(script("kill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID; kill -USR1 $PPID; kill 0; exit 7"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->end, ChildEnd::by_itself);
  EXPECT_EQ(result->signal, SIGTERM) << "kill 0 hits its own group";
}

}  // namespace
}  // namespace tradeauto
