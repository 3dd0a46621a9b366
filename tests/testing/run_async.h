#pragma once

#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace tradeauto {

namespace run_async_detail {

template <typename T>
boost::asio::awaitable<void> keep(boost::asio::awaitable<T> task, std::optional<T>* out) {
  out->emplace(co_await std::move(task));
}

}  // namespace run_async_detail

// Runs one coroutine to its end on `context` (which also runs whatever else it has) and returns its value.
inline void run_async(boost::asio::io_context& context, boost::asio::awaitable<void> task) {
  bool done = false;
  std::exception_ptr error;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr e) {
    error = e;
    done = true;
  });
  context.restart();
  while (!done && context.run_one() > 0) {
  }
  if (error) std::rethrow_exception(error);
}

template <typename T>
T run_async(boost::asio::io_context& context, boost::asio::awaitable<T> task) {
  std::optional<T> value;
  run_async(context, run_async_detail::keep(std::move(task), &value));
  return std::move(value).value();
}

}  // namespace tradeauto
