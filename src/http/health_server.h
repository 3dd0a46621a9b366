#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/log.h"
#include "base/result.h"
#include "base/rng.h"
#include "base/secret.h"
#include "http/worker_figures.h"
#include "ports/worker_health.h"

namespace tradeauto {

namespace asio = boost::asio;

struct HealthServerSettings {
  std::string host;        // HTTP_HOST
  std::uint16_t port = 0;  // HTTP_PORT; 0: any free one
  std::string version;     // of this program
  // What /metrics asks for; nothing: it is open.
  std::optional<SecretString> metrics_token = std::nullopt;
};

// A worker's own HTTP: whether it lives, whether it has a session, and its figures. No order passes here.
class HealthServer {
 public:
  struct Needs {
    const WorkerHealth& worker;
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor executor;
    const WorkerFigures* figures = nullptr;  // null: none are shown
  };
  HealthServer(HealthServerSettings settings, Needs needs);
  ~HealthServer();

  // Listens, and returns the port. Blocks while the host's name is looked up. Error: as HttpServer's.
  Result<std::uint16_t> start();
  // Takes no more connections, lets requests end until `deadline`, then cuts them off. Once, if start() was good.
  asio::awaitable<void> stop(Deadline deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tradeauto
