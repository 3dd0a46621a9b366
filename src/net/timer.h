#pragma once

#include <chrono>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"

namespace tradeauto {

namespace asio = boost::asio;

// Suspends until `deadline` is over by `clock`. Re-reads the clock at least each second, so that a suspended laptop's sleep
// and a test's clock count. Cancellation ends it with operation_aborted.
asio::awaitable<void> sleep_until(const Clock& clock, Deadline deadline);
asio::awaitable<void> sleep_for(const Clock& clock, std::chrono::nanoseconds duration);

}  // namespace tradeauto
