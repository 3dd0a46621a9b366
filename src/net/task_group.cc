#include "net/task_group.h"

#include <cassert>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace tradeauto {

struct TaskGroup::State {
  struct Entry {
    asio::any_io_executor executor;
    asio::cancellation_signal signal;
  };

  explicit State(asio::any_io_executor own) : executor(std::move(own)) {}

  const asio::any_io_executor executor;
  mutable std::mutex mutex;
  std::list<std::shared_ptr<Entry>> entries;
  std::vector<std::shared_ptr<asio::steady_timer>> joiners;
  bool canceled = false;
};

namespace {

bool is_cancellation(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    return e.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() { assert(size() == 0 && "join() before the owner of a TaskGroup dies"); }

void TaskGroup::spawn(asio::awaitable<void> task) { spawn_on(state_->executor, std::move(task)); }

void TaskGroup::spawn_on(asio::any_io_executor executor, asio::awaitable<void> task) {
  auto entry = std::make_shared<State::Entry>();
  entry->executor = executor;
  {
    const std::scoped_lock lock(state_->mutex);
    if (state_->canceled) return;
    state_->entries.push_back(entry);
  }
  auto done = [state = state_, entry](std::exception_ptr error) {
    if (error && !is_cancellation(error)) std::rethrow_exception(error);
    std::vector<std::shared_ptr<asio::steady_timer>> wake;
    {
      const std::scoped_lock lock(state->mutex);
      state->entries.remove(entry);
      if (state->entries.empty()) wake.swap(state->joiners);
    }
    for (const auto& timer : wake) asio::post(timer->get_executor(), [timer] { timer->cancel(); });
  };
  asio::co_spawn(executor, std::move(task), asio::bind_cancellation_slot(entry->signal.slot(), std::move(done)));
}

void TaskGroup::cancel() {
  std::list<std::shared_ptr<State::Entry>> entries;
  {
    const std::scoped_lock lock(state_->mutex);
    state_->canceled = true;
    entries = state_->entries;
  }
  for (const auto& entry : entries) {
    asio::post(entry->executor, [entry] { entry->signal.emit(asio::cancellation_type::terminal); });
  }
}

asio::awaitable<void> TaskGroup::join() {
  auto state = state_;
  auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
  timer->expires_at(asio::steady_timer::time_point::max());
  {
    const std::scoped_lock lock(state->mutex);
    if (state->entries.empty()) co_return;
    state->joiners.push_back(timer);
  }
  boost::system::error_code ignored;  // operation_aborted is how a joiner is woken
  co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

std::size_t TaskGroup::size() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->entries.size();
}

}  // namespace tradeauto
