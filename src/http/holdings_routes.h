#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "http/route_table.h"
#include "ports/holdings_api.h"

namespace tradeauto {

// /v1/holdings, its refresh, and the check of one account's log-in.
class HoldingsRoutes {
 public:
  // What it refers to outlives it, and it outlives the table.
  HoldingsRoutes(HoldingsApi& holdings, const Clock& clock, std::chrono::seconds longest_wait)
      : holdings_(holdings), clock_(clock), longest_wait_(longest_wait) {}

  void add_to(RouteTable& routes);

 private:
  using Views = std::vector<AccountHoldings>;

  asio::awaitable<Result<ApiReply>> list(ApiCall call);
  asio::awaitable<Result<ApiReply>> refresh(ApiCall call);
  asio::awaitable<Result<ApiReply>> check(ApiCall call);
  // As they are when nobody is asked any more, or the time is over, or the client has left.
  asio::awaitable<Result<Views>> wait(HoldingsFilter filter, std::chrono::seconds time, Peer* peer);

  HoldingsApi& holdings_;
  const Clock& clock_;
  const std::chrono::seconds longest_wait_;
};

}  // namespace tradeauto
