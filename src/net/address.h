#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tradeauto {

// An IPv6 address without its brackets; whatever else as it is.
std::string_view bare_host(std::string_view host);

// "localhost", 127.0.0.0/8 or ::1 (bare or in brackets): what never leaves this machine.
bool is_loopback(std::string_view host);

// "host:port" or "[v6]:port". Error (unprocessable, bad_host) names `setting` unless `host` is a name, an IPv4 address
// or an IPv6 address, bare or in brackets.
Result<std::string> join_address(std::string_view setting, std::string_view host, std::uint16_t port);

// For what would travel in clear, log-ins too. Error (unprocessable, plaintext_beyond_loopback) names `setting`
// and the remedy, unless `host` is on this machine or `allowed` (ALLOW_PLAINTEXT_BEYOND_LOOPBACK).
Result<void> check_plaintext(std::string_view setting, std::string_view host, bool allowed);

}  // namespace tradeauto
