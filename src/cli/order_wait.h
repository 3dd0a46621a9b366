#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

// Waits until the order is not `working` any more, prints it and returns its exit code.
//
// `known` is the order as the server answered before, null if it has not answered yet: then a first failure is the
// command's. Later a server that is away for less than a minute is waited for; the order does not depend on us.
// `timeout`: of waiting, in seconds; nothing: as long as it takes.
asio::awaitable<Result<ExitCode>> follow_order(Command& command, std::string id,
                                               std::optional<boost::json::object> known,
                                               std::optional<std::uint32_t> timeout);

// The text of set_farewell() while an order that the server has is waited for.
std::string order_lives_on(const Command& command, const std::string& id);

// Error: internal / unexpected_answer unless `body` is an order. `effect`: of that error.
Result<boost::json::object> order_of(const boost::json::value& body, Effect effect);

}  // namespace tradeauto
