#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

struct WatchFlags {
  std::string id;     // of one order; empty: every order
  std::string group;  // only its orders
  std::optional<std::uint32_t> timeout;
};

// `order watch`: a row on stdout for each change of a child order. With an id from what it is now until the order is
// settled, with the exit code of `order wait`; without one from now on until Ctrl-C.
asio::awaitable<Result<ExitCode>> watch_orders(Command& command, WatchFlags flags);

}  // namespace tradeauto
