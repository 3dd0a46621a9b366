#pragma once

#include <cstdint>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "ports/ledger.h"

namespace tradeauto {

namespace asio = boost::asio;

// The event log, as the gateway needs it. Strand: none.
class EventApi {
 public:
  virtual ~EventApi() = default;

  // Events after `after`, oldest first, at most `limit`.
  virtual asio::awaitable<Result<std::vector<Event>>> events(std::uint64_t after, std::size_t limit) = 0;
  // The sequence of the newest event; 0 before the first.
  virtual asio::awaitable<Result<std::uint64_t>> newest_event() = 0;
  // The audit trail, newest first: what somebody did.
  virtual asio::awaitable<Result<std::vector<Event>>> deeds(DeedFilter filter) = 0;

  // Grows after each commit that may have written events: whoever reads it before they read events misses none.
  virtual std::uint64_t event_version() const = 0;
  // True once the version is above `seen`, false when the deadline is over first.
  virtual asio::awaitable<bool> wait_for_events(std::uint64_t seen, Deadline deadline) = 0;
};

}  // namespace tradeauto
