#include "cli/fake_server_test.h"

#include <sstream>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

using asio::ip::tcp;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

FakeRequest parse_head(const std::string& head) {
  FakeRequest request;
  std::istringstream lines(head);
  std::string line;
  std::getline(lines, line);
  std::istringstream(line) >> request.method >> request.target;
  while (std::getline(lines, line) && line != "\r") {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    request.headers[name] = line.substr(colon + 2, line.size() - colon - 3);
  }
  return request;
}

}  // namespace

FakeServer::FakeServer(Answer answer)
    : answer_(std::move(answer)), io_(1), acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  port_ = acceptor_.local_endpoint().port();
  asio::co_spawn(io_, serve(), asio::detached);
  asio::post(pool_.executor(), [this] { io_.run(); });
}

// The pool's thread ends with its work; so the loop has to be stopped before the pool is joined.
FakeServer::~FakeServer() { io_.stop(); }

std::vector<FakeRequest> FakeServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

asio::awaitable<void> FakeServer::serve() {
  while (true) {
    auto [error, socket] = co_await acceptor_.async_accept(kTuple);
    if (error) co_return;
    asio::co_spawn(io_, serve_one(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> FakeServer::serve_one(tcp::socket socket) {
  std::string buffer;
  const auto [head_error, head_size] =
      co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n", kTuple);
  if (head_error) co_return;
  FakeRequest request = parse_head(buffer.substr(0, head_size));
  request.body = buffer.substr(head_size);
  const auto length = request.headers.find("content-length");
  if (length != request.headers.end() && std::stoul(length->second) > request.body.size()) {
    std::string rest(std::stoul(length->second) - request.body.size(), '\0');
    const auto [error, got] = co_await asio::async_read(socket, asio::buffer(rest), kTuple);
    if (error) co_return;
    request.body += rest;
  }
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  came_.notify();
  co_await answer(std::move(socket), answer_(request));
}

asio::awaitable<void> FakeServer::answer(tcp::socket socket, FakeAnswer answer) {
  while (requests().size() < answer.after_requests) {
    co_await came_.wait(came_.version(), clock_, Deadline::never());
  }
  if (answer.cut) co_return;
  const std::string date = answer.date.empty() ? "" : "Date: " + answer.date + "\r\n";
  const std::string length =
      answer.stream ? "Content-Type: text/event-stream" : fmt::format("Content-Length: {}", answer.body.size());
  const std::string text =
      fmt::format("HTTP/1.1 {} X\r\n{}{}\r\nConnection: close\r\n\r\n{}", answer.status, date, length, answer.body);
  if (answer.stream || !answer.hold) co_await asio::async_write(socket, asio::buffer(text), kTuple);
  if (!answer.hold) co_return;
  char byte = 0;
  co_await asio::async_read(socket, asio::buffer(&byte, 1), kTuple);
}

}  // namespace tradeauto
