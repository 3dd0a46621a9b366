#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"

namespace tradeauto {

namespace asio = boost::asio;

// Where to listen, and the settings that say so, for errors.
struct ListenAddress {
  std::string what;  // "HTTP"
  std::string host_setting;
  std::string host;  // a name or an address; an IPv6 address bare or in brackets
  std::string port_setting;
  std::uint16_t port = 0;  // 0: any free one
};

// Opens `acceptor` there and returns the port. Never shares a port. Blocks while the name is looked up; of its
// addresses an IPv4 one comes first. Error: port_taken, port_forbidden, cannot_listen (unavailable), bad_host
// (unprocessable): setting, value and remedy.
Result<std::uint16_t> listen(asio::ip::tcp::acceptor& acceptor, const ListenAddress& address);

// What `failed` means for those who chose this address.
Error listen_error(const ListenAddress& address, const boost::system::error_code& failed);
// The name of `address` cannot be resolved, because of `why`.
Error bad_listen_host(const ListenAddress& address, const std::string& why);

}  // namespace tradeauto
