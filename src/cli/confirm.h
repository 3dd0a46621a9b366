#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

// Whether the person wants what a command is about to do. Nothing is sent before the answer is yes.

// A live order: `given` (--confirm) must be `word`, the group's name; without it the person is shown `plan`, line by
// line, and types the name. False: they typed something else. Error: invalid_argument when `given` is wrong, or nobody
// can be asked.
asio::awaitable<Result<bool>> confirm_order(Command& command, std::vector<std::string> plan, std::string word,
                                            std::optional<std::string> given);

// Anything else: `-y` is yes. Error: invalid_argument when nobody can be asked.
asio::awaitable<Result<bool>> confirm(Command& command, std::string question);

}  // namespace tradeauto
