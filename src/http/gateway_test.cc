#include <algorithm>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"
#include "testing/fake_clock.h"

namespace tradeauto {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

// What a gateway adds to answers of every kind: rates, other origins' pages, metrics.
class GatewayTest : public testing::Test {
 protected:
  struct Options {
    bool auth = true;
    bool open_metrics = false;
    std::uint32_t rate_per_minute = 0;
    std::vector<std::string> cors_origins = {};
    const Figures* figures = nullptr;
  };

  void gateway(Options options) {
    ApiSettings settings;
    settings.version = "1.2.3";
    settings.auth = options.auth;
    settings.open_metrics = options.open_metrics;
    settings.rate_per_minute = options.rate_per_minute;
    settings.cors_origins = std::move(options.cors_origins);
    handler_ = std::make_unique<ApiHandler>(std::move(settings), ApiHandler::Needs{.orders = orders,
                                                                                   .accounts = accounts,
                                                                                   .workers = workers,
                                                                                   .holdings = holdings,
                                                                                   .events = events,
                                                                                   .access = access,
                                                                                   .clock = clock,
                                                                                   .rng = rng,
                                                                                   .log = null_logger(),
                                                                                   .figures = options.figures});
  }

  ApiReply ask(NameValues headers, std::string address = "192.0.2.1", std::string target = "/v1/version",
               std::string method = "GET", std::string body = {}) {
    WireRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = std::move(headers);
    request.body = std::move(body);
    return run_async(io_, handler_->handle(std::move(request), peer_, std::move(address)));
  }

  static std::string header(const ApiReply& reply, std::string_view name) {
    const auto it = std::ranges::find(reply.headers, name, &NameValues::value_type::first);
    return it == reply.headers.end() ? std::string() : it->second;
  }

  const NameValues right_ = {{"authorization", "Bearer ta_test"}};
  const NameValues wrong_ = {{"authorization", "Bearer ta_guess"}};
  FakeClock clock;
  SystemRng rng;
  FakeOrders orders;
  FakeAccounts accounts;
  FakeWorkers workers;
  FakeHoldings holdings;
  FakeEvents events;
  FakeAccess access;

