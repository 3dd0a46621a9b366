#include "http/health_server.h"

#include <utility>

#include "http/health_handler.h"
#include "http/http_listener.h"

namespace tradeauto {
namespace {

using std::chrono::seconds;

// A few probes and a scraper ask, in short requests without a body.
HttpListenerSettings listener_settings(const HealthServerSettings& settings) {
  return {.host = settings.host,
          .port = settings.port,
          .connections = 64,
          .connection = {.limits = {.header_bytes = 16 * 1024, .body_bytes = 1024},
                         .handshake_time = seconds(10),
                         .idle_time = seconds(60),
                         .header_time = seconds(10),
                         .body_time = seconds(10),
                         .write_time = seconds(10),
                         .linger_time = seconds(2)}};
}

}  // namespace

struct HealthServer::Impl {
  Impl(HealthServerSettings settings, const Needs& needs)
      : handler({.version = settings.version, .metrics_token = std::move(settings.metrics_token)},
                {.worker = needs.worker,
                 .clock = needs.clock,
                 .rng = needs.rng,
                 .log = needs.log,
                 .figures = needs.figures}),
        listener(listener_settings(settings),
                 {.handler = handler, .clock = needs.clock, .log = needs.log, .executor = needs.executor}) {}

  HealthHandler handler;
  HttpListener listener;
};

HealthServer::HealthServer(HealthServerSettings settings, Needs needs)
    : impl_(std::make_unique<Impl>(std::move(settings), needs)) {}

HealthServer::~HealthServer() = default;

Result<std::uint16_t> HealthServer::start() {
  TRY(const std::uint16_t port, impl_->listener.open());
  impl_->listener.accept();
  return port;
}

asio::awaitable<void> HealthServer::stop(Deadline deadline) { co_await impl_->listener.stop(deadline); }

}  // namespace tradeauto
