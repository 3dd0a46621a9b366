#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "cli/command.h"

namespace tradeauto {

struct RefreshFlags {
  std::string group;
  std::vector<std::string> accounts;
  std::uint32_t timeout = 300;  // seconds to wait for the answers
};

// Has the accounts asked, waits for them, and prints how each stands; the exit code is that of all of them.
asio::awaitable<Result<ExitCode>> refresh_holdings(Command& command, RefreshFlags flags);

// Has one account's log-in tried, waits for it, and prints what came of it.
asio::awaitable<Result<ExitCode>> check_account(Command& command, std::string account, std::uint32_t timeout);

}  // namespace tradeauto
