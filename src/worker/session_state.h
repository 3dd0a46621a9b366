#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/deadline.h"
#include "net/signal.h"
#include "ports/main_link.h"

namespace tradeauto {

// Where the worker stands with main. Strand: worker.
//
// The generation grows with each attempt at a session and each end of one: what came under another generation is void.
class SessionState {
 public:
  // A hello is about to be sent. Tasks that arrive from now on belong to the new generation, even before open().
  std::uint64_t begin() {
    opening_ = true;
    return ++generation_;
  }
  // False if the session of this generation is over already.
  bool open(std::uint64_t generation, std::shared_ptr<MainLink> link, BootTime lease_end) {
    if (generation != generation_) return false;
    opening_ = false;
    is_open_ = true;
    link_ = std::move(link);
    lease_end_ = lease_end;
    opened_.notify();
    return true;
  }
  void close() {
    ++generation_;
    opening_ = false;
    is_open_ = false;
    link_.reset();
    opened_.notify();
  }
  void renew(BootTime lease_end) { lease_end_ = lease_end; }
  // Nothing more is started; what has its permit goes on.
  void drain() { draining_ = true; }

  // Returns when no session is being opened. A task may overtake the answer to the hello.
  asio::awaitable<void> settled(const Clock& clock) {
    while (opening_) {
      const std::uint64_t seen = opened_.version();
      co_await opened_.wait(seen, clock, Deadline::never());
    }
  }

  // Anybody may ask.
  bool is_open() const { return is_open_; }
  std::uint64_t generation() const { return generation_; }
  // nullptr when there is no session.
  const std::shared_ptr<MainLink>& link() const { return link_; }
  BootTime lease_end() const { return lease_end_; }
  // A permit may be asked for.
  bool may_ask(std::uint64_t generation, const Clock& clock) const {
    return !draining_ && may_start(generation, clock);
  }
  // A start needs a lease that is not over; read the clock at use.
  bool may_start(std::uint64_t generation, const Clock& clock) const {
    return link_ != nullptr && generation == generation_ && clock.boot_now() < lease_end_;
  }

 private:
  std::uint64_t generation_ = 0;
  bool opening_ = false;
  bool draining_ = false;
  std::atomic<bool> is_open_ = false;  // as link_, for other threads
  std::shared_ptr<MainLink> link_;
  BootTime lease_end_{};
  Signal opened_;
};

}  // namespace tradeauto
