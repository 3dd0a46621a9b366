#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"
#include "net/pool.h"

namespace tradeauto {

namespace asio = boost::asio;

// Where a group commit goes. Called by its thread only.
class CommitTarget {
 public:
  virtual ~CommitTarget() = default;
  virtual Result<void> begin() = 0;
  // One writer's part. `work` returns false when it failed: then nothing of it may stay, and the others go on.
  virtual Result<void> part(const std::function<bool()>& work) = 0;
  // Ok: everything since begin() is on disk.
  virtual Result<void> commit() = 0;
};

// One thread that writes what waits in one go, so that an acknowledgement costs a share of an fsync. Nobody is answered
// before the commit is on disk.
//
// A commit that fails is the end: its fsync cannot be repeated with any meaning, so every later write is refused with
// the same error, and `on_failure` (may be empty) is told once, from the thread. Thread-safe.
class GroupCommit {
 public:
  // `thread_name` has at most 15 characters. `target` outlives this.
  GroupCommit(const std::string& thread_name, CommitTarget& target, std::function<void(Error)> on_failure);
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  // Writes what is queued, then ends.
  ~GroupCommit() = default;

  // Runs `work` on the thread as a part of its own; an Error of it takes back the part. Returns on the caller's
  // executor. `ahead` (may be empty) is called before the first part of the batch, after the target's begin().
  template <typename T>
  asio::awaitable<Result<T>> write(std::function<Result<T>()> work, std::function<void()> ahead = {}) {
    const auto caller = co_await asio::this_coro::executor;
    const auto outcome = std::make_shared<std::optional<Result<T>>>();
    std::optional<Error> failure =
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::optional<Error>)>(
            [&](auto handler) {
              const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
              enqueue({.ahead = std::move(ahead),
                       .work =
                           [outcome, work = std::move(work)] {
                             outcome->emplace(work());
                             return (*outcome)->ok();
                           },
                       .done =
                           [caller, shared](std::optional<Error> error) {
                             asio::post(caller, [shared, error = std::move(error)]() mutable {
                               std::move (*shared)(std::move(error));
                             });
                           }});
            },
            asio::use_awaitable);
    if (failure) co_return *std::move(failure);
    co_return std::move(**outcome);
  }

  // The same for what nobody waits for, and what cannot fail but with the target. Behind all that was handed over
  // before.
  void post(std::function<void()> work);

 private:
  struct Part {
    std::function<void()> ahead;
    std::function<bool()> work;
    std::function<void(std::optional<Error>)> done;
  };

  void enqueue(Part part);
  void write_queued();
  Result<void> write_all(const std::vector<Part>& parts);

  CommitTarget& target_;
  const std::function<void(Error)> on_failure_;
  std::optional<Error> failure_;  // owned by the thread
  std::mutex mutex_;
  std::vector<Part> queue_;  // guarded by mutex_
  BlockingPool thread_;      // last: it ends before what it uses
};

}  // namespace tradeauto
