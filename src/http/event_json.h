#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/access.h"
#include "ports/ledger.h"

namespace tradeauto {

// Which events are wanted. Those of other groups than the caller's are never shown; nor, to a caller that has groups,
// those of no group.
struct EventFilter {
  std::optional<GroupName> group;
  std::optional<OrderId> order;
  std::optional<std::string> type;
  Groups groups;  // the caller's

  bool takes(const Event& event) const;
};

// One page; `next_after` is where the next one begins.
std::string render_events(const std::vector<Event>& events, std::optional<std::uint64_t> next_after);

// One page of the audit trail, newest first; a full one may have a next.
std::string render_audit(const std::vector<Event>& events, std::size_t limit);

// As a text/event-stream has them: id, event, one line of data, and the empty line.
std::string render_streamed(const Event& event);
// Where a stream begins, as a line before its first block: what Last-Event-ID is until an event came.
std::string render_position(std::uint64_t sequence);
// What the client has seen is not of this log: it starts anew, and goes on with what comes after `newest`.
std::string render_reset(std::uint64_t newest);

}  // namespace tradeauto
