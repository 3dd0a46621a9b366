#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include <fmt/format.h>

namespace tradeauto {
namespace {

bool is_ipv6(std::string_view host) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(bare_host(host)).c_str(), &address) == 1;
}

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' ||
           c == '_';
  });
}

Error about(std::string_view setting, std::string reason, std::string message) {
  Error error = make_error(ErrorCode::unprocessable, reason, message);
  error.fields.push_back({.pointer = std::string(setting), .code = std::move(reason), .detail = std::move(message)});
  return error;
}

}  // namespace

std::string_view bare_host(std::string_view host) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, std::string(host).c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, std::string(bare_host(host)).c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<std::string> join_address(std::string_view setting, std::string_view host, std::uint16_t port) {
  if (is_ipv6(host)) return fmt::format("[{}]:{}", bare_host(host), port);
  if (is_name(host)) return fmt::format("{}:{}", host, port);
  return about(setting, "bad_host",
               fmt::format("{}={} is not a host: a name, an IPv4 or an IPv6 address, without scheme and port", setting,
                           host.substr(0, 253)));
}

Result<void> check_plaintext(std::string_view setting, std::string_view host, bool allowed) {
  if (allowed || is_loopback(host)) return {};
  return about(
      setting, "plaintext_beyond_loopback",
      fmt::format("{}={} reaches beyond this machine, and log-ins would travel in clear. Use TLS "
                  "(docs/how-to/tls.md), 127.0.0.1, or ALLOW_PLAINTEXT_BEYOND_LOOPBACK=on if the network between is "
                  "yours",
                  setting, host));
}

}  // namespace tradeauto
