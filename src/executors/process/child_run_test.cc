#include <fcntl.h>
#include <sys/file.h>

#include "executors/process/process_fixture_test.h"
#include "net/task_group.h"

namespace tradeauto {
namespace {

TEST_F(ChildRunTest, ReportsTheExitCode) {
  for (const int code : {0, 1, 42}) {
    const auto result = run(script("exit " + std::to_string(code)));
    ASSERT_TRUE(result.ok()) << result.error().message;
    EXPECT_EQ(result->end, ChildEnd::by_itself);
    EXPECT_EQ(result->exit_code, code);
    EXPECT_FALSE(result->signal);
  }
}

TEST_F(ChildRunTest, ReportsTheSignalThatKilledIt) {
  const auto result = run(script("kill -9 $$"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->end, ChildEnd::by_itself);
  EXPECT_FALSE(result->exit_code);
  EXPECT_EQ(result->signal, SIGKILL);
}

TEST_F(ChildRunTest, KeepsBothPipesApartAndStandardInputEmpty) {
  const auto result = run(script("echo one; echo two >&2; cat; echo three"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "one\nthree\n");
  EXPECT_EQ(result->err, "two\n");
  EXPECT_FALSE(result->truncated);
}

TEST_F(ChildRunTest, GivesTheEnvironmentAsItIsAndNothingElse) {
  ChildSpec spec = script("");
  spec.words = {"/usr/bin/env"};
  spec.environment.clear();
  spec.environment.emplace_back("TRADIER", SecretString("a secret = with:all,signs"));
  spec.environment.emplace_back("EMPTY", SecretString(""));
  const auto result = run(std::move(spec));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "TRADIER=a secret = with:all,signs\nEMPTY=\n");
}

TEST_F(ChildRunTest, TheSecretIsInNoArgumentAndNotInTheSupervisorsEnvironment) {
  // The parent of the program is its supervisor.
  ChildSpec spec =
      script("cat /proc/$PPID/cmdline /proc/$$/cmdline | tr '\\0' ' '; cat /proc/$PPID/environ | tr '\\0' ' '");
  spec.environment.emplace_back("TRADIER", SecretString("very-secret"));
  // The supervisor wipes it right after the start; a program that is this quick looks again.
  spec.words[2] =
      "n=0; while grep -q very-secre[t] /proc/$PPID/environ && [ $n -lt 2000 ]; do n=$((n+1)); done; " + spec.words[2];
  const auto result = run(std::move(spec));
  ASSERT_TRUE(result.ok());
  EXPECT_NE(result->out.find("tradeauto-supervisor"), std::string::npos) << result->out;
  EXPECT_EQ(result->out.find("very-secret"), std::string::npos);
}

TEST_F(ChildRunTest, WorksInItsFolderWithFilesForItsOwnerAlone) {
  const auto result = run(script("pwd; touch made; stat -c %a made; ulimit -c"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, std::filesystem::canonical(folder_.path()).string() + "\n600\n0\n");
}

TEST_F(ChildRunTest, KeepsALimitOfOutputAndReadsTheRest) {
  ChildSpec spec = script("head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2");
  spec.keep_bytes = 100'000;
  const auto result = run(std::move(spec));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->exit_code, 0) << "it must not block or break on a full pipe";
  EXPECT_TRUE(result->truncated);
  EXPECT_EQ(result->out, std::string(100'000, 'x'));
  EXPECT_EQ(result->err, "end\n");
}

TEST_F(ChildRunTest, TellsOutputAsItComes) {
  std::string seen;
  Timestamp last;
  const Timestamp began = clock_.now();
  const auto result = run_async(context_, run_child(script("echo out; echo err >&2"), pool_, clock_, Deadline::never(),
                                                    [&](const OutputChunk& chunk) {
                                                      seen += std::string(chunk.from_stderr ? "2:" : "1:");
                                                      seen += chunk.text;
                                                      last = chunk.at;
                                                    }));
  ASSERT_TRUE(result.ok());
  EXPECT_NE(seen.find("1:out\n"), std::string::npos);
  EXPECT_NE(seen.find("2:err\n"), std::string::npos);
  EXPECT_GE(last, began);
}

TEST_F(ChildRunTest, AProgramThatCannotBeStartedIsAnErrorWithoutEffect) {
  ChildSpec missing = script("");
  missing.words = {"/nonexistent/program"};
  ChildSpec unsupervised = script("touch started");
  unsupervised.supervisor = "/nonexistent/supervisor";
  ChildSpec homeless = script("touch started");
  homeless.directory = "/nonexistent/folder";
  const std::string facts[] = {"/nonexistent/program", "/nonexistent/supervisor", "/nonexistent/folder"};
  ChildSpec* specs[] = {&missing, &unsupervised, &homeless};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto result = run(std::move(*specs[i]));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().reason, "child_not_started");
    EXPECT_EQ(result.error().effect, Effect::none);
    EXPECT_NE(result.error().message.find(facts[i]), std::string::npos) << result.error().message;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "started"));
}

TEST_F(ChildRunTest, TheLockIsHeldByTheRunAndFreeAfterIt) {
  const auto lock = [&] { return FileDescriptor(::open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); };
  ChildSpec spec = script("echo x > started; while [ ! -e go ]; do :; done");
  spec.lock = lock();
  ASSERT_EQ(::flock(spec.lock.get(), LOCK_EX | LOCK_NB), 0);
  std::optional<Result<ChildResult>> result;
  TaskGroup tasks(context_.get_executor());
  tasks.spawn([](ChildSpec wanted, BlockingPool& pool, const Clock& clock,
                 std::optional<Result<ChildResult>>& out) -> asio::awaitable<void> {
    out = co_await run_child(std::move(wanted), pool, clock, Deadline::never());
  }(std::move(spec), pool_, clock_, result));
  ASSERT_TRUE(eventually([&] { return !folder_.read("started").empty(); }));
  FileDescriptor other = lock();
  EXPECT_NE(::flock(other.get(), LOCK_EX | LOCK_NB), 0) << "the run must hold it";
  folder_.write("go", "x");
  run_async(context_, tasks.join());
  ASSERT_TRUE(result && result->ok());
  EXPECT_EQ(::flock(other.get(), LOCK_EX | LOCK_NB), 0) << "nothing may hold it now";
}

}  // namespace
}  // namespace tradeauto
