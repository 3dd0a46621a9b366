#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/secret.h"
#include "http/request_handler.h"
#include "http/route_table.h"
#include "http/target.h"
#include "http/worker_figures.h"
#include "ports/worker_health.h"

namespace tradeauto {

struct HealthHandlerSettings {
  std::string version;
  // What /metrics asks for; nothing: it is open.
  std::optional<SecretString> metrics_token = std::nullopt;
};

// What a worker answers: /healthz, /readyz, /metrics, and the pages of its problems. Strand: none; calls overlap.
class HealthHandler final : public RequestHandler {
 public:
  struct Needs {
    const WorkerHealth& worker;
    const Clock& clock;
    Rng& rng;
    Logger log;
    const WorkerFigures* figures = nullptr;  // null: none are shown
  };
  HealthHandler(HealthHandlerSettings settings, Needs needs);
  ~HealthHandler() override;

  asio::awaitable<ApiReply> handle(WireRequest request, Peer& peer, std::string address) override;
  ApiReply refuse(unsigned status, const Error& error) override;

 private:
  struct Metrics;
  asio::awaitable<Result<ApiReply>> answer(WireRequest request, std::string* allow);
  asio::awaitable<Result<ApiReply>> readiness();
  asio::awaitable<Result<ApiReply>> metrics();
  Result<void> check_token(const WireRequest& request) const;

  const HealthHandlerSettings settings_;
  Needs needs_;
  RouteTable routes_;
  std::unique_ptr<Metrics> metrics_;
};

}  // namespace tradeauto
