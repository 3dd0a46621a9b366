#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "net/tls.h"

struct ssl_ctx_st;

namespace tradeauto {

namespace asio = boost::asio;

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  // encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // at most 16 MiB
};

// An answer whose body is read as it comes; the connection lives as long as this. Strand: none; one read at a time,
// which may be cancelled.
class HttpStream {
 public:
  ~HttpStream();
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  int status() const;
  // Empty when it is not there. `name` in any case.
  std::string_view header(std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> headers() const;

  // The next bytes of the body, as soon as there are any; none: it has ended.
  // Failure, after which nothing more comes: deadline_exceeded (timed_out) when none came in time, canceled,
  // unavailable (no_answer) when it was cut off; Effect::maybe.
  asio::awaitable<Result<std::string>> read(Deadline deadline);

 private:
  friend class HttpClient;
  struct Connection;
  explicit HttpStream(std::unique_ptr<Connection> connection);

  const std::unique_ptr<Connection> connection_;
};

// HTTP/1.1 in TLS or in clear, one connection a request. Strand: none; several requests at once on one thread.
class HttpClient {
 public:
  // `clock` outlives the client and its streams. Without `tls` in clear.
  HttpClient(std::string host, std::uint16_t port, const Clock& clock, std::optional<TlsMaterial> tls = std::nullopt)
      : host_(std::move(host)), port_(port), clock_(clock), tls_(std::move(tls)) {}

  // Failure: unavailable (connect_failed), deadline_exceeded before the connection, which with TLS stands once the
  // server has shown that it is the one: Effect::none. Once the request may
  // have left: unavailable (no_answer) or deadline_exceeded (timed_out) with Effect::maybe.
  asio::awaitable<Result<HttpResponse>> request(HttpRequest request, Deadline deadline);

  // The same as far as the head of the answer, for which the deadline is; the body is for the caller to read.
  asio::awaitable<Result<std::unique_ptr<HttpStream>>> open(HttpRequest request, Deadline deadline);

 private:
  const std::string host_;
  const std::uint16_t port_;
  const Clock& clock_;
  const std::optional<TlsMaterial> tls_;
  std::shared_ptr<ssl_ctx_st> context_;  // made at the first request
};

}  // namespace tradeauto
