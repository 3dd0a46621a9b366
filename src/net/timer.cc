#include "net/timer.h"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "net/virtual_clock.h"

namespace tradeauto {

void arm(const std::shared_ptr<asio::steady_timer>& timer, const Clock& clock, Deadline deadline) {
  timer->expires_at(asio::steady_timer::time_point::max());
  if (deadline.is_never()) return;
  const auto* virtual_clock = dynamic_cast<const VirtualClock*>(&clock);
  if (virtual_clock == nullptr) {
    timer->expires_after(std::min<std::chrono::nanoseconds>(deadline.left(clock), std::chrono::seconds(1)));
    return;
  }
  virtual_clock->wake_at(deadline.time(), [waiting = std::weak_ptr(timer)] {
    if (const auto due = waiting.lock()) asio::post(due->get_executor(), [due] { due->cancel(); });
  });
}

asio::awaitable<void> sleep_until(const Clock& clock, Deadline deadline) {
  const auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
  while (!deadline.over(clock)) {
    arm(timer, clock, deadline);
    boost::system::error_code ignored;  // a virtual clock cancels the timer
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
}

asio::awaitable<void> sleep_for(const Clock& clock, std::chrono::nanoseconds duration) {
  return sleep_until(clock, Deadline::after(clock, duration));
}

}  // namespace tradeauto
