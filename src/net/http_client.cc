#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <tuple>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "net/tls_context.h"

namespace tradeauto {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::size_t kBodyLimit = std::size_t{16} << 20;
constexpr std::size_t kPiece = std::size_t{16} << 10;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

Error failure(std::string_view what, const error_code& error, Effect effect) {
  const bool late = error == beast::error::timeout;
  const char* reason = effect == Effect::none ? "connect_failed" : late ? "timed_out" : "no_answer";
  Error made = make_error(late ? ErrorCode::deadline_exceeded : ErrorCode::unavailable, reason,
                          fmt::format("{}: {}", what, error.message()));
  if (error == asio::error::operation_aborted) made.code = ErrorCode::canceled;
  made.effect = effect;
  return made;
}

// Beast's own timer takes steady time; a deadline that is further away than a day is as good as none.
void arm(beast::tcp_stream& stream, const Clock& clock, Deadline deadline) {
  stream.expires_after(std::min<std::chrono::nanoseconds>(deadline.left(clock), std::chrono::hours(24)));
}

using Message = http::request<http::string_body>;

Message message_of(HttpRequest request, std::string authority) {
  Message message;
  message.version(11);
  message.method_string(request.method);
  message.target(request.target);
  message.set(http::field::host, authority);
  message.set(http::field::connection, "close");
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = std::move(request.body);
  message.prepare_payload();
  return message;
}

Error no_tls(const SSL* tls, const error_code& failed) {
  Error error = failure("no TLS with it", failed, Effect::none);
  error.message = fmt::format("no TLS with it: {}", handshake_failure(tls, failed));
  return error;
}

}  // namespace

struct HttpStream::Connection {
  Connection(const asio::any_io_executor& executor, const Clock& used) : clock(used), plain(executor) {
    parser.body_limit(boost::none);  // who reads it piece by piece bounds it
  }

  // Writes to and reads from the outermost layer.
  asio::awaitable<error_code> write(Message message) {
    if (secure) co_return std::get<0>(co_await http::async_write(*secure, message, kTuple));
    co_return std::get<0>(co_await http::async_write(plain, message, kTuple));
  }
  asio::awaitable<error_code> read_head() {
    if (secure) co_return std::get<0>(co_await http::async_read_header(*secure, buffer, parser, kTuple));
    co_return std::get<0>(co_await http::async_read_header(plain, buffer, parser, kTuple));
  }
  asio::awaitable<error_code> read_some() {
    if (secure) co_return std::get<0>(co_await http::async_read_some(*secure, buffer, parser, kTuple));
    co_return std::get<0>(co_await http::async_read_some(plain, buffer, parser, kTuple));
  }

  const Clock& clock;
  beast::tcp_stream plain;
  std::optional<asio::ssl::stream<beast::tcp_stream&>> secure;  // over `plain`
  beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  std::array<char, kPiece> piece;
};

HttpStream::HttpStream(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

HttpStream::~HttpStream() {
  error_code ignored;  // how the peer takes the farewell changes nothing
  connection_->plain.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
}

int HttpStream::status() const { return static_cast<int>(connection_->parser.get().result_int()); }

std::string_view HttpStream::header(std::string_view name) const {
  const auto value = connection_->parser.get()[name];
  return {value.data(), value.size()};
}

std::vector<std::pair<std::string, std::string>> HttpStream::headers() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& field : connection_->parser.get()) {
    all.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return all;
}

asio::awaitable<Result<std::string>> HttpStream::read(Deadline deadline) {
  Connection& at = *connection_;
  arm(at.plain, at.clock, deadline);
  // What frames a chunk is progress too, and no byte of the body.
  while (!at.parser.is_done()) {
    auto& body = at.parser.get().body();
    body.data = at.piece.data();
    body.size = at.piece.size();
    const error_code error = co_await at.read_some();
    if (error && error != http::error::need_buffer) co_return failure("the answer was cut off", error, Effect::maybe);
    const std::size_t size = at.piece.size() - body.size;
    if (size > 0) co_return std::string(at.piece.data(), size);
  }
  co_return std::string();
}

asio::awaitable<Result<std::unique_ptr<HttpStream>>> HttpClient::open(HttpRequest request, Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto [resolve_error, endpoints] = co_await resolver.async_resolve(host_, std::to_string(port_), kTuple);
  if (resolve_error) co_return failure(fmt::format("{} cannot be found", host_), resolve_error, Effect::none);
  auto connection = std::make_unique<HttpStream::Connection>(executor, clock_);
  beast::tcp_stream& plain = connection->plain;
  arm(plain, clock_, deadline);
  const auto [connect_error, endpoint] = co_await plain.async_connect(endpoints, kTuple);
  if (connect_error) co_return failure("no connection", connect_error, Effect::none);
  if (tls_) {
    if (!context_) {
      CO_TRY(context_, make_client_context(*tls_));
    }
    auto& secure = connection->secure.emplace(plain, new_client_tls(context_, host_, *tls_));
    const auto [failed] = co_await secure.async_handshake(asio::ssl::stream_base::client, kTuple);
    if (failed) co_return no_tls(secure.native_handle(), failed);
  }
  arm(plain, clock_, deadline);
  const error_code unsent =
      co_await connection->write(message_of(std::move(request), fmt::format("{}:{}", host_, port_)));
  if (unsent) co_return failure("the request was cut off", unsent, Effect::maybe);
  const error_code unread = co_await connection->read_head();
  if (unread) co_return failure("the answer was cut off", unread, Effect::maybe);
  co_return std::unique_ptr<HttpStream>(new HttpStream(std::move(connection)));
}

asio::awaitable<Result<HttpResponse>> HttpClient::request(HttpRequest request, Deadline deadline) {
  CO_TRY(const std::unique_ptr<HttpStream> stream, co_await open(std::move(request), deadline));
  HttpResponse response{.status = stream->status(), .headers = stream->headers(), .body = {}};
  while (true) {
    CO_TRY(const std::string piece, co_await stream->read(deadline));
    if (piece.empty()) co_return response;
    if (response.body.size() + piece.size() > kBodyLimit) {
      co_return failure("the answer was cut off", http::make_error_code(http::error::body_limit), Effect::maybe);
    }
    response.body += piece;
  }
}

}  // namespace tradeauto
