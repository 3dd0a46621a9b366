#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tradeauto {

// One event of a text/event-stream. `data`: its lines, with \n between.
struct SseEvent {
  std::string id;    // of this event or, where it has none, of the last one before
  std::string type;  // "message" where the stream names none
  std::string data;
};

// Takes a text/event-stream (WHATWG HTML, 9.2.6) apart, in pieces that may be cut at any byte. Pure.
class SseReader {
 public:
  // Appends the events that `bytes` completes. Error: unavailable (bad_stream) when a line or an event is longer than a
  // server of ours ever writes; nothing comes after that.
  Result<void> feed(std::string_view bytes, std::vector<SseEvent>& events);

  // The position of the stream: what Last-Event-ID is to say after a break. A block with an id and no data sets it too.
  const std::string& last_id() const { return last_id_; }
  // How long the server wants a client to wait before it comes back, if it said so.
  std::optional<std::uint32_t> retry_ms() const { return retry_ms_; }

 private:
  Result<void> take_line(std::vector<SseEvent>& events);
  void dispatch(std::vector<SseEvent>& events);

  std::string line_;
  bool after_cr_ = false;  // a \n that comes next belongs to it
  bool first_line_ = true;
  std::string id_;  // of the block that is being read
  std::string type_;
  std::string data_;
  std::string last_id_;
  std::optional<std::uint32_t> retry_ms_;
};

}  // namespace tradeauto
