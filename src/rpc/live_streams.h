#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "net/signal.h"

namespace tradeauto {

namespace asio = boost::asio;

// The streams that gRPC has not let go of yet. Thread-safe.
template <typename Stream>
class LiveStreams {
 public:
  // False: no more than `most` at once, or close() was called.
  bool add(std::shared_ptr<Stream> stream, std::size_t most) {
    const std::scoped_lock lock(mutex_);
    if (closed_ || streams_.size() >= most) return false;
    streams_.push_back(std::move(stream));
    return true;
  }
  void remove(const Stream* stream) {
    std::shared_ptr<Stream> last;  // dies outside of the lock
    {
      const std::scoped_lock lock(mutex_);
      const auto it = std::ranges::find(streams_, stream, &std::shared_ptr<Stream>::get);
      if (it == streams_.end()) return;
      last = std::move(*it);
      streams_.erase(it);
    }
    gone_.notify();
  }
  // From now on add() fails. Returns what is there.
  std::vector<std::shared_ptr<Stream>> close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    return streams_;
  }
  bool closed() const {
    const std::scoped_lock lock(mutex_);
    return closed_;
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return streams_.size();
  }
  // False if some are left when the deadline is over.
  asio::awaitable<bool> wait_empty(const Clock& clock, Deadline deadline) {
    while (true) {
      const std::uint64_t seen = gone_.version();
      if (size() == 0) co_return true;
      if (!co_await gone_.wait(seen, clock, deadline) && size() > 0) co_return false;
    }
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Stream>> streams_;
  bool closed_ = false;
  Signal gone_;
};

}  // namespace tradeauto
