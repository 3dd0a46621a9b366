#pragma once

#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

namespace tradeauto {

namespace asio = boost::asio;

// The wish of a service manager, a person or a test that this process ends. While this lives, SIGTERM and SIGINT do
// nothing but end wait(): those who send it twice (`timeout`, a shell and its terminal) must not cut the drain off.
class StopSignal {
 public:
  explicit StopSignal(const asio::any_io_executor& executor);

  // Returns the name of the first one that came since the construction. Once. Cancellation ends it with
  // operation_aborted.
  asio::awaitable<std::string> wait();

 private:
  asio::signal_set signals_;
};

// SIGHUP: the wish that settings are read anew. While this lives it never ends the process.
class ReloadSignal {
 public:
  explicit ReloadSignal(const asio::any_io_executor& executor);

  // Returns at the next one; those that came before are not lost. Cancellation ends it with operation_aborted.
  asio::awaitable<void> wait();

 private:
  asio::signal_set signals_;
};

// What every command of this process wants: the three standard descriptors are open; a closed pipe is an error and no
// death; no core dump, since it would hold secrets.
void prepare_process();

}  // namespace tradeauto
