#include "http/http_server.h"

#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/http_bench_test.h"

namespace tradeauto {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// How many times a text is in another one.
std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(HttpServerTest, KeepsAConnectionForManyRequests) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1")));
  const std::string created = client.read_response();
  EXPECT_THAT(created, StartsWith("HTTP/1.1 201 Created\r\n"));
  EXPECT_THAT(created, HasSubstr("\r\nConnection: keep-alive\r\n"));
  client.send(bench.request("GET", "/v1/orders/" + fake_uuid(1)));
  EXPECT_THAT(client.read_response(), EndsWith(created.substr(created.find("\r\n\r\n"))));
  client.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1")));
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("GET", "/v1/version", {}, "X-Request-Id: n1\r\n") +
              bench.request("POST", "/v1/orders", HttpBench::order("c-1"), "X-Request-Id: n2\r\n") +
              bench.request("GET", "/healthz", {}, "X-Request-Id: n3\r\nConnection: close\r\n"));
  const std::string answers = client.read_all();
  EXPECT_EQ(count(answers, "HTTP/1.1 "), 3U) << answers;
  EXPECT_LT(answers.find("X-Request-Id: n1"), answers.find("X-Request-Id: n2"));
  EXPECT_LT(answers.find("X-Request-Id: n2"), answers.find("X-Request-Id: n3"));
  EXPECT_THAT(answers, HasSubstr("Connection: close"));
}

TEST(HttpServerTest, HeadIsGetWithoutABody) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("HEAD", "/v1/version", {}, "Connection: close\r\n"));
  const std::string answer = client.read_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Length: 0\r\n")));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST(HttpServerTest, SpeaksToHttp10AndCloses) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServerTest, TakesAChunkedBody) {
  HttpBench bench;
  RawClient client(bench.port);
  const std::string body = HttpBench::order("c-1");
  client.send(bench.head("POST", "/v1/orders") +
              fmt::format("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                          body.size(), body));
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 201 "));
}

TEST(HttpServerTest, SaysContinueToWhoWaitsForIt) {
  HttpBench bench;
  RawClient client(bench.port);
  const std::string body = HttpBench::order("c-1");
  client.send(
      bench.head("POST", "/v1/orders") +
      fmt::format("Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n", body.size()));
  EXPECT_EQ(client.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(body);
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 201 "));
}

TEST(HttpServerTest, ReadsABodyOfOneMebibyteAndNoLarger) {
  HttpBench bench;
  std::string body = HttpBench::order("c-1");
  body.resize(1024 * 1024, ' ');
  RawClient good(bench.port);
  good.send(bench.request("POST", "/v1/orders", body));
  EXPECT_THAT(good.read_response(), StartsWith("HTTP/1.1 201 "));
  RawClient large(bench.port);
  large.send(bench.request("POST", "/v1/orders", body + " "));
  large.end_sending();
  const std::string refused = large.read_all();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(refused, HasSubstr("application/problem+json"));
}

TEST(HttpServerTest, ClosesAfterAFramingErrorAndReadsNothingBehindIt) {
  HttpBench bench;
  const std::string behind = bench.request("POST", "/v1/orders", HttpBench::order("smuggled"));
  const std::vector<std::string> broken = {
      bench.head("POST", "/v1/orders") + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      bench.head("POST", "/v1/orders") + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345",
      bench.head("GET", "/v1/orders") + "X-A: a\r\n b\r\n\r\n",
      bench.head("GET", "/v1/orders") + "Host: other\r\n\r\n",
      bench.head("GET", "/v1/orders") + "X-Big: " + std::string(100'000, 'a') + "\r\n\r\n",
      "GET /healthz HTTP/1.1\r\n\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00", 7)};
  for (const std::string& request : broken) {
    RawClient client(bench.port);
    client.send(request + behind);
    client.end_sending();
    const std::string answer = client.read_all();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4")) << request.substr(0, 200);
    EXPECT_EQ(count(answer, "HTTP/1.1 "), 1U) << answer;
    EXPECT_THAT(answer, HasSubstr("\"sent\":\"no\""));
  }
  EXPECT_TRUE(bench.orders.requests.empty());
}

TEST(HttpServerTest, AClientThatLeavesInTheMiddleStoresNothing) {
  HttpBench bench;
  const std::string request = bench.request("POST", "/v1/orders", HttpBench::order("c-1"));
  for (const std::size_t part : {std::size_t{1}, request.size() / 2, request.size() - 1}) {
    RawClient client(bench.port);
    client.send(request.substr(0, part));
  }
  RawClient last(bench.port);
  last.send(request.substr(0, request.size() - 1));
  last.end_sending();
  EXPECT_EQ(last.read_all(), "");
  EXPECT_TRUE(bench.orders.requests.empty());
}

TEST(HttpServerTest, CutsOffWhoIsTooSlow) {
  HttpServerSettings settings;
  settings.header_time = settings.body_time = settings.idle_time = seconds(2);  // the begun ones begin sooner
  HttpBench bench(settings);
  RawClient silent(bench.port);
  RawClient slow_header(bench.port);
  RawClient slow_body(bench.port);
  slow_header.send("POST /v1/orders HTTP/1.1\r\nHost: h\r\n");
  slow_body.send(bench.head("POST", "/v1/orders") + "Content-Length: 100\r\n\r\n{");
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_THAT(slow_header.read_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(slow_body.read_all(), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServerTest, TurnsAwayWhoIsTooMany) {
  HttpServerSettings settings;
  settings.connections = 2;
  HttpBench bench(settings);
  RawClient first(bench.port);
  RawClient second(bench.port);
  for (RawClient* client : {&first, &second}) {
    client->send(bench.request("GET", "/healthz"));
    EXPECT_THAT(client->read_response(), StartsWith("HTTP/1.1 200 "));
  }
  RawClient third(bench.port);
  const std::string refused = third.read_all();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("\r\nRetry-After: 1\r\n"));
  first.send(bench.request("GET", "/healthz", {}, "Connection: close\r\n"));
  EXPECT_THAT(first.read_all(), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServerTest, AnswersWhoWaitsAsSoonAsTheOrderIsSettled) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1"), "Prefer: wait=30\r\n"));
  ASSERT_TRUE(bench.orders.await_waiting(1));
  bench.orders.settle(ChildOrderStatus::filled);
  const std::string answer = client.read_response();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 "));
  EXPECT_THAT(answer, HasSubstr("\r\nPreference-Applied: wait=30\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"status\":\"settled\""));
}

TEST(HttpServerTest, AWaitingClientThatLeavesIsWaitedForNoLonger) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1"), "Prefer: wait=60\r\n"));
  ASSERT_TRUE(bench.orders.await_waiting(1));
  client.close();
  EXPECT_TRUE(bench.orders.await_waiting(0));
}

TEST(HttpServerTest, WhatIsPipelinedBehindAWaitIsKept) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1"), "Prefer: wait=30\r\n"));
  ASSERT_TRUE(bench.orders.await_waiting(1));
  client.send(bench.request("GET", "/v1/version"));
  client.send(bench.request("GET", "/healthz"));
  bench.orders.settle(ChildOrderStatus::filled);
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 201 "));
  EXPECT_THAT(client.read_response(), HasSubstr("1.2.3"));
  EXPECT_THAT(client.read_response(), HasSubstr("\"ok\""));
}

TEST(HttpServerTest, StopsWithAnAnswerToWhoWaitsAndAtOnceForWhoIsIdle) {
  HttpBench bench;
  RawClient idle(bench.port);
  idle.send(bench.request("GET", "/healthz"));
  idle.read_response();
  RawClient waiting(bench.port);
  waiting.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1"), "Prefer: wait=60\r\n"));
  ASSERT_TRUE(bench.orders.await_waiting(1));
  bench.stop(std::chrono::minutes(10));
  EXPECT_EQ(idle.read_all(), "");
  const std::string answer = waiting.read_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 "));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_FALSE(RawClient(bench.port).connected());
}

TEST(HttpServerTest, LetsARequestEndBeforeItStops) {
  HttpBench bench;
  const std::string request = bench.request("POST", "/v1/orders", HttpBench::order("c-1"));
  RawClient client(bench.port);
  client.send(bench.request("GET", "/healthz") + request.substr(0, request.size() - 1));
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 200 "));  // so it has read what there was of the second one
  std::future<void> stopped = bench.begin_stop(std::chrono::minutes(10));
  client.send(request.substr(request.size() - 1));
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 201 "));
  stopped.wait();
}

TEST(HttpServerTest, CutsOffAtTheDeadlineOfItsStop) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("GET", "/healthz") + "GET /healthz HTTP/1.1\r\nHost: h\r\n");
  client.read_response();
  bench.stop(milliseconds(20));
  EXPECT_EQ(client.read_all(), "");
}

