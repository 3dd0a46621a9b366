#include "http/connection.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "http/response_head.h"

namespace tradeauto {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kLingerBytes = std::size_t{4} << 20;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(tcp::socket socket, const ConnectionSettings& settings, ApiHandler& handler, const Clock& clock)
    : settings_(settings),
      handler_(handler),
      clock_(clock),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      parser_(settings.limits) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);  // without it answers are slower, not wrong
  socket_.non_blocking(true, ignored);  // gone() reads what is there and never waits; a new socket takes it
}

asio::awaitable<void> Connection::serve() {
  while (co_await read_request()) {
    WireRequest request = parser_.take();
    const bool is_head = request.method == "HEAD";
    const bool client_stays = request.keep_alive;
    const ApiReply reply = co_await handler_.handle(std::move(request), *this);
    const bool keep = client_stays && !draining_;
    const std::string head = response_head(reply, keep, clock_.now());
    if (!co_await write(head, is_head ? std::string_view() : std::string_view(reply.body))) break;
    if (!keep) {
      if (parser_.waiting() > 0) co_await linger();
      break;
    }
  }
  stop_timer();
  error_code ignored;  // there is nobody left to tell
  socket_.close(ignored);
}

asio::awaitable<void> Connection::turn_away() {
  co_await refuse(503, make_error(ErrorCode::resource_exhausted, "too_many_connections",
                                  "this server has as many connections as it may; try again soon"));
  stop_timer();
  error_code ignored;
  socket_.close(ignored);
}

void Connection::drain() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->draining_ = true;
    error_code ignored;  // a socket that is closed has nothing to cancel
    if (self->interruptible_) self->socket_.cancel(ignored);
  });
}

void Connection::cut() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->socket_.close(ignored);
  });
}

asio::awaitable<void> Connection::gone() {
  while (!draining_) {
    // What comes now is the next request. Once that has grown long enough, only an error tells that the client left.
    const bool full = parser_.waiting() >= settings_.limits.header_bytes;
    interruptible_ = true;
    const auto [error] = co_await socket_.async_wait(full ? tcp::socket::wait_error : tcp::socket::wait_read, kTuple);
    interruptible_ = false;
    if (error || full) co_return;
    error_code failed;
    const std::size_t size = socket_.read_some(asio::buffer(buffer_), failed);
    // The reactor may tell of what an earlier read has taken: that there is nothing now does not mean that the client
    // left.
    if (failed == asio::error::would_block) continue;
    if (failed) co_return;
    parser_.append({buffer_.data(), size});
  }
}

std::chrono::milliseconds Connection::time_for(RequestParser::State state) const {
  switch (state) {
    case RequestParser::State::head: return settings_.header_time;
    case RequestParser::State::body: return settings_.body_time;
    default: return settings_.idle_time;
  }
}

asio::awaitable<bool> Connection::read_request() {
  std::optional<RequestParser::State> timed;
  while (true) {
    const RequestParser::State state = parser_.state();
    if (state == RequestParser::State::complete) break;
    if (state == RequestParser::State::broken) {
      co_await refuse(parser_.fault().status, parser_.fault().error);
      co_return false;
    }
    if (state == RequestParser::State::empty && draining_) co_return false;
    if (state == RequestParser::State::body && parser_.take_expectation()) {
      if (!co_await write(kContinue, {})) co_return false;
      timed.reset();
    }
    if (timed != state) start_timer(time_for(state));
    timed = state;
    interruptible_ = state == RequestParser::State::empty;
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(buffer_), kTuple);
    interruptible_ = false;
    if (timed_out_ && state != RequestParser::State::empty) {
      co_await refuse(
          408, make_error(ErrorCode::deadline_exceeded, "request_too_slow", "the request did not arrive in time"));
    }
    if (error) co_return false;
    parser_.append({buffer_.data(), size});
  }
  stop_timer();
  co_return true;
}

asio::awaitable<bool> Connection::write(std::string_view head, std::string_view body) {
  start_timer(settings_.write_time);
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head.data(), head.size()),
                                                     asio::buffer(body.data(), body.size())};
  const auto [error, size] = co_await asio::async_write(socket_, buffers, kTuple);
  stop_timer();
  co_return !error;
}

asio::awaitable<void> Connection::refuse(unsigned status, Error error) {
  const ApiReply reply = handler_.refuse(status, error);
  const std::string head = response_head(reply, false, clock_.now());
  if (co_await write(head, reply.body)) co_await linger();
}

asio::awaitable<void> Connection::linger() {
  error_code failed;
  socket_.shutdown(tcp::socket::shutdown_send, failed);
  start_timer(settings_.linger_time);
  std::size_t left = kLingerBytes;
  interruptible_ = true;
  while (!failed && left > 0 && !draining_) {
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(buffer_), kTuple);
    failed = error;
    left -= std::min(left, size);
  }
  stop_timer();
}

void Connection::start_timer(std::chrono::milliseconds time) {
  timed_out_ = false;
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), run = ++timer_run_](const error_code& error) {
    // One that had expired already when it was stopped comes without an error.
    if (error || run != self->timer_run_) return;
    self->timed_out_ = true;
    error_code ignored;  // a closed socket waits for nothing
    self->socket_.cancel(ignored);
  });
}

void Connection::stop_timer() {
  ++timer_run_;
  timed_out_ = false;
  timer_.cancel();
}

}  // namespace tradeauto
