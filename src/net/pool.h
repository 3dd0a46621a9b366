#pragma once

#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tradeauto {

namespace asio = boost::asio;

// A named pool of threads for blocking work (files, child processes, DNS, SQL), so that it never runs on an I/O thread.
// The threads carry the name (at most 15 characters). Destruction runs what is queued, then joins.
class BlockingPool {
 public:
  BlockingPool(std::string name, std::size_t threads);
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  ~BlockingPool();

  asio::any_io_executor executor() { return context_.get_executor(); }

  // Calls `work` on the pool and returns its value on the caller's executor. `work` runs to its end even if the caller
  // is cancelled, and must not throw.
  template <typename Work>
  asio::awaitable<std::invoke_result_t<Work>> run(Work work) {
    using Value = std::invoke_result_t<Work>;
    auto caller = co_await asio::this_coro::executor;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Value)>(
        [this, caller](auto handler, Work task) {
          asio::post(context_, [caller, handler = std::move(handler), task = std::move(task)]() mutable {
            asio::post(caller, [handler = std::move(handler), value = task()]() mutable {
              std::move(handler)(std::move(value));
            });
          });
        },
        asio::use_awaitable, std::move(work));
  }

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

}  // namespace tradeauto
