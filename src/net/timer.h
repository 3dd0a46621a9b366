#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/deadline.h"

namespace tradeauto {

namespace asio = boost::asio;

// Sets `timer` to go off once `deadline` is over by `clock`, or earlier: who waits on it reads the clock again. On a
// VirtualClock it is cancelled instead.
void arm(const std::shared_ptr<asio::steady_timer>& timer, const Clock& clock, Deadline deadline);

// Suspends until `deadline` is over by `clock`. Re-reads the clock at least each second, so that a suspended laptop's
// sleep and a test's clock count. Cancellation ends it with operation_aborted.
asio::awaitable<void> sleep_until(const Clock& clock, Deadline deadline);
asio::awaitable<void> sleep_for(const Clock& clock, std::chrono::nanoseconds duration);

}  // namespace tradeauto