// What start() says of a place where it cannot listen.
Error start_error(const std::string& host, std::uint16_t port, bool auth = true) {
  asio::io_context io;
  const SystemClock clock;
  SystemRng rng;
  FakeOrders orders;
  FakeAccounts accounts;
  FakeWorkers workers;
  FakeHoldings holdings;
  FakeEvents events;
  FakeAccess access;
  HttpServerSettings settings;
  settings.host = host;
  settings.port = port;
  settings.auth = auth;
  HttpServer server(settings, {.orders = orders,
                               .accounts = accounts,
                               .workers = workers,
                               .holdings = holdings,
                               .events = events,
                               .access = access,
                               .clock = clock,
                               .rng = rng,
                               .log = null_logger(),
                               .executor = io.get_executor()});
  const auto started = server.start();
  EXPECT_FALSE(started.ok());
  return started.ok() ? Error{} : started.error();
}

TEST(HttpServerTest, NamesAPortThatIsTaken) {
  HttpBench bench;
  const Error error = start_error("127.0.0.1", bench.port);
  EXPECT_EQ(error.reason, "port_taken");
  EXPECT_THAT(error.message, HasSubstr(fmt::format("HTTP_PORT={}", bench.port)));
  EXPECT_THAT(error.message, HasSubstr("in use"));
}

TEST(HttpServerTest, NamesAHostThatIsNotHere) {
  EXPECT_EQ(start_error("host.invalid", 0).reason, "bad_host");
  EXPECT_THAT(start_error("192.0.2.1", 0).message, HasSubstr("HTTP_HOST=192.0.2.1"));
}

TEST(HttpServerTest, WithoutATokenItIsForThisMachineOnly) {
  const Error error = start_error("0.0.0.0", 0, false);
  EXPECT_EQ(error.reason, "auth_off_beyond_loopback");
  EXPECT_THAT(error.message, HasSubstr("AUTH=off"));
  EXPECT_THAT(error.message, HasSubstr("HTTP_HOST=0.0.0.0"));
  HttpServerSettings settings;
  settings.auth = false;
  EXPECT_NE(HttpBench(settings).port, 0);
}

}  // namespace
}  // namespace tradeauto
