#pragma once

#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tradeauto {

namespace asio = boost::asio;

namespace run_on_detail {

// co_spawn wants a type with a default constructor, which a Result is not on purpose.
template <typename T>
asio::awaitable<void> keep(asio::awaitable<T> task, std::optional<T>* out) {
  out->emplace(co_await std::move(task));
}

}  // namespace run_on_detail

// Runs `task` on `executor` (a strand) and returns its value on the caller's. At once when that is the caller's own.
template <typename T>
asio::awaitable<T> run_on(asio::any_io_executor executor, asio::awaitable<T> task) {
  if (co_await asio::this_coro::executor == executor) co_return co_await std::move(task);
  std::optional<T> value;
  co_await asio::co_spawn(executor, run_on_detail::keep(std::move(task), &value), asio::use_awaitable);
  co_return std::move(value).value();
}

inline asio::awaitable<void> run_on(asio::any_io_executor executor, asio::awaitable<void> task) {
  if (co_await asio::this_coro::executor == executor) co_return co_await std::move(task);
  co_await asio::co_spawn(executor, std::move(task), asio::use_awaitable);
}

}  // namespace tradeauto
