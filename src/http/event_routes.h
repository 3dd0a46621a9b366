#pragma once

#include <atomic>

#include "base/clock.h"
#include "http/route_table.h"
#include "ports/access.h"
#include "ports/event_api.h"

namespace tradeauto {

// /v1/events: a page, or a stream for those who accept text/event-stream; /v1/audit: what somebody did, of the same
// log.
class EventRoutes {
 public:
  // The needs outlive it, and it outlives the table and every stream. More than `streams` at once get 503.
  EventRoutes(EventApi& events, AccessApi& access, const Clock& clock, std::size_t streams)
      : events_(events), access_(access), clock_(clock), limit_(streams) {}

  void add_to(RouteTable& routes);

 private:
  asio::awaitable<Result<ApiReply>> list(ApiCall call);
  asio::awaitable<Result<ApiReply>> page(ApiCall call);
  Result<ApiReply> stream(const ApiCall& call);
  asio::awaitable<Result<ApiReply>> audit(ApiCall call);

  EventApi& events_;
  AccessApi& access_;
  const Clock& clock_;
  const std::size_t limit_;
  std::atomic<std::size_t> open_ = 0;
};

}  // namespace tradeauto
