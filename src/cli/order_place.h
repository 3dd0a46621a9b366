#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "cli/command.h"
#include "cli/order_request.h"

namespace tradeauto {

// `order buy` and `order sell`: plan, confirmation, one POST, and the outcome. It never sends twice by itself.
asio::awaitable<Result<ExitCode>> place_order(Command& command, OrderFlags flags);

}  // namespace tradeauto
