#include "net/listener.h"

#include <string_view>
#include <utility>

#include <boost/asio/error.hpp>
#include <fmt/format.h>

#include "net/address.h"

namespace tradeauto {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

Error cannot_listen(const ListenAddress& address, ErrorCode code, std::string reason, std::string_view why) {
  return make_error(code, std::move(reason),
                    fmt::format("cannot listen for {} on {}={}, {}={}: {}", address.what, address.host_setting,
                                address.host, address.port_setting, address.port, why));
}

Result<tcp::endpoint> resolve(tcp::acceptor& acceptor, const ListenAddress& address) {
  const std::string name(bare_host(address.host));
  tcp::resolver resolver(acceptor.get_executor());
  error_code failed;
  const auto found = resolver.resolve(name, std::to_string(address.port), tcp::resolver::passive, failed);
  if (failed) return bad_listen_host(address, failed.message());
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint();
  }
  return found.begin()->endpoint();
}

}  // namespace

Error listen_error(const ListenAddress& address, const error_code& failed) {
  const auto because = [&](std::string reason, std::string_view why) {
    return cannot_listen(address, ErrorCode::unavailable, std::move(reason), why);
  };
  if (failed == asio::error::address_in_use) {
    return because("port_taken", fmt::format("the port is in use by another process; stop that one, or set another {} "
                                             "(0 for any free one)",
                                             address.port_setting));
  }
  if (failed == asio::error::access_denied) {
    return because("port_forbidden", fmt::format("permission denied; set a {} above 1023", address.port_setting));
  }
  if (failed == boost::system::errc::address_not_available) {
    return because("cannot_listen",
                   fmt::format("this machine has no such address; set another {}", address.host_setting));
  }
  return because("cannot_listen", failed.message());
}

Error bad_listen_host(const ListenAddress& address, const std::string& why) {
  return cannot_listen(address, ErrorCode::unprocessable, "bad_host",
                       fmt::format("the name cannot be resolved: {}", why));
}

Result<std::uint16_t> listen(tcp::acceptor& acceptor, const ListenAddress& address) {
  TRY(const tcp::endpoint endpoint, resolve(acceptor, address));
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
  return listen_error(address, failed);
}

}  // namespace tradeauto
