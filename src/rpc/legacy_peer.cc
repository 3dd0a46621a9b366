#include "rpc/legacy_peer.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace tradeauto {
namespace {

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() == 2 && error == std::errc() && end == digits.data() + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += '%';  // a scope: fe80::1%eth0
    }
  }
  return out;
}

Error bad_peer(std::string_view peer) {
  return make_error(ErrorCode::invalid_argument, "bad_peer", fmt::format("no address to call back in '{}'", peer));
}

}  // namespace

Result<asio::ip::address> peer_address(std::string_view peer) {
  const std::string decoded = percent_decoded(peer);
  std::string_view rest = decoded;
  const bool v4 = rest.starts_with("ipv4:");
  if (!v4 && !rest.starts_with("ipv6:")) return bad_peer(peer);
  rest.remove_prefix(5);
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return bad_peer(peer);
  rest = rest.substr(0, colon);
  if (!v4) {
    if (!rest.starts_with('[') || !rest.ends_with(']')) return bad_peer(peer);
    rest = rest.substr(1, rest.size() - 2);
  }
  boost::system::error_code bad;
  const auto address = asio::ip::make_address(std::string(rest), bad);
  if (bad || address.is_v4() != v4) return bad_peer(peer);
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::address(asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()));
  }
  return address;
}

Result<std::vector<asio::ip::address>> parse_legacy_allow(const std::vector<std::string>& texts) {
  std::vector<asio::ip::address> addresses;
  for (const std::string& text : texts) {
    boost::system::error_code bad;
    addresses.push_back(asio::ip::make_address(text, bad));
    if (bad) {
      return make_error(ErrorCode::unprocessable, "bad_address",
                        fmt::format("LEGACY_ALLOW: '{}' is no IPv4 or IPv6 address", text));
    }
  }
  return addresses;
}

bool may_speak_legacy(const asio::ip::address& address, const std::vector<asio::ip::address>& allowed) {
  return address.is_loopback() || std::ranges::find(allowed, address) != allowed.end();
}

Result<std::string> callback_endpoint(const asio::ip::address& address, std::int32_t port) {
  if (port < 1 || port > 65535) {
    return make_error(ErrorCode::invalid_argument, "bad_port",
                      fmt::format("return_to_port is {}: it must be 1 to 65535", port));
  }
  return address.is_v6() ? fmt::format("[{}]:{}", address.to_string(), port)
                         : fmt::format("{}:{}", address.to_string(), port);
}

}  // namespace tradeauto
