#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "cli/command.h"
#include "cli/order_request.h"

namespace tradeauto {

// `order buy` and `order sell`: plan, confirmation, one POST, and the outcome. It never sends twice by itself.
asio::awaitable<Result<ExitCode>> place_order(Command& command, OrderFlags flags);

struct RetryFlags {
  std::string id;
  bool include_rejected = false;
  std::optional<std::string> confirm;
  std::string client_order_id;
  std::optional<std::uint32_t> timeout;  // of waiting, in seconds; 0: do not wait
};
// `order retry`: the same for a new order over what was never sent.
asio::awaitable<Result<ExitCode>> retry_order(Command& command, RetryFlags flags);

}  // namespace tradeauto
