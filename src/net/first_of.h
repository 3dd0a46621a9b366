#pragma once

#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>

namespace tradeauto {

namespace asio = boost::asio;

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

namespace first_of_detail {

template <typename T>
asio::awaitable<void> keep(asio::awaitable<T> task, std::optional<T>* out) {
  out->emplace(co_await std::move(task));
}

}  // namespace first_of_detail

// What `task` gives. When `stop` was first it is cancelled, and gives nothing or what it makes of that.
template <typename T>
asio::awaitable<std::optional<T>> unless(asio::awaitable<T> task, asio::awaitable<void> stop) {
  std::optional<T> out;
  co_await first_of(first_of_detail::keep(std::move(task), &out), std::move(stop));
  co_return out;
}

}  // namespace tradeauto
