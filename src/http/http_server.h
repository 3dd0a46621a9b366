#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/log.h"
#include "base/result.h"
#include "base/rng.h"
#include "http/figures.h"
#include "http/legacy_api_settings.h"
#include "net/tls.h"
#include "ports/access.h"
#include "ports/event_api.h"
#include "ports/holdings_api.h"
#include "ports/order_api.h"

namespace tradeauto {

namespace asio = boost::asio;

struct HttpServerSettings {
  std::string host;                // HTTP_HOST
  std::uint16_t port = 0;          // HTTP_PORT; 0: any free one
  std::string version;             // of this program
  std::size_t connections = 1024;  // more get 503
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::chrono::milliseconds handshake_time{10'000};
  std::chrono::milliseconds idle_time{60'000};    // between requests
  std::chrono::milliseconds header_time{10'000};  // from a request's first byte to the end of its header
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds write_time{30'000};
  std::chrono::milliseconds linger_time{2'000};  // what a client may go on sending after a refusal
  std::chrono::seconds longest_wait{60};         // of `Prefer: wait`
  std::size_t event_streams = 512;               // more get 503
  LegacyApiSettings legacy;
  bool open_metrics = false;                       // /metrics asks for no token
  std::uint32_t rate_per_minute = 0;               // requests of one token; 0: no limit
  std::vector<std::string> cors_origins = {};      // whose pages may read answers; see check_cors_origins()
  bool auth = true;                                // AUTH; off: no token is asked for, and the address must be loopback
  std::shared_ptr<const TlsSource> tls = nullptr;  // what it shows to new connections; without it HTTP is in clear
};

// REST v1 over HTTP/1.1, in TLS or in clear. Says who may ask, reads, checks and renders; every decision is taken
// behind the interfaces.
class HttpServer {
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
    asio::any_io_executor executor;
    const Figures* figures = nullptr;  // of the rooms behind, for /metrics; null: they are not shown
  };
  HttpServer(HttpServerSettings settings, Needs needs);
  ~HttpServer();

  // Listens, and returns the port. Blocks while the host's name is looked up.
  // Error: unavailable or unprocessable (port_taken, port_forbidden, bad_host, cannot_listen,
  // auth_off_beyond_loopback), with setting, value and remedy.
  Result<std::uint16_t> start();
  // What /readyz answers; false at first.
  void set_ready(bool ready);
  // Takes no more connections, lets requests end until `deadline`, then cuts them off. Call it once if start() was
  // good.
  asio::awaitable<void> stop(Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tradeauto
