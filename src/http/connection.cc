#include "http/connection.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/peer_wait.h"
#include "http/response_head.h"

namespace tradeauto {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kLingerBytes = std::size_t{4} << 20;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(tcp::socket socket, const TlsContext& tls, const ConnectionSettings& settings,
                       RequestHandler& handler, const Clock& clock, const Logger& log)
    : settings_(settings),
      handler_(handler),
      clock_(clock),
      log_(log),
      stream_(std::move(socket), tls),
      timer_(stream_.socket().get_executor()),
      parser_(settings.limits) {}

asio::awaitable<void> Connection::serve() {
  if (!co_await handshake()) co_return close();
  while (co_await read_request()) {
    WireRequest request = parser_.take();
    const bool is_head = request.method == "HEAD";
    const bool client_stays = request.keep_alive;
    error_code gone;  // one that left has no address
    std::string address = stream_.socket().remote_endpoint(gone).address().to_string();
    const ApiReply reply = co_await handler_.handle(std::move(request), *this, std::move(address));
    if (reply.source) {
      co_await stream(reply, is_head);
      break;
    }
    const bool keep = client_stays && !draining_;
    const std::string head = response_head(reply, keep, clock_.now());
    if (!co_await write(head, is_head ? std::string_view() : std::string_view(reply.body))) break;
    if (!keep) {
      if (parser_.waiting() > 0 || stream_.is_tls()) co_await linger();
      break;
    }
  }
  close();
}

asio::awaitable<void> Connection::stream(const ApiReply& reply, bool head_only) {
  if (!co_await write(response_head(reply, false, clock_.now()), {}) || head_only) co_return;
  while (!draining_) {
    const auto piece = co_await unless_gone(reply.source->next(), this);
    if (!piece || !piece->ok() || (*piece)->empty()) co_return;
    if (!co_await write(**piece, {})) co_return;
  }
}

asio::awaitable<void> Connection::turn_away() {
  if (!co_await handshake()) co_return close();
  co_await refuse(503, make_error(ErrorCode::resource_exhausted, "too_many_connections",
                                  "this server has as many connections as it may; try again soon"));
  close();
}

asio::awaitable<bool> Connection::handshake() {
  if (!stream_.is_tls()) co_return true;
  start_timer(settings_.handshake_time);
  interruptible_ = true;
  std::string why = co_await stream_.handshake();
  interruptible_ = false;
  if (timed_out_) why = "it took too long";
  stop_timer();
  if (why.empty()) co_return true;
  error_code gone;  // one that left has no address
  log_.debug("a client and this server did not come to speak TLS",
             {{"peer", stream_.socket().remote_endpoint(gone).address().to_string()}, {"why", why}});
  if (stream_.fell_back()) {
    co_await refuse(400, make_error(ErrorCode::invalid_argument, "tls_wanted",
                                    "this port speaks HTTPS, and this request came in clear: use https://"));
  }
  co_return false;
}

void Connection::drain() {
  asio::post(stream_.socket().get_executor(), [self = shared_from_this()] {
    self->draining_ = true;
    error_code ignored;  // a socket that is closed has nothing to cancel
    if (self->interruptible_) self->stream_.socket().cancel(ignored);
  });
}

void Connection::cut() {
  asio::post(stream_.socket().get_executor(), [self = shared_from_this()] { self->close(); });
}

asio::awaitable<void> Connection::gone() {
  while (!draining_) {
    // What comes now is the next request. Once that has grown long enough, only an error tells that the client left.
    const bool full = parser_.waiting() >= settings_.limits.header_bytes;
    interruptible_ = true;
    if (full) co_await stream_.socket().async_wait(tcp::socket::wait_error, kTuple);
    const auto [error, size] = full ? Stream::Transferred() : co_await stream_.read_next(buffer_);
    interruptible_ = false;
    if (error || full) co_return;
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
    const auto [error, size] = co_await stream_.read_some(buffer_);
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
  const error_code error = co_await stream_.write(head, body);
  stop_timer();
  co_return !error;
}

asio::awaitable<void> Connection::refuse(unsigned status, Error error) {
  const ApiReply reply = handler_.refuse(status, error);
  const std::string head = response_head(reply, false, clock_.now());
  if (co_await write(head, reply.body)) co_await linger();
}

asio::awaitable<void> Connection::linger() {
  start_timer(settings_.linger_time);
  std::size_t left = kLingerBytes;
  interruptible_ = true;
  error_code failed = co_await stream_.finish();
  while (!failed && left > 0 && !draining_) {
    const auto [error, size] = co_await stream_.read_some(buffer_);
    failed = error;
    left -= std::min(left, size);
  }
  stop_timer();
}

void Connection::close() {
  stop_timer();
  error_code ignored;  // there is nobody left to tell
  stream_.socket().close(ignored);
}

void Connection::start_timer(std::chrono::milliseconds time) {
  timed_out_ = false;
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), run = ++timer_run_](const error_code& error) {
    // One that had expired already when it was stopped comes without an error.
    if (error || run != self->timer_run_) return;
    self->timed_out_ = true;
    error_code ignored;  // a closed socket waits for nothing
    self->stream_.socket().cancel(ignored);
  });
}

void Connection::stop_timer() {
  ++timer_run_;
  timed_out_ = false;
  timer_.cancel();
}

}  // namespace tradeauto
