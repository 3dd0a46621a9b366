#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/secret.h"
#include "http/account_routes.h"
#include "http/catalogue_routes.h"
#include "http/legacy_api.h"
#include "http/order_routes.h"
#include "http/problem.h"
#include "http/route_table.h"
#include "http/target.h"
#include "ports/order_api.h"

namespace tradeauto {

struct ApiSettings {
  std::string version;
  std::chrono::seconds longest_wait{60};
  bool auth = true;
  LegacyApiSettings legacy;
};

// A request whose framing is right -> its answer: request id, token, route, content type, and every error as a problem.
// Strand: none; calls overlap.
class ApiHandler {
 public:
  struct Needs {
    OrderApi& orders;
    AccountApi& accounts;
    WorkerApi& workers;
    SecretString token;
    const Clock& clock;
    Rng& rng;
    Logger log;
  };
  ApiHandler(ApiSettings settings, Needs needs);

  // `peer` outlives the answer.
  asio::awaitable<ApiReply> handle(WireRequest request, Peer& peer);
  // The answer to what is no request.
  ApiReply refuse(unsigned status, const Error& error);

  // What /readyz answers.
  void set_ready(bool ready) { ready_ = ready; }
  const RouteTable& routes() const { return routes_; }

 private:
  asio::awaitable<ApiReply> answer(WireRequest request, Peer& peer, std::string request_id);
  // AUTH off: everybody who reaches this loopback address may do everything; a web page may not.
  ApiReply foreign_page(const Target& target, const Error& error, ProblemContext context) const;
  Result<Caller> who_asks(const WireRequest& request) const;
  ApiReply no_such_path(const Target& target, ProblemContext context) const;
  std::string request_id_of(const WireRequest& request);
  void add_own_routes();
  asio::awaitable<Result<ApiReply>> health();
  asio::awaitable<Result<ApiReply>> readiness();

  const bool auth_;
  Needs needs_;
  std::atomic<bool> ready_ = false;
  OrderRoutes orders_;
  AccountRoutes accounts_;
  CatalogueRoutes catalogue_;
  LegacyApi legacy_;
  RouteTable routes_;
};

}  // namespace tradeauto
