#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "http/account_routes.h"
#include "http/catalogue_routes.h"
#include "http/cors.h"
#include "http/event_routes.h"
#include "http/holdings_routes.h"
#include "http/http_metrics.h"
#include "http/legacy_api.h"
#include "http/order_routes.h"
#include "http/problem.h"
#include "http/rate_limiter.h"
#include "http/request_handler.h"
#include "http/route_table.h"
#include "http/target.h"
#include "http/token_routes.h"
#include "ports/access.h"
#include "ports/order_api.h"

namespace tradeauto {

struct ApiSettings {
  std::string version;
  std::chrono::seconds longest_wait{60};
  std::size_t event_streams = 512;
  bool auth = true;
  LegacyApiSettings legacy;
  bool open_metrics = false;  // /metrics asks for no token
  std::uint32_t rate_per_minute = 0;
  std::vector<std::string> cors_origins = {};
};

// A request whose framing is right -> its answer: request id, token, route, content type, and every error as a problem.
// Strand: none; calls overlap.
class ApiHandler final : public RequestHandler {
 public:
  struct Needs {
    OrderApi& orders;
    AccountApi& accounts;
    WorkerApi& workers;
    HoldingsApi& holdings;
    EventApi& events;
    AccessApi& access;
    const Clock& clock;
    Rng& rng;
    Logger log;
    const Figures* figures = nullptr;  // as HttpServer's
  };
  ApiHandler(ApiSettings settings, Needs needs);

  asio::awaitable<ApiReply> handle(WireRequest request, Peer& peer, std::string address) override;
  ApiReply refuse(unsigned status, const Error& error) override;

  // What /readyz answers.
  void set_ready(bool ready) { ready_ = ready; }
  const RouteTable& routes() const { return routes_; }

 private:
  // What is known of a request once it has been answered, beside the answer.
  struct Notes {
    const std::string address;
    const Route* route = nullptr;
    std::optional<RateLimiter::Standing> standing = std::nullopt;
  };
  // `notes` outlives the answer.
  asio::awaitable<ApiReply> answer(WireRequest request, Peer& peer, std::string request_id, Notes* notes);
  asio::awaitable<Result<ApiReply>> run(Handler handler, ApiCall call, Peer& peer);
  // Until when too many wrong tokens came from there; nothing while it may ask.
  std::optional<RateLimiter::Standing> lock_out(const std::string& address);
  void note_wrong_token(const std::string& address);
  void finish(const Notes& notes, std::chrono::nanoseconds took, ApiReply& reply);
  // AUTH off: everybody who reaches this loopback address may do everything; a web page may not.
  ApiReply foreign_page(const Target& target, const Error& error, ProblemContext context) const;
  Result<Caller> who_asks(const WireRequest& request) const;
  ApiReply no_such_path(const Target& target, ProblemContext context) const;
  void add_own_routes(bool open_metrics);
  asio::awaitable<Result<ApiReply>> health();
  asio::awaitable<Result<ApiReply>> readiness();

  const bool auth_;
  Needs needs_;
  std::atomic<bool> ready_ = false;
  OrderRoutes orders_;
  AccountRoutes accounts_;
  HoldingsRoutes holdings_;
  CatalogueRoutes catalogue_;
  EventRoutes events_;
  TokenRoutes tokens_;
  LegacyApi legacy_;
  const Cors cors_;
  RateLimiter callers_;
  RateLimiter wrong_tokens_;
  RouteTable routes_;
  std::unique_ptr<HttpMetrics> metrics_;  // of the table's routes, so after them
};

}  // namespace tradeauto
