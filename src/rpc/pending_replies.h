#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/deadline.h"
#include "base/result.h"

namespace tradeauto {

namespace asio = boost::asio;

// Answers that somebody waits for, by the id of the request. Strand: the session's, waiting included.
template <typename T>
class PendingReplies {
 public:
  // An id that was never used. Send the request and call wait() without a suspension in between.
  std::uint64_t next_id() { return ++last_id_; }

  // Error: deadline_exceeded (no_answer), or what fail_all() was given. Cancellation ends it with operation_aborted.
  asio::awaitable<Result<T>> wait(std::uint64_t id, const Clock& clock, Deadline deadline) {
    const auto entry = std::make_shared<Entry>(co_await asio::this_coro::executor);
    entries_[id] = entry;
    const Forget forget{entries_, id};
    while (!entry->answer) {
      if (deadline.over(clock)) co_return make_error(ErrorCode::deadline_exceeded, "no_answer", "no answer in time");
      entry->timer.expires_after(std::min<std::chrono::nanoseconds>(deadline.left(clock), std::chrono::seconds(1)));
      boost::system::error_code ignored;  // operation_aborted is how it is woken
      co_await entry->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      const auto cancellation = co_await asio::this_coro::cancellation_state;
      if (cancellation.cancelled() != asio::cancellation_type::none) {
        throw boost::system::system_error(asio::error::operation_aborted);
      }
    }
    co_return std::move(*entry->answer);
  }

  // An answer that nobody waits for, or waits for no more, is dropped.
  void answer(std::uint64_t id, Result<T> answer) {
    const auto it = entries_.find(id);
    if (it == entries_.end() || it->second->answer) return;
    it->second->answer = std::move(answer);
    it->second->timer.cancel();
  }

  void fail_all(const Error& error) {
    for (auto& [id, entry] : entries_) {
      if (entry->answer) continue;
      entry->answer = error;
      entry->timer.cancel();
    }
  }

 private:
  struct Entry {
    explicit Entry(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    std::optional<Result<T>> answer;
  };
  using Entries = std::unordered_map<std::uint64_t, std::shared_ptr<Entry>>;
  struct Forget {
    ~Forget() { entries.erase(id); }
    Entries& entries;
    std::uint64_t id;
  };

  std::uint64_t last_id_ = 0;
  Entries entries_;
};

}  // namespace tradeauto
