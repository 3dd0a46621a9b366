// The one place where the server's side of Asio's TLS is compiled.
#include "http/stream.h"

#include <array>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace tradeauto {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

asio::mutable_buffer as_buffer(std::span<char> bytes) { return asio::buffer(bytes.data(), bytes.size()); }

}  // namespace

struct Stream::Tls {
  Tls(tcp::socket& socket, const TlsContext& context) : stream(socket, new_server_tls(context)) {}
  asio::ssl::stream<tcp::socket&> stream;
};

Stream::Stream(tcp::socket socket, const TlsContext& tls) : socket_(std::move(socket)) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);  // without it answers are slower, not wrong
  if (tls) {
    tls_ = std::make_unique<Tls>(socket_, tls);
  } else {
    socket_.non_blocking(true, ignored);  // read_next() reads what is there and never waits; a new socket takes it
  }
}

Stream::~Stream() = default;

asio::awaitable<std::string> Stream::handshake() {
  if (!tls_) co_return std::string();
  const auto [failed] = co_await tls_->stream.async_handshake(asio::ssl::stream_base::server, kTuple);
  if (!failed) co_return std::string();
  fell_back_ = spoke_plain_http(failed);
  std::string why = fell_back_ ? "it speaks HTTP in clear" : failed.message();
  if (fell_back_) tls_.reset();
  co_return why;
}

asio::awaitable<Stream::Transferred> Stream::read_some(std::span<char> buffer) {
  if (tls_) return tls_->stream.async_read_some(as_buffer(buffer), kTuple);
  return socket_.async_read_some(as_buffer(buffer), kTuple);
}

asio::awaitable<Stream::Transferred> Stream::read_next(std::span<char> buffer) {
  // What TLS has taken from the socket stays in its engine when the wait is cancelled.
  if (tls_) return tls_->stream.async_read_some(as_buffer(buffer), kTuple);
  return wait_and_read(buffer);
}

asio::awaitable<Stream::Transferred> Stream::wait_and_read(std::span<char> buffer) {
  while (true) {
    const auto [error] = co_await socket_.async_wait(tcp::socket::wait_read, kTuple);
    if (error) co_return Transferred(error, 0);
    error_code failed;
    const std::size_t size = socket_.read_some(as_buffer(buffer), failed);
    // The reactor may tell of what an earlier read has taken: that there is nothing now does not mean that the client
    // left.
    if (failed != asio::error::would_block) co_return Transferred(failed, size);
  }
}

asio::awaitable<error_code> Stream::write(std::string_view head, std::string_view body) {
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head.data(), head.size()),
                                                     asio::buffer(body.data(), body.size())};
  if (tls_) {
    const auto [error, size] = co_await asio::async_write(tls_->stream, buffers, kTuple);
    co_return error;
  }
  const auto [error, size] = co_await asio::async_write(socket_, buffers, kTuple);
  co_return error;
}

asio::awaitable<error_code> Stream::finish() {
  error_code failed;
  if (tls_) {
    // It waits for the client's farewell, and fails when other bytes come first: they are as good.
    std::tie(failed) = co_await tls_->stream.async_shutdown(kTuple);
    if (failed == asio::error::operation_aborted) co_return failed;
    tls_.reset();
  }
  socket_.shutdown(tcp::socket::shutdown_send, failed);
  co_return failed;
}

}  // namespace tradeauto
