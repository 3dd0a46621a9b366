#pragma once

#include <termios.h>

#include <cstddef>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace tradeauto {

namespace asio = boost::asio;

// Reads what a person or a pipe gives on `input`, without ever blocking the command's thread, so that Ctrl-C ends it.

// One line without its end; what follows it stays unread. Error: invalid_argument / end_of_input when there is none;
// too_large beyond 64 KiB.
asio::awaitable<Result<std::string>> read_line(int input);

// Everything up to the end. Error: too_large beyond `limit` bytes.
asio::awaitable<Result<std::string>> read_all(int input, std::size_t limit);

// While it lives, a terminal does not show what is typed. Where `input` is no terminal there is nothing to hide.
class EchoOff {
 public:
  explicit EchoOff(int input);
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff();

 private:
  const int input_;
  bool changed_ = false;
  termios before_{};
};

}  // namespace tradeauto
