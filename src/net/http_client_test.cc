#include "net/http_client.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include "net/first_of.h"
#include "testing/end_test.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

HttpRequest get_x() {
  HttpRequest request;
  request.target = "/x";
  return request;
}

asio::awaitable<void> at_once() { co_await asio::post(asio::use_awaitable); }

// One connection, whose bytes the test writes.
class HttpClientTest : public testing::Test {
 protected:
  // Accepts, reads the request, and answers with these bytes.
  asio::awaitable<void> serve(std::string answer) {
    auto [error, socket] = co_await acceptor_.async_accept(kTuple);
    peer_ = std::move(socket);
    co_await asio::async_read_until(peer_, asio::dynamic_buffer(request_), "\r\n\r\n", kTuple);
    co_await asio::async_write(peer_, asio::buffer(answer), kTuple);
  }
  Deadline soon() const { return Deadline::after(clock_, kPatience); }

  Result<std::unique_ptr<HttpStream>> open(std::string answer, std::optional<Deadline> deadline = {}) {
    asio::co_spawn(io_, serve(std::move(answer)), asio::detached);
    return run_async(io_, client_.open(get_x(), deadline.value_or(soon())));
  }
  Result<HttpResponse> request(std::string answer) {
    asio::co_spawn(io_, serve(std::move(answer)), asio::detached);
    return run_async(io_, client_.request(get_x(), soon()));
  }
  std::string read(HttpStream& stream) {
    auto piece = run_async(io_, stream.read(soon()));
    return piece.ok() ? *piece : "error: " + piece.error().reason;
  }
  void write(std::string_view bytes) { asio::write(peer_, asio::buffer(bytes.data(), bytes.size())); }

  const SystemClock clock_;
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  tcp::socket peer_{io_};
  std::string request_;
  HttpClient client_{"127.0.0.1", acceptor_.local_endpoint().port(), clock_};
};

TEST_F(HttpClientTest, AChunkedBodyComesAsItArrives) {
  auto stream = open("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  ASSERT_TRUE(stream.ok()) << stream.error().message;
  EXPECT_THAT(request_, StartsWith("GET /x HTTP/1.1\r\n"));
  EXPECT_EQ((*stream)->status(), 200);
  EXPECT_EQ((*stream)->header("content-type"), "text/event-stream");
  EXPECT_EQ((*stream)->header("X-None"), "");
  write("3\r\none\r\n");
  EXPECT_EQ(read(**stream), "one");
  write("9\r\ntwo-");
  EXPECT_EQ(read(**stream), "two-");
  write("three\r");
  EXPECT_EQ(read(**stream), "three");
  write("\n0\r\n\r\n");
  EXPECT_EQ(read(**stream), "");
  EXPECT_EQ(read(**stream), "");
}

TEST_F(HttpClientTest, ABodyWithoutALengthEndsWithTheConnection) {
  auto stream = open("HTTP/1.1 200 OK\r\n\r\nfirst");
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ(read(**stream), "first");
  write("second");
  EXPECT_EQ(read(**stream), "second");
  peer_.close();
  EXPECT_EQ(read(**stream), "");
}

TEST_F(HttpClientTest, WhatWasCutOffIsNotTakenForTheEnd) {
  auto stream = open("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ(read(**stream), "first");
  peer_.close();
  EXPECT_EQ(read(**stream), "error: no_answer");
}

TEST_F(HttpClientTest, SilenceEndsAReadAtItsDeadline) {
  auto stream = open("HTTP/1.1 200 OK\r\n\r\n");
  ASSERT_TRUE(stream.ok());
  const auto silent = run_async(io_, (*stream)->read(Deadline::after(clock_, milliseconds(5))));
  ASSERT_FALSE(silent.ok());
  EXPECT_EQ(silent.error().code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(silent.error().reason, "timed_out");
}

TEST_F(HttpClientTest, AReadIsCancelled) {
  auto stream = open("HTTP/1.1 200 OK\r\n\r\n");
  ASSERT_TRUE(stream.ok());
  const auto ended = run_async(io_, unless((*stream)->read(Deadline::never()), at_once()));
  ASSERT_TRUE(ended.has_value() && !ended->ok());
  EXPECT_EQ(ended->error().code, ErrorCode::canceled);
}

TEST_F(HttpClientTest, AHeadThatDoesNotComeIsDoubt) {
  const auto late = open("HTTP/1.1 200", Deadline::after(clock_, seconds(2)));
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(late.error().effect, Effect::maybe);
}

TEST_F(HttpClientTest, WhereNobodyListensNothingWasSent) {
  acceptor_.close();
  const auto refused = run_async(io_, client_.open({}, soon()));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "connect_failed");
  EXPECT_EQ(refused.error().effect, Effect::none);
}

TEST_F(HttpClientTest, ARequestGetsTheWholeAnswer) {
  const auto chunked =
      request("HTTP/1.1 201 X\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n");
  ASSERT_TRUE(chunked.ok()) << chunked.error().message;
  EXPECT_EQ(chunked->status, 201);
  EXPECT_EQ(chunked->body, "abc");
  EXPECT_THAT(chunked->headers, testing::Contains(testing::Pair("A", "b")));
  EXPECT_EQ(request("HTTP/1.1 204 X\r\n\r\n")->body, "");
  const std::string big(std::size_t{1} << 20, 'x');
  EXPECT_EQ(request("HTTP/1.1 200 X\r\nContent-Length: 1048576\r\n\r\n" + big)->body, big);
}

TEST_F(HttpClientTest, AnAnswerWithoutAnEndIsRefused) {
  const auto endless =
      request("HTTP/1.1 200 X\r\nContent-Length: 20000000\r\n\r\n" + std::string(std::size_t{17} << 20, 'x'));
  ASSERT_FALSE(endless.ok());
  EXPECT_THAT(endless.error().message, HasSubstr("body limit"));
  EXPECT_EQ(endless.error().effect, Effect::maybe);
}

}  // namespace
}  // namespace tradeauto
