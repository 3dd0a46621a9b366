#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace tradeauto {

namespace asio = boost::asio;

// Lets at most `width` coroutines in at a time, first come first served; a width of 1 is a mutex that may be held over
// co_await. Not thread-safe: everyone who uses it runs on one strand. Slots keep it alive.
class Semaphore : public std::enable_shared_from_this<Semaphore> {
 public:
  // Gives its place back when it dies.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(std::shared_ptr<Semaphore> owner) : owner_(std::move(owner)) {}
    Slot(Slot&&) noexcept = default;
    Slot& operator=(Slot&& other) noexcept {
      release();
      owner_ = std::move(other.owner_);
      return *this;
    }
    ~Slot() { release(); }

   private:
    void release() {
      if (const auto owner = std::exchange(owner_, nullptr)) owner->give_back();
    }

    std::shared_ptr<Semaphore> owner_;
  };

  static std::shared_ptr<Semaphore> make(std::size_t width) { return std::shared_ptr<Semaphore>(new Semaphore(width)); }

  // Throws operation_aborted when the waiting coroutine is cancelled.
  asio::awaitable<Slot> acquire();
  std::size_t waiting() const { return waiters_.size(); }

 private:
  struct Waiter {
    asio::steady_timer timer;
    bool admitted = false;
  };

  explicit Semaphore(std::size_t width) : free_(width) {}
  void give_back();

  std::size_t free_;
  std::deque<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace tradeauto
