#pragma once

#include "base/clock.h"
#include "http/route_table.h"
#include "ports/access.h"

namespace tradeauto {

// /v1/tokens and /v1/me.
class TokenRoutes {
 public:
  // The needs outlive it, and it outlives the table.
  TokenRoutes(AccessApi& access, const Clock& clock) : access_(access), clock_(clock) {}

  void add_to(RouteTable& routes);

 private:
  asio::awaitable<Result<ApiReply>> create(ApiCall call);
  asio::awaitable<Result<ApiReply>> list(ApiCall call);
  asio::awaitable<Result<ApiReply>> show(ApiCall call);
  asio::awaitable<Result<ApiReply>> revoke(ApiCall call);
  asio::awaitable<Result<ApiReply>> me(ApiCall call);

  AccessApi& access_;
  const Clock& clock_;
};

}  // namespace tradeauto
