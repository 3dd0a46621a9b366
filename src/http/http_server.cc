#include "http/http_server.h"

#include <utility>

#include <fmt/format.h>

#include "http/api_handler.h"
#include "http/http_listener.h"

namespace tradeauto {
namespace {

HttpListenerSettings listener_settings(const HttpServerSettings& settings) {
  return {.host = settings.host,
          .port = settings.port,
          .connections = settings.connections,
          .connection = {.limits = {.header_bytes = settings.header_bytes, .body_bytes = settings.body_bytes},
                         .handshake_time = settings.handshake_time,
                         .idle_time = settings.idle_time,
                         .header_time = settings.header_time,
                         .body_time = settings.body_time,
                         .write_time = settings.write_time,
                         .linger_time = settings.linger_time},
          .tls = settings.tls};
}

// Without a token whoever reaches the server is an administrator, so nobody else may: the address counts, not its name.
Result<void> check_reach(const asio::ip::address& address, const HttpServerSettings& settings) {
  if (settings.auth || address.is_loopback()) return {};
  return make_error(ErrorCode::unprocessable, "auth_off_beyond_loopback",
                    fmt::format("AUTH=off, and HTTP_HOST={} is the address {}, which others can reach. Set "
                                "HTTP_HOST=127.0.0.1, or AUTH=on",
                                settings.host, address.to_string()));
}

}  // namespace

struct HttpServer::Impl {
  Impl(HttpServerSettings its_settings, Needs needs)
      : settings(std::move(its_settings)),
        handler({.version = settings.version,
                 .longest_wait = settings.longest_wait,
                 .event_streams = settings.event_streams,
                 .auth = settings.auth,
                 .legacy = settings.legacy,
                 .open_metrics = settings.open_metrics,
                 .rate_per_minute = settings.rate_per_minute,
                 .cors_origins = settings.cors_origins},
                {.orders = needs.orders,
                 .accounts = needs.accounts,
                 .workers = needs.workers,
                 .holdings = needs.holdings,
                 .events = needs.events,
                 .access = needs.access,
                 .clock = needs.clock,
                 .rng = needs.rng,
                 .log = needs.log,
                 .figures = needs.figures}),
        listener(listener_settings(settings),
                 {.handler = handler, .clock = needs.clock, .log = needs.log, .executor = needs.executor}) {}

  const HttpServerSettings settings;
  ApiHandler handler;
  HttpListener listener;
};

HttpServer::HttpServer(HttpServerSettings settings, Needs needs)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(needs))) {}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::start() {
  TRY(const std::uint16_t port, impl_->listener.open());
  TRY_VOID(check_reach(impl_->listener.address(), impl_->settings));
  impl_->listener.accept();
  return port;
}

void HttpServer::set_ready(bool ready) { impl_->handler.set_ready(ready); }

asio::awaitable<void> HttpServer::stop(Deadline deadline) {
  set_ready(false);
  co_await impl_->listener.stop(deadline);
}

}  // namespace tradeauto
