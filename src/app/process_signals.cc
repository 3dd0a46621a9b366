#include "app/process_signals.h"

#include <sys/resource.h>

#include <csignal>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tradeauto {

asio::awaitable<std::string> stop_signal() {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGTERM, SIGINT);
  const int number = co_await signals.async_wait(asio::use_awaitable);
  co_return number == SIGTERM ? "SIGTERM" : "SIGINT";
}

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
}

}  // namespace tradeauto
