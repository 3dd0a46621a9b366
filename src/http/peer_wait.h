#pragma once

#include <optional>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>

#include "base/result.h"
#include "http/api_message.h"

namespace tradeauto {

namespace peer_wait_detail {

template <typename T>
asio::awaitable<void> keep(asio::awaitable<Result<T>> task, std::optional<Result<T>>* out) {
  out->emplace(co_await std::move(task));
}

}  // namespace peer_wait_detail

// Returns with the first of the two; the other is cancelled.
inline asio::awaitable<void> first_of(asio::awaitable<void> one, asio::awaitable<void> other) {
  using namespace asio::experimental::awaitable_operators;
  try {
    co_await (std::move(one) || std::move(other));
  } catch (const asio::multiple_exceptions&) {
    // Both were canceled because this coroutine was: say it as everything else does.
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

// What `task` gives, or nothing when waiting for it became pointless before: then it has been cancelled.
template <typename T>
asio::awaitable<std::optional<Result<T>>> unless_gone(asio::awaitable<Result<T>> task, Peer* peer) {
  std::optional<Result<T>> out;
  co_await first_of(peer_wait_detail::keep(std::move(task), &out), peer->gone());
  co_return out;
}

}  // namespace tradeauto
