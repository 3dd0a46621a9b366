#include "net/http_client.h"

#include <algorithm>
#include <chrono>
#include <optional>

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

constexpr std::uint64_t kBodyLimit = 16ULL << 20;
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

// Asks on a connection that stands. `stream` outlives the call.
template <typename Stream>
asio::awaitable<Result<HttpResponse>> exchange(Stream& stream, Message message) {
  const auto [write_error, written] = co_await http::async_write(stream, message, kTuple);
  if (write_error) co_return failure("the request was cut off", write_error, Effect::maybe);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kBodyLimit);
  const auto [read_error, got] = co_await http::async_read(stream, buffer, parser, kTuple);
  if (read_error) co_return failure("the answer was cut off", read_error, Effect::maybe);
  HttpResponse response;
  response.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  response.body = std::move(parser.get().body());
  co_return response;
}

Error no_tls(const SSL* tls, const error_code& failed) {
  Error error = failure("no TLS with it", failed, Effect::none);
  error.message = fmt::format("no TLS with it: {}", handshake_failure(tls, failed));
  return error;
}

}  // namespace

asio::awaitable<Result<HttpResponse>> HttpClient::request(HttpRequest request, Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto [resolve_error, endpoints] = co_await resolver.async_resolve(host_, std::to_string(port_), kTuple);
  if (resolve_error) co_return failure(fmt::format("{} cannot be found", host_), resolve_error, Effect::none);
  beast::tcp_stream stream(executor);
  arm(stream, clock_, deadline);
  const auto [connect_error, endpoint] = co_await stream.async_connect(endpoints, kTuple);
  if (connect_error) co_return failure("no connection", connect_error, Effect::none);

  Message message = message_of(std::move(request), fmt::format("{}:{}", host_, port_));
  Result<HttpResponse> response = HttpResponse{};
  if (tls_) {
    if (!context_) {
      CO_TRY(context_, make_client_context(*tls_));
    }
    asio::ssl::stream<beast::tcp_stream&> secure(stream, new_client_tls(context_, host_, *tls_));
    const auto [failed] = co_await secure.async_handshake(asio::ssl::stream_base::client, kTuple);
    if (failed) co_return no_tls(secure.native_handle(), failed);
    arm(stream, clock_, deadline);
    response = co_await exchange(secure, std::move(message));
  } else {
    arm(stream, clock_, deadline);
    response = co_await exchange(stream, std::move(message));
  }
  error_code ignored;  // the answer is complete; how the peer takes the farewell changes nothing
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  co_return response;
}

}  // namespace tradeauto
