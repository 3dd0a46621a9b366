#include "net/semaphore.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace tradeauto {

asio::awaitable<Semaphore::Slot> Semaphore::acquire() {
  const auto self = shared_from_this();
  if (free_ > 0 && waiters_.empty()) {
    --free_;
    co_return Slot(self);
  }
  const auto waiter = std::make_shared<Waiter>(Waiter{.timer = asio::steady_timer(co_await asio::this_coro::executor)});
  waiter->timer.expires_at(asio::steady_timer::time_point::max());
  waiters_.push_back(waiter);
  boost::system::error_code error;  // operation_aborted both when it is admitted and when the coroutine is cancelled
  co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (!waiter->admitted) {
    std::erase(waiters_, waiter);
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return Slot(self);
}

void Semaphore::give_back() {
  if (waiters_.empty()) {
    ++free_;
    return;
  }
  const auto next = std::move(waiters_.front());
  waiters_.pop_front();
  next->admitted = true;
  next->timer.cancel();
}

}  // namespace tradeauto
