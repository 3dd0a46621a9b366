#include "net/timer.h"

#include <algorithm>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tradeauto {

asio::awaitable<void> sleep_until(const Clock& clock, Deadline deadline) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!deadline.over(clock)) {
    timer.expires_after(std::min<std::chrono::nanoseconds>(deadline.left(clock), std::chrono::seconds(1)));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> sleep_for(const Clock& clock, std::chrono::nanoseconds duration) {
  return sleep_until(clock, Deadline::after(clock, duration));
}

}  // namespace tradeauto
