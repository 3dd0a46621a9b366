#pragma once

#include <string>
#include <utility>

#include "http/route_table.h"
#include "ports/order_api.h"

namespace tradeauto {

// What there is: brokerages, workers, this version.
class CatalogueRoutes {
 public:
  // `workers` outlives it, and it outlives the table.
  CatalogueRoutes(WorkerApi& workers, std::string version) : workers_(workers), version_(std::move(version)) {}

  void add_to(RouteTable& routes);

 private:
  asio::awaitable<Result<ApiReply>> list_brokerages(ApiCall call);
  asio::awaitable<Result<ApiReply>> show_brokerage(ApiCall call);
  asio::awaitable<Result<ApiReply>> list_workers(ApiCall call);
  asio::awaitable<Result<ApiReply>> drain_worker(ApiCall call);
  asio::awaitable<Result<ApiReply>> show_version(ApiCall call);

  WorkerApi& workers_;
  const std::string version_;
};

}  // namespace tradeauto
