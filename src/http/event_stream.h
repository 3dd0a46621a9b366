#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "http/api_message.h"
#include "http/event_json.h"
#include "ports/event_api.h"

namespace tradeauto {

// Counts the streams that are open, so that there are not too many.
class StreamSeat {
 public:
  // Null when `limit` are taken. `taken` outlives the seat.
  static std::unique_ptr<StreamSeat> take(std::atomic<std::size_t>& taken, std::size_t limit);
  explicit StreamSeat(std::atomic<std::size_t>& taken) : taken_(taken) {}
  StreamSeat(const StreamSeat&) = delete;
  StreamSeat& operator=(const StreamSeat&) = delete;
  ~StreamSeat() { --taken_; }

 private:
  std::atomic<std::size_t>& taken_;
};

// The events of one client as text/event-stream, for as long as it stays. Reads the log at the pace at which the client
// takes them: what waits for a slow one is a batch, never more. Between events it sleeps.
class EventStream final : public BodySource {
 public:
  struct Start {
    std::optional<std::uint64_t> seen;  // the last one that the client has; nothing: only what comes from now on
    bool foreign = false;               // what it says that it has cannot be a sequence of ours
  };
  // `events` and `clock` outlive it. It ends once `may_see` says no: nothing is shown from then on.
  EventStream(EventApi& events, const Clock& clock, EventFilter filter, Start start, std::unique_ptr<StreamSeat> seat,
              std::function<bool()> may_see)
      : events_(events),
        clock_(clock),
        filter_(std::move(filter)),
        start_(start),
        seat_(std::move(seat)),
        may_see_(std::move(may_see)) {}

  asio::awaitable<Result<std::string>> next() override;

 private:
  // Where it begins, and what the client is told about that.
  asio::awaitable<Result<std::string>> open();

  EventApi& events_;
  const Clock& clock_;
  const EventFilter filter_;
  const Start start_;
  const std::unique_ptr<StreamSeat> seat_;
  const std::function<bool()> may_see_;
  bool opened_ = false;
  std::uint64_t after_ = 0;
};

}  // namespace tradeauto
