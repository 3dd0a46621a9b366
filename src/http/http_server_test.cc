#include "http/http_server.h"

#include <gtest/gtest.h>

#include "http/http_bench_test.h"

namespace tradeauto {
namespace {

TEST(HttpServerTest, TakesAnOrderAndShowsIt) {
  HttpBench bench;
  RawClient client(bench.port);
  client.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1")));
  const std::string created = client.read_response();
  EXPECT_TRUE(created.starts_with("HTTP/1.1 201 Created\r\n")) << created;
  EXPECT_NE(created.find("\r\nLocation: /v1/orders/" + fake_uuid(1)), std::string::npos) << created;
  client.send(bench.request("GET", "/v1/orders/" + fake_uuid(1)));
  EXPECT_TRUE(client.read_response().ends_with(created.substr(created.find("\r\n\r\n"))));
  client.send(bench.request("POST", "/v1/orders", HttpBench::order("c-1")));
  EXPECT_TRUE(client.read_response().starts_with("HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace tradeauto
