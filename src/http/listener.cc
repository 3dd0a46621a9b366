#include "http/listener.h"

#include <string_view>
#include <utility>

#include <boost/asio/error.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

Error cannot_listen(const std::string& host, std::uint16_t port, ErrorCode code, std::string reason,
                    std::string_view why) {
  return make_error(code, std::move(reason),
                    fmt::format("cannot listen for HTTP on HTTP_HOST={}, HTTP_PORT={}: {}", host, port, why));
}

Result<tcp::endpoint> resolve(tcp::acceptor& acceptor, const std::string& host, std::uint16_t port) {
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
  tcp::resolver resolver(acceptor.get_executor());
  error_code failed;
  const auto found = resolver.resolve(name, std::to_string(port), tcp::resolver::passive, failed);
  if (failed) {
    return cannot_listen(host, port, ErrorCode::unprocessable, "bad_host",
                         fmt::format("the name cannot be resolved: {}", failed.message()));
  }
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint();
  }
  return found.begin()->endpoint();
}

}  // namespace

Error listen_error(const std::string& host, std::uint16_t port, const error_code& failed) {
  const auto because = [&](std::string reason, std::string_view why) {
    return cannot_listen(host, port, ErrorCode::unavailable, std::move(reason), why);
  };
  if (failed == asio::error::address_in_use) {
    return because(
        "port_taken",
        "the port is in use by another process; stop that one, or set another HTTP_PORT (0 for any free one)");
  }
  if (failed == asio::error::access_denied) {
    return because("port_forbidden", "permission denied; set an HTTP_PORT above 1023");
  }
  if (failed == boost::system::errc::address_not_available) {
    return because("cannot_listen", "this machine has no such address; set another HTTP_HOST");
  }
  return because("cannot_listen", failed.message());
}

Result<std::uint16_t> listen(tcp::acceptor& acceptor, const std::string& host, std::uint16_t port) {
  TRY(const tcp::endpoint endpoint, resolve(acceptor, host, port));
  error_code failed;
  // Not SO_REUSEPORT: this one only lets a new start have the port of the last one at once.
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(tcp::acceptor::max_listen_connections, failed);
  std::uint16_t bound = 0;
  if (!failed) bound = acceptor.local_endpoint(failed).port();
  if (!failed) return bound;
  error_code ignored;  // it never listened
  acceptor.close(ignored);
  return listen_error(host, port, failed);
}

}  // namespace tradeauto
