#include "http/health_server.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/raw_client_test.h"
#include "testing/null_log.h"

namespace tradeauto {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct StubWorker final : WorkerHealth {
  WorkerStanding standing() const override { return now; }
  WorkerStanding now;
};

class HealthServerTest : public testing::Test {
 protected:
  void serve(std::optional<SecretString> metrics_token = std::nullopt) {
    server_ = std::make_unique<HealthServer>(
        HealthServerSettings{.host = "127.0.0.1", .version = "1.2.3", .metrics_token = std::move(metrics_token)},
        HealthServer::Needs{.worker = worker,
                            .clock = clock_,
                            .rng = rng_,
                            .log = null_logger(),
                            .executor = io_.get_executor(),
                            .figures = &figures});
    auto started = server_->start();
    ASSERT_TRUE(started.ok()) << started.error().message;
    port_ = *started;
  }
  ~HealthServerTest() override {
    if (server_) {
      asio::co_spawn(io_, server_->stop(Deadline::after(clock_, std::chrono::seconds(5))), asio::use_future).get();
    }
    work_.reset();
    thread_.join();
  }

  std::string ask(const std::string& path, const std::string& headers = {}, const std::string& method = "GET") {
    RawClient client(port_);
    client.send(fmt::format("{} {} HTTP/1.1\r\nHost: w\r\nConnection: close\r\n{}\r\n", method, path, headers));
    return client.read_all();
  }

  StubWorker worker;
  WorkerFigures figures;

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::jthread thread_{[this] { io_.run(); }};
  SystemClock clock_;
  SystemRng rng_;
  std::unique_ptr<HealthServer> server_;
  std::uint16_t port_ = 0;
};

TEST_F(HealthServerTest, LivesWithoutASessionAndIsReadyWithOne) {
  serve();
  EXPECT_THAT(ask("/healthz"), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr(R"({"status":"ok"})")));
  EXPECT_THAT(ask("/readyz"), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\"not_ready\""),
                                    HasSubstr("no session with a main server"), HasSubstr("Retry-After: 1\r\n")));
  EXPECT_THAT(ask("/problems/not_ready"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(HealthServerTest, IsReadyWithASession) {
  worker.now.has_session = true;
  serve();
  EXPECT_THAT(ask("/readyz"), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr(R"({"status":"ready"})")));
}

TEST_F(HealthServerTest, TellsItsFigures) {
  worker.now = {.has_session = true, .running_tasks = 3};
  serve();
  figures.run_ended("paper", RunEnd::answered, std::chrono::milliseconds(20));
  figures.run_ended("autorsa", RunEnd::in_doubt, std::chrono::seconds(40));
  figures.start_recorded(std::chrono::milliseconds(2));
  const std::string page = ask("/metrics");
  for (const char* line : {"tradeauto_main_server_session 1\n", "tradeauto_running_tasks 3\n",
                           "tradeauto_build_info{version=\"1.2.3\"} 1\n",
                           "tradeauto_runs_total{executor=\"paper\",outcome=\"answered\"} 1\n",
                           "tradeauto_runs_total{executor=\"autorsa\",outcome=\"in_doubt\"} 1\n",
                           "tradeauto_runs_total{executor=\"autorsa\",outcome=\"denied\"} 0\n",
                           "tradeauto_run_duration_seconds_count{executor=\"autorsa\"} 1\n",
                           "tradeauto_journal_write_duration_seconds_bucket{le=\"0.001\"} 0\n",
                           "tradeauto_journal_write_duration_seconds_bucket{le=\"0.0025\"} 1\n",
                           "process_resident_memory_bytes ", "process_open_fds ", "process_cpu_seconds_total "}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

TEST_F(HealthServerTest, FiguresMayNeedAToken) {
  serve(SecretString("ta_right"));
  EXPECT_THAT(ask("/metrics"), AllOf(StartsWith("HTTP/1.1 401 "), Not(HasSubstr("tradeauto_"))));
  EXPECT_THAT(ask("/metrics", "Authorization: Bearer ta_wrong\r\n"), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(ask("/metrics", "Authorization: Bearer ta_right\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(ask("/healthz"), StartsWith("HTTP/1.1 200 OK\r\n")) << "a probe has no token";
}

TEST_F(HealthServerTest, HasNothingElse) {
  serve();
  EXPECT_THAT(ask("/v1/orders"), AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("\"unknown_path\"")));
  EXPECT_THAT(ask("/healthz", {}, "DELETE"), AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_THAT(ask("/healthz", "X-Request-Id: r-1\r\n"), HasSubstr("X-Request-Id: r-1\r\n"));
  EXPECT_THAT(ask("/metrics", "Content-Length: 2000\r\n"), StartsWith("HTTP/1.1 413 "));
}

}  // namespace
}  // namespace tradeauto
