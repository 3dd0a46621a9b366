#include "app/process_signals.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include <boost/asio/use_awaitable.hpp>

namespace tradeauto {

StopSignal::StopSignal(const asio::any_io_executor& executor) : signals_(executor, SIGTERM, SIGINT) {}

asio::awaitable<std::string> StopSignal::wait() {
  const int number = co_await signals_.async_wait(asio::use_awaitable);
  co_return number == SIGTERM ? "SIGTERM" : "SIGINT";
}

ReloadSignal::ReloadSignal(const asio::any_io_executor& executor) : signals_(executor, SIGHUP) {}

asio::awaitable<void> ReloadSignal::wait() { co_await signals_.async_wait(asio::use_awaitable); }

void prepare_process() {
  // What is opened first takes the lowest number: without this, log lines could end up in a database or a journal.
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
  }
  std::signal(SIGPIPE, SIG_IGN);
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
}

}  // namespace tradeauto
