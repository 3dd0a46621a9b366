#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

// What is seen of an order while it is followed, and at the end.
class OrderDisplay {
 public:
  OrderDisplay() = default;
  OrderDisplay(const OrderDisplay&) = delete;
  OrderDisplay& operator=(const OrderDisplay&) = delete;
  virtual ~OrderDisplay() = default;

  // Whether what happens before the outcome is worth asking for.
  virtual bool wants_changes() const = 0;
  // The order while it is worked on, each time that something may have changed.
  virtual void show(const boost::json::object& order) = 0;
  // Before the last messages.
  virtual void end() = 0;
  // The order as it was answered last; `code` is its exit code.
  virtual Result<ExitCode> conclude(const boost::json::object& order, ExitCode code) = 0;
};

struct FollowedOrder {
  std::string id;
  std::optional<boost::json::object> known;  // as the server answered before; nothing if it has not answered yet
  std::optional<std::uint32_t> timeout;      // of waiting, in seconds; nothing: as long as it takes
};

// Waits until the order is not `working` any more and returns its exit code; `display` shows the rest.
//
// The outcome is always the server's answer to a GET, held until all is settled; the order's events, where the server
// gives them, only show what lies between. Without an answer so far a first failure is the command's. Later a server
// that is away for less than a minute is waited for; the order does not depend on us.
asio::awaitable<Result<ExitCode>> follow_order(Command& command, FollowedOrder followed, OrderDisplay& display);

// The same with a line of progress for each child order on stderr, and the outcome on stdout.
asio::awaitable<Result<ExitCode>> await_order(Command& command, FollowedOrder followed);

// The text of set_farewell() while an order that the server has is waited for.
std::string order_lives_on(const Command& command, const std::string& id);

// For each child order in doubt a note with the command that says what became of it.
void tell_doubts(Command& command, const boost::json::object& order);

// Error: internal / unexpected_answer unless `body` is an order. `effect`: of that error.
Result<boost::json::object> order_of(const boost::json::value& body, Effect effect);

}  // namespace tradeauto
