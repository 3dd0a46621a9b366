#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

// What a person does to an order that the server has. Each asks once and repeats nothing.

// Cancels what is pending, and prints the order as it is then.
asio::awaitable<Result<ExitCode>> cancel_order(Command& command, std::string id);

struct ResolveFlags {
  std::string id;       // of the child order
  std::string outcome;  // submitted, filled, rejected, not_placed
  std::string note;
};
// Shows the child order, asks whether that is so, and has it recorded.
asio::awaitable<Result<ExitCode>> resolve_child_order(Command& command, ResolveFlags flags);

}  // namespace tradeauto
