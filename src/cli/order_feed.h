#pragma once

#include <functional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "cli/command.h"
#include "cli/event_follow.h"
#include "net/signal.h"

namespace tradeauto {

// The events of one order, told to `sink` as they happen. Only for the eye: what came of the order is asked for.
class OrderFeed {
 public:
  using Sink = std::function<void(const boost::json::object& event)>;

  OrderFeed(Command& command, const std::string& order_id, Sink sink);

  // Waits a moment, since most orders are settled by then, and follows. Returns only when cancelled.
  asio::awaitable<void> run();
  bool live() const { return !lost_ && follower_.live(); }
  // Returns once there is no stream any more, nor will be: the server refuses it.
  asio::awaitable<void> until_lost();

 private:
  Command& command_;
  EventFollower follower_;
  const Sink sink_;
  bool lost_ = false;
  Signal changed_;
};

// Writes what an event says of a child order into `order` as REST shows it. False: it says nothing new.
bool apply_event(boost::json::object& order, const boost::json::object& event);

// "filled" of an event of type child_order_filled; empty if the event is no change of a child order's status.
std::string status_of_event(const boost::json::object& event);

}  // namespace tradeauto
