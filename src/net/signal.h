#pragma once

#include <cstdint>
#include <memory>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"

namespace tradeauto {

namespace asio = boost::asio;

// Wakes everyone who waits. notify() between version() and wait(version) is not lost. Thread-safe; a coroutine that
// waits runs on a strand or on the only thread of its context, else a wake-up could come before its wait has begun.
class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  std::uint64_t version() const;
  void notify();
  // Returns true once the version is above `seen`, false when the deadline is over first.
  asio::awaitable<bool> wait(std::uint64_t seen, const Clock& clock, Deadline deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tradeauto
