#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"

namespace tradeauto {

namespace asio = boost::asio;

// Opens `acceptor` on HTTP_HOST and HTTP_PORT and returns the port. Never shares a port. Blocks while the name is
// looked up; of its addresses an IPv4 one comes first. Error: port_taken, port_forbidden, cannot_listen (unavailable),
// bad_host (unprocessable): setting, value and remedy.
Result<std::uint16_t> listen(asio::ip::tcp::acceptor& acceptor, const std::string& host, std::uint16_t port);

// What `failed` means for those who chose this host and port.
Error listen_error(const std::string& host, std::uint16_t port, const boost::system::error_code& failed);

}  // namespace tradeauto
