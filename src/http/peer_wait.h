#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include "base/result.h"
#include "http/api_message.h"
#include "http/target.h"

namespace tradeauto {

namespace peer_wait_detail {

template <typename T>
asio::awaitable<void> keep(asio::awaitable<Result<T>> task, std::optional<Result<T>>* out) {
  out->emplace(co_await std::move(task));
}

}  // namespace peer_wait_detail

// How long the client wants us to wait (Prefer: wait), as far as we do; nothing if it does not say so.
inline std::optional<std::chrono::seconds> wait_time(const ApiCall& call, std::chrono::seconds longest) {
  const auto seconds = parse_prefer_wait(call.request.header("prefer"));
  if (!seconds) return std::nullopt;
  return std::min(std::chrono::seconds(*seconds), longest);
}
inline void note_waited(ApiReply& reply, std::optional<std::chrono::seconds> waited) {
  if (waited) reply.headers.emplace_back("Preference-Applied", fmt::format("wait={}", waited->count()));
}

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
