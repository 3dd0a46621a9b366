#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

namespace tradeauto {

namespace asio = boost::asio;

// Returns the name of the first of SIGTERM and SIGINT that comes. Cancellation ends it with operation_aborted.
asio::awaitable<std::string> stop_signal();

// What every command of this process wants: a closed pipe is an error and no death; no core dump, since it would hold
// secrets.
void prepare_process();

}  // namespace tradeauto
