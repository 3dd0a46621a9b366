#pragma once

#include <deque>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"
#include "cli/sse_reader.h"

namespace tradeauto {

// Which events are followed; what is empty does not count.
struct EventWish {
  std::string after;  // a sequence; without it what happens from now on
  std::string group;
  std::string order;
  std::string type;
};

// The server's events as they happen, over as many connections as it takes: after a break it goes on where it was, so
// that none is lost and none comes twice. Strand: none; one next() at a time.
class EventFollower {
 public:
  // `command` outlives it. `tells`: a note at each break, and when nothing that happens from now on can be missed.
  EventFollower(Command& command, EventWish wish, bool tells)
      : command_(command), wish_(std::move(wish)), tells_(tells) {}

  // The next event. Failure: of the first connection each; later only what does not pass by itself: a server that is
  // away is waited for.
  asio::awaitable<Result<SseEvent>> next();

  // The stream stands: what happens now is told at once.
  bool live() const { return live_; }
  // The sequence after which it goes on; empty before the first connection.
  const std::string& position() const { return position_; }

 private:
  asio::awaitable<Result<void>> connect();
  asio::awaitable<Result<void>> read();

  Command& command_;
  const EventWish wish_;
  const bool tells_;
  std::unique_ptr<HttpStream> stream_;
  SseReader reader_;
  std::deque<SseEvent> events_;  // that came and were not asked for yet
  std::string position_;
  bool was_open_ = false;
  bool broke_off_ = false;
  bool live_ = false;
  bool told_ = false;  // that this connection stands
};

// For people, when the event `reset` came: what may be missing.
std::string reset_warning(const SseEvent& event);

// What an event of ours says. Error: internal (unexpected_answer).
Result<boost::json::object> object_of(const SseEvent& event);

}  // namespace tradeauto
