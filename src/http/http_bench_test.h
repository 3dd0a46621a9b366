#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include "http/fake_access_test.h"
#include "http/fake_accounts_test.h"
#include "http/fake_events_test.h"
#include "http/fake_holdings_test.h"
#include "http/fake_orders_test.h"
#include "http/fake_workers_test.h"
#include "http/http_server.h"
#include "http/raw_client_test.h"
#include "net/pool.h"
#include "testing/null_log.h"

namespace tradeauto {

// A server on loopback over fakes, on threads of its own.
class HttpBench {
 public:
  static constexpr std::string_view kToken = "ta_test";

  explicit HttpBench(HttpServerSettings settings = {})
      : server_(with_address(std::move(settings)), {.orders = orders,
                                                    .accounts = accounts,
                                                    .workers = workers,
                                                    .holdings = holdings,
                                                    .events = events,
                                                    .access = access,
                                                    .clock = clock_,
                                                    .rng = rng_,
                                                    .log = null_logger(),
                                                    .executor = io_.get_executor()}) {
    auto started = server_.start();
    port = started.ok() ? *started : 0;
    server_.set_ready(true);
    for (int i = 0; i < 2; ++i) asio::post(pool_.executor(), [this] { io_.run(); });
  }
  ~HttpBench() {
    stop(std::chrono::seconds(10));
    work_.reset();
  }

  void set_ready(bool ready) { server_.set_ready(ready); }
  void stop(std::chrono::nanoseconds within) {
    if (!std::exchange(stopped_, true)) begin_stop(within).wait();
  }
  std::future<void> begin_stop(std::chrono::nanoseconds within) {
    stopped_ = true;
    return asio::co_spawn(io_, server_.stop(Deadline::after(clock_, within)), asio::use_future);
  }

  // The head of a request with a token, without its end, and the whole of one.
  std::string head(std::string_view method, std::string_view target) const {
    return fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n", method, target, port,
                       kToken);
  }
  std::string request(std::string_view method, std::string_view target, std::string_view body = {},
                      std::string_view more = {}) const {
    std::string text = head(method, target) + std::string(more);
    if (!body.empty()) text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    return text + "\r\n" + std::string(body);
  }
  static std::string order(std::string_view client_order_id) {
    return fmt::format(R"({{"client_order_id":"{}","group":"family","side":"buy","quantity":"1","symbols":["AAPL"]}})",
                       client_order_id);
  }

  FakeOrders orders;
  FakeAccounts accounts;
  FakeWorkers workers;
  FakeHoldings holdings;
  FakeEvents events;
  FakeAccess access;
  std::uint16_t port = 0;

 private:
  static HttpServerSettings with_address(HttpServerSettings settings) {
    settings.host = "127.0.0.1";
    settings.version = "1.2.3";
    return settings;
  }

  const SystemClock clock_;
  SystemRng rng_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  HttpServer server_;
  bool stopped_ = false;
  BlockingPool pool_{"http", 2};
};

}  // namespace tradeauto
