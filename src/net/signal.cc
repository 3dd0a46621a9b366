#include "net/signal.h"

#include <mutex>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "net/timer.h"

namespace tradeauto {

struct Signal::State {
  std::mutex mutex;
  std::uint64_t version = 0;
  std::vector<std::shared_ptr<asio::steady_timer>> waiters;
};

Signal::Signal() : state_(std::make_shared<State>()) {}
Signal::~Signal() = default;

std::uint64_t Signal::version() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->version;
}

void Signal::notify() {
  std::vector<std::shared_ptr<asio::steady_timer>> wake;
  {
    const std::scoped_lock lock(state_->mutex);
    ++state_->version;
    wake.swap(state_->waiters);
  }
  for (const auto& timer : wake) asio::post(timer->get_executor(), [timer] { timer->cancel(); });
}

asio::awaitable<bool> Signal::wait(std::uint64_t seen, const Clock& clock, Deadline deadline) {
  auto state = state_;
  while (true) {
    auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
    // Armed before it is published: a notify() from another thread then cancels a wait that has begun or is about to.
    arm(timer, clock, deadline);
    {
      const std::scoped_lock lock(state->mutex);
      if (state->version > seen) co_return true;
      if (deadline.over(clock)) co_return false;
      state->waiters.push_back(timer);
    }
    boost::system::error_code error;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, error));
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    {
      const std::scoped_lock lock(state->mutex);
      std::erase(state->waiters, timer);
    }
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
}

}  // namespace tradeauto
