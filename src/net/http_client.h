#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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

// HTTP/1.1 in TLS or in clear, one connection a request. Strand: none; one request at a time.
class HttpClient {
 public:
  // `clock` outlives the client. Without `tls` in clear.
  HttpClient(std::string host, std::uint16_t port, const Clock& clock, std::optional<TlsMaterial> tls = std::nullopt)
      : host_(std::move(host)), port_(port), clock_(clock), tls_(std::move(tls)) {}

  // Failure: unavailable (connect_failed), deadline_exceeded before the connection, which with TLS stands once the
  // server has shown that it is the one: Effect::none. Once the request may
  // have left: unavailable (no_answer) or deadline_exceeded (timed_out) with Effect::maybe.
  asio::awaitable<Result<HttpResponse>> request(HttpRequest request, Deadline deadline);

 private:
  const std::string host_;
  const std::uint16_t port_;
  const Clock& clock_;
  const std::optional<TlsMaterial> tls_;
  std::shared_ptr<ssl_ctx_st> context_;  // made at the first request
};

}  // namespace tradeauto
