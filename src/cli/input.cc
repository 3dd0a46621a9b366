#include "cli/input.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::size_t kLineLimit = 64 * 1024;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

Error unreadable(int error) {
  return make_error(ErrorCode::invalid_argument, "input_unreadable",
                    fmt::format("standard input cannot be read: {}", std::generic_category().message(error)));
}

// Reads at most `size` bytes as soon as there are any; 0 at the end.
asio::awaitable<Result<std::size_t>> read_some(asio::posix::stream_descriptor& input, char* data, std::size_t size) {
  while (true) {
    const auto [error] = co_await input.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
    if (error == asio::error::operation_aborted) {
      co_return make_error(ErrorCode::canceled, "interrupted", "interrupted while reading standard input");
    }
    // A regular file cannot be waited for, and never blocks.
    if (error && error != asio::error::operation_not_supported) co_return unreadable(error.value());
    const ssize_t got = ::read(input.native_handle(), data, size);
    if (got >= 0) co_return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) co_return unreadable(errno);
  }
}

// A copy of the descriptor: Asio closes what it is given.
asio::awaitable<Result<asio::posix::stream_descriptor>> open_input(int input) {
  const int copy = ::dup(input);
  if (copy < 0) co_return unreadable(errno);
  asio::posix::stream_descriptor descriptor(co_await asio::this_coro::executor);
  boost::system::error_code error;
  descriptor.assign(copy, error);
  if (error) {
    ::close(copy);
    co_return unreadable(error.value());
  }
  co_return descriptor;
}

}  // namespace

asio::awaitable<Result<std::string>> read_line(int input) {
  CO_TRY(auto descriptor, co_await open_input(input));
  std::string line;
  while (line.size() < kLineLimit) {
    char c = 0;
    CO_TRY(const std::size_t got, co_await read_some(descriptor, &c, 1));
    if (got == 0 && line.empty()) {
      co_return make_error(ErrorCode::invalid_argument, "end_of_input", "standard input ended before an answer");
    }
    if (got == 0 || c == '\n') {
      if (line.ends_with('\r')) line.pop_back();
      co_return line;
    }
    line += c;
  }
  co_return make_error(ErrorCode::too_large, "line_too_long", "the line on standard input is longer than 64 KiB");
}

asio::awaitable<Result<std::string>> read_all(int input, std::size_t limit) {
  CO_TRY(auto descriptor, co_await open_input(input));
  std::string text;
  std::array<char, 4096> block{};
  while (true) {
    CO_TRY(const std::size_t got, co_await read_some(descriptor, block.data(), block.size()));
    if (got == 0) co_return text;
    text.append(block.data(), got);
    if (text.size() > limit) {
      co_return make_error(ErrorCode::too_large, "input_too_long",
                           fmt::format("standard input holds more than {} bytes", limit));
    }
  }
}

EchoOff::EchoOff(int input) : input_(input) {
  if (::tcgetattr(input_, &before_) != 0) return;
  termios silent = before_;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  changed_ = ::tcsetattr(input_, TCSAFLUSH, &silent) == 0;
}

EchoOff::~EchoOff() {
  if (changed_) ::tcsetattr(input_, TCSAFLUSH, &before_);
}

}  // namespace tradeauto
