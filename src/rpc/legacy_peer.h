#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/result.h"

namespace tradeauto {

namespace asio = boost::asio;

// The address in what gRPC calls a peer: "ipv4:1.2.3.4:5678", "ipv6:%5B::1%5D:5678" (percent-decoded or not). Error:
// invalid_argument / bad_peer.
Result<asio::ip::address> peer_address(std::string_view peer);

// The addresses of the setting LEGACY_ALLOW. Error: unprocessable / bad_address.
Result<std::vector<asio::ip::address>> parse_legacy_allow(const std::vector<std::string>& texts);

// Loopback, and what `allowed` (LEGACY_ALLOW) names.
bool may_speak_legacy(const asio::ip::address& address, const std::vector<asio::ip::address>& allowed);

// "1.2.3.4:5678" or "[::1]:5678". Error: invalid_argument / bad_port outside of 1–65535.
Result<std::string> callback_endpoint(const asio::ip::address& address, std::int32_t port);

}  // namespace tradeauto
