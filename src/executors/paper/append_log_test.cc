#include "executors/paper/append_log.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include <gtest/gtest.h>

#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

class AppendLogTest : public ::testing::Test {
 protected:
  AppendLog open() { return AppendLog::open(folder_.path() / "log").value(); }

  static std::vector<std::string> read(AppendLog& log) {
    std::vector<std::string> lines;
    EXPECT_TRUE(log.read_new([&](std::uint64_t, std::string_view line) -> Result<void> {
                     lines.emplace_back(line);
                     return {};
                   })
                    .ok());
    return lines;
  }
  using Lines = std::vector<std::string>;

  TempFolder folder_;
};

TEST_F(AppendLogTest, ReadsWhatWasAppendedOnce) {
  AppendLog log = open();
  ASSERT_TRUE(log.append("one\ntwo\n").ok());
  AppendLog again = open();
  EXPECT_EQ(read(again), (Lines{"one", "two"}));
  EXPECT_EQ(read(again), Lines{});
  ASSERT_TRUE(log.append("three\n").ok());
  EXPECT_EQ(read(again), Lines{"three"});
  EXPECT_EQ(again.line_at(4).value(), "two");
}

TEST_F(AppendLogTest, ReadsLinesLongerThanItsBuffer) {
  const std::string big(200'000, 'x');
  AppendLog log = open();
  ASSERT_TRUE(log.append(big + "\nend\n").ok());
  AppendLog again = open();
  EXPECT_EQ(read(again), (Lines{big, "end"}));
  EXPECT_EQ(again.line_at(0).value(), big);
}

TEST_F(AppendLogTest, LeavesATornLastLineOutAndCutsItOff) {
  folder_.append("log", "one\ntor");
  AppendLog log = open();
  EXPECT_EQ(read(log), Lines{"one"});
  ASSERT_TRUE(log.append("two\n").ok());
  EXPECT_EQ(folder_.read("log"), "one\ntwo\n");
}

TEST_F(AppendLogTest, ATornLineThatGetsItsEndIsRead) {
  folder_.append("log", "on");
  AppendLog log = open();
  EXPECT_EQ(read(log), Lines{});
  folder_.append("log", "e\n");
  EXPECT_EQ(read(log), Lines{"one"});
}

TEST_F(AppendLogTest, LocksOutAnotherOneUntilItIsUnlocked) {
  AppendLog first = open();
  AppendLog second = open();
  ASSERT_TRUE(first.try_lock().value());
  EXPECT_FALSE(second.try_lock().value());
  first.unlock();
  EXPECT_TRUE(second.try_lock().value());
}

TEST_F(AppendLogTest, NamesTheFileThatCannotBeOpened) {
  const auto log = AppendLog::open(folder_.path() / "missing" / "log");
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().reason, "paper_file_failed");
  EXPECT_NE(log.error().message.find((folder_.path() / "missing" / "log").string()), std::string::npos);
}

TEST_F(AppendLogTest, NeverCutsOffWholeLinesThatWereNotRead) {
  folder_.append("log", "one\ntor");
  AppendLog log = open();
  EXPECT_FALSE(log.append("two\n").ok());
  EXPECT_EQ(folder_.read("log"), "one\ntor");
}

TEST_F(AppendLogTest, SaysMaybeWhenAFullDiskTookAPart) {
  AppendLog log = open();
  ASSERT_TRUE(log.append("one\n").ok());
  // A limit on file sizes is a disk that is full after 6 bytes.
  struct rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit full{.rlim_cur = 6, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &full);
  const auto torn = log.append("two\n");
  const auto nothing = log.append("x\n");
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(nothing.ok());
  EXPECT_EQ(nothing.error().effect, Effect::none);
  ASSERT_FALSE(torn.ok());
  EXPECT_EQ(torn.error().effect, Effect::maybe);
  EXPECT_EQ(folder_.read("log"), "one\ntw");

  AppendLog again = open();
  EXPECT_EQ(read(again), Lines{"one"});
  EXPECT_TRUE(again.append("three\n").ok());
  EXPECT_EQ(folder_.read("log"), "one\nthree\n");
}

}  // namespace
}  // namespace tradeauto
