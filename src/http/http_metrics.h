#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "http/figures.h"
#include "http/route_table.h"
#include "ports/order_api.h"

namespace tradeauto {

// What /metrics tells of a main server: its requests, what stands in the ledger and who is connected, its process.
// Nobody and nothing by name: no account, order, symbol, group, worker or person is a label. Thread-safe.
class HttpMetrics {
 public:
  // `routes` is complete, and is what request() is called with; the rest outlives it. `figures`: of the rooms behind;
  // null: none are shown.
  HttpMetrics(const std::string& version, const RouteTable& routes, OrderApi& orders, WorkerApi& workers,
              const Figures* figures);
  ~HttpMetrics();

  // One answer. `route`: null for a path that the table does not have. `took`: nothing when the client had it wait.
  void request(const Route* route, unsigned status, std::optional<std::chrono::nanoseconds> took);

  // Prometheus text. What stands in the ledger is counted there, so that it is right after a restart.
  asio::awaitable<Result<ApiReply>> page();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tradeauto
