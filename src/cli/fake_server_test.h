#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/clock.h"
#include "net/pool.h"
#include "net/signal.h"

namespace tradeauto {

struct FakeRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
};

struct FakeAnswer {
  int status = 200;
  std::string body = "{}";
  bool cut = false;   // closes the connection instead of answering
  bool hold = false;  // does not answer, or after a stream's bytes does not end, until the client has gone
  // Answers once so many requests have come in all: what the client asks next proves that it read what came before.
  std::size_t after_requests = 0;
  std::string date = {};  // the header of that name
  bool stream = false;    // `body` is the beginning of an event stream
};

// A REST server on a free loopback port whose answers the test makes. `answer` runs on the server's thread.
class FakeServer {
 public:
  using Answer = std::function<FakeAnswer(const FakeRequest&)>;

  explicit FakeServer(Answer answer);
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer();

  std::uint16_t port() const { return port_; }
  std::vector<FakeRequest> requests() const;

 private:
  asio::awaitable<void> serve();
  asio::awaitable<void> serve_one(asio::ip::tcp::socket socket);
  asio::awaitable<void> answer(asio::ip::tcp::socket socket, FakeAnswer answer);

  const Answer answer_;
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<FakeRequest> requests_;
  Signal came_;  // a request
  SystemClock clock_;
  BlockingPool pool_{"fake-server", 1};  // last: it ends first
};

}  // namespace tradeauto