 private:
  FakePeer peer_{true};
  std::unique_ptr<ApiHandler> handler_;
  asio::io_context io_;
};

TEST_F(GatewayTest, ATokenHasARate) {
  gateway({.rate_per_minute = 2});
  const ApiReply first = ask(right_);
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(header(first, "RateLimit-Policy"), "\"caller\";q=2;w=60");
  EXPECT_EQ(header(first, "RateLimit"), "\"caller\";r=1");
  EXPECT_EQ(ask(right_).status, 200U);
  const ApiReply refused = ask(right_, "198.51.100.7");
  EXPECT_EQ(refused.status, 429U) << "of the token, wherever it is used";
  EXPECT_EQ(header(refused, "Retry-After"), "30");
  EXPECT_EQ(header(refused, "RateLimit"), "\"caller\";r=0;t=30");
  const auto body = boost::json::parse(refused.body);
  EXPECT_EQ(body.at("code"), "rate_limited");
  EXPECT_EQ(body.at("sent"), "no");
  EXPECT_EQ(ask({}, "192.0.2.1", "/healthz").status, 200U) << "what needs no token has no rate";
  clock.advance(seconds(30));
  EXPECT_EQ(ask(right_).status, 200U);
}

TEST_F(GatewayTest, WithoutARateNothingIsSaidOfOne) {
  gateway({});
  const ApiReply reply = ask(right_);
  EXPECT_EQ(header(reply, "RateLimit"), "");
  EXPECT_EQ(header(reply, "RateLimit-Policy"), "");
}

TEST_F(GatewayTest, WhoTriesTokensIsSlowedAndNobodyElse) {
  gateway({});
  for (int i = 0; i < 60; ++i) ASSERT_EQ(ask(wrong_).status, 401U) << i;
  const ApiReply slowed = ask(wrong_);
  EXPECT_EQ(slowed.status, 429U);
  EXPECT_EQ(header(slowed, "Retry-After"), "1");
  EXPECT_EQ(ask(right_).status, 429U) << "from there the right one is not looked at either: it would tell";
  EXPECT_EQ(ask(right_, "198.51.100.7").status, 200U);
  EXPECT_EQ(ask({}, "192.0.2.1", "/healthz").status, 200U);
  clock.advance(seconds(1));
  EXPECT_EQ(ask(right_).status, 200U);
}

TEST_F(GatewayTest, ThisMachineIsNotLockedOut) {
  gateway({});
  for (int i = 0; i < 100; ++i) ASSERT_EQ(ask(wrong_, "127.0.0.1").status, 401U);
  EXPECT_EQ(ask(right_, "127.0.0.1").status, 200U);
}

TEST_F(GatewayTest, ANamedOriginsPageMayAskAndRead) {
  gateway({.cors_origins = {"https://page.example"}});
  const ApiReply allowed = ask({{"origin", "https://page.example"}, {"access-control-request-method", "POST"}},
                               "192.0.2.1", "/v1/orders", "OPTIONS");
  EXPECT_EQ(allowed.status, 204U);
  EXPECT_EQ(header(allowed, "Access-Control-Allow-Origin"), "https://page.example");
  NameValues headers = right_;
  headers.emplace_back("origin", "https://page.example");
  EXPECT_EQ(header(ask(headers), "Access-Control-Allow-Origin"), "https://page.example");
  const ApiReply refused = ask({{"origin", "https://page.example"}});
  EXPECT_EQ(refused.status, 401U) << "it needs a token as everybody";
  EXPECT_EQ(header(refused, "Access-Control-Allow-Origin"), "https://page.example") << "and can read why";
}

TEST_F(GatewayTest, OtherOriginsPagesMayNot) {
  gateway({.cors_origins = {"https://page.example"}});
  const ApiReply refused = ask({{"origin", "https://evil.example"}, {"access-control-request-method", "POST"}},
                               "192.0.2.1", "/v1/orders", "OPTIONS");
  EXPECT_NE(refused.status, 204U);
  EXPECT_EQ(header(refused, "Access-Control-Allow-Origin"), "");
}

TEST_F(GatewayTest, WithAuthOffANamedOriginIsAsForeignAsAny) {
  gateway({.auth = false, .cors_origins = {"https://page.example"}});
  const NameValues headers = {
      {"host", "127.0.0.1:8000"}, {"origin", "https://page.example"}, {"access-control-request-method", "POST"}};
  EXPECT_EQ(ask(headers, "127.0.0.1", "/v1/orders", "OPTIONS").status, 403U);
  EXPECT_EQ(ask(headers, "127.0.0.1").status, 403U);
}

TEST_F(GatewayTest, MetricsCountAnswersByRoute) {
  gateway({.open_metrics = true});
  ask(right_);
  ask(wrong_);
  ask(right_, "192.0.2.1", "/nowhere/at/all");
  NameValues headers = right_;
  headers.emplace_back("content-type", "application/json");
  const ApiReply placed =
      ask(headers, "192.0.2.1", "/v1/orders", "POST",
          R"({"client_order_id":"c","group":"smiths","side":"buy","quantity":"1","symbols":["ZZZZ"]})");
  ASSERT_EQ(placed.status, 201U);
  const ApiReply page = ask({}, "192.0.2.1", "/metrics");
  ASSERT_EQ(page.status, 200U);
  EXPECT_EQ(page.content_type, "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line : {"tradeauto_http_requests_total{method=\"GET\",route=\"/v1/version\",status=\"2xx\"} 1\n",
                           "tradeauto_http_requests_total{method=\"GET\",route=\"/v1/version\",status=\"4xx\"} 1\n",
                           "tradeauto_http_requests_total{method=\"any\",route=\"other\",status=\"4xx\"} 1\n",
                           "tradeauto_order_accept_duration_seconds_count 1\n", "tradeauto_in_doubt_child_orders 0\n",
                           "tradeauto_worker_sessions ", "tradeauto_build_info{version=\"1.2.3\"} 1\n",
                           "process_resident_memory_bytes ", "process_open_fds ", "process_cpu_seconds_total "}) {
    EXPECT_THAT(page.body, HasSubstr(line));
  }
  for (const char* word : {"smiths", "ZZZZ", "ta_test", "192.0.2.1"}) EXPECT_THAT(page.body, Not(HasSubstr(word)));
}

TEST_F(GatewayTest, MetricsCountWhatTheLedgerHasInDoubt) {
  orders.settle_at_once = ChildOrderStatus::in_doubt;
  gateway({.open_metrics = true});
  NameValues headers = right_;
  headers.emplace_back("content-type", "application/json");
  ask(headers, "192.0.2.1", "/v1/orders", "POST",
      R"({"client_order_id":"c","group":"smiths","side":"buy","quantity":"1","symbols":["ZZZZ"]})");
  gateway({.open_metrics = true});  // a new start
  EXPECT_THAT(ask({}, "192.0.2.1", "/metrics").body, HasSubstr("tradeauto_in_doubt_child_orders 1\n"));
  EXPECT_EQ(orders.filters.back().status, OrderStatus::attention);
}

TEST_F(GatewayTest, MetricsShowWhatTheRoomsBehindTell) {
  Figures figures;
  gateway({.open_metrics = true, .figures = &figures});
  figures.child_order_became(ChildOrderStatus::filled, Brokerage::paper);
  figures.child_order_became(ChildOrderStatus::in_doubt, Brokerage::tradier);
  figures.ledger_written(std::chrono::milliseconds(3));
  const std::string page = ask({}, "192.0.2.1", "/metrics").body;
  for (const char* line :
       {"tradeauto_child_orders_total{executor=\"paper\",status=\"filled\"} 1\n",
        "tradeauto_child_orders_total{executor=\"autorsa\",status=\"in_doubt\"} 1\n",
        "tradeauto_child_orders_total{executor=\"autorsa\",status=\"expired\"} 0\n",
        "tradeauto_ledger_commit_duration_seconds_bucket{le=\"0.0025\"} 0\n",
        "tradeauto_ledger_commit_duration_seconds_bucket{le=\"0.005\"} 1\n", "tradeauto_http_requests_total"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

TEST_F(GatewayTest, BeyondLoopbackMetricsNeedATokenOfTheAdministrator) {
  gateway({});
  EXPECT_EQ(ask({}, "192.0.2.1", "/metrics").status, 401U);
  EXPECT_EQ(ask(right_, "192.0.2.1", "/metrics").status, 200U);
}

}  // namespace
}  // namespace tradeauto
