#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace tradeauto {

namespace asio = boost::asio;

// Owns the coroutines that run in the background of an object.
//
// Be the last member: then tasks may use every field above. cancel() asks all to end; join() (or, from outside of the
// I/O threads, the destructor's contract) waits for it: an owner must have co_awaited join() before it dies, which the
// destructor asserts. An exception that escapes a task is a programming error and ends the process. Thread-safe.
class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  // Runs `task` on the group's executor. After cancel() it is not started.
  void spawn(asio::awaitable<void> task);
  // The same on another executor, e.g. a strand.
  void spawn_on(asio::any_io_executor executor, asio::awaitable<void> task);

  // Emits a terminal cancellation to every task, on its own executor. No task starts any more.
  void cancel();
  // Returns when no task is left. Call cancel() first unless they end by themselves. The caller runs on a strand or on
  // the only thread of its context, and so do the tasks.
  asio::awaitable<void> join();
  std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tradeauto
