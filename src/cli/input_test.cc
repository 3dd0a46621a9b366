#include "cli/input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "testing/run_async.h"

namespace tradeauto {
namespace {

class InputTest : public ::testing::Test {
 protected:
  InputTest() { EXPECT_EQ(::pipe(ends_), 0); }
  ~InputTest() override {
    ::close(ends_[0]);
    close_writer();
  }
  void write(const std::string& text) {
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  Result<std::string> line() { return run_async(io_, read_line(ends_[0])); }
  int reader() const { return ends_[0]; }
  asio::io_context io_{1};

 private:
  int ends_[2] = {-1, -1};
};

TEST_F(InputTest, ALineLeavesTheNextOneUnread) {
  write("first\r\nsecond\nlast");
  close_writer();
  EXPECT_EQ(line().value(), "first");
  EXPECT_EQ(line().value(), "second");
  EXPECT_EQ(line().value(), "last");
  EXPECT_EQ(line().error().reason, "end_of_input");
}

TEST_F(InputTest, EverythingIsReadUpToALimit) {
  write(std::string(5000, 'x'));
  close_writer();
  EXPECT_EQ(run_async(io_, read_all(reader(), 5000)).value().size(), 5000U);
  const int zeros = ::open("/dev/zero", O_RDONLY);
  EXPECT_EQ(run_async(io_, read_all(zeros, 9000)).error().code, ErrorCode::too_large);
  EXPECT_EQ(run_async(io_, read_line(zeros)).error().code, ErrorCode::too_large);
  ::close(zeros);
}

TEST_F(InputTest, AFileCanBeReadToo) {
  std::FILE* file = std::tmpfile();
  std::fputs("one\ntwo", file);
  std::rewind(file);
  EXPECT_EQ(run_async(io_, read_line(::fileno(file))).value(), "one");
  EXPECT_EQ(run_async(io_, read_all(::fileno(file), 100)).value(), "two");
  std::fclose(file);
}

TEST_F(InputTest, WhatCannotBeReadIsToldNotThrown) {
  EXPECT_EQ(run_async(io_, read_line(-1)).error().reason, "input_unreadable");
  const int folder = ::open("/", O_RDONLY | O_DIRECTORY);
  EXPECT_EQ(run_async(io_, read_all(folder, 10)).error().reason, "input_unreadable");
  ::close(folder);
}

TEST_F(InputTest, ATerminalHidesWhatIsTypedOnlyWhileItIsAsked) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  const auto echoes = [terminal] {
    termios state{};
    EXPECT_EQ(::tcgetattr(terminal, &state), 0);
    return (state.c_lflag & ECHO) != 0;
  };
  ASSERT_TRUE(echoes());
  {
    const EchoOff hidden(terminal);
    EXPECT_FALSE(echoes());
  }
  EXPECT_TRUE(echoes());
  ::close(terminal);
}

}  // namespace
}  // namespace tradeauto
