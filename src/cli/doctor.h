#pragma once

#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "cli/command.h"
#include "cli/doctor_check.h"

namespace tradeauto {

// `doctor`: the checks of this machine (CliContext::local_checks), then those of the server that the commands speak to.
// Exit code 1 if any failed.
asio::awaitable<Result<ExitCode>> diagnose(Command& command);

}  // namespace tradeauto
