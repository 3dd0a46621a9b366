#include "http/authorization.h"

#include <cstdint>
#include <string>

#include "http/ascii.h"

namespace tradeauto {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What follows the scheme and its blank; something must.
std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() + 1 || header[scheme.size()] != ' ') return std::nullopt;
  if (!equals_ignoring_case(header.substr(0, scheme.size()), scheme)) return std::nullopt;
  return header.substr(scheme.size() + 1);
}

// Base64 with or without its padding.
std::optional<SecretString> decode(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size());  // no second buffer that would keep a part of it
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFFU);
  }
  return SecretString(std::move(out));
}

}  // namespace

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  return after_scheme(authorization, "bearer");
}

std::optional<SecretString> basic_password(std::string_view authorization) {
  const auto encoded = after_scheme(authorization, "basic");
  if (!encoded) return std::nullopt;
  const auto decoded = decode(*encoded);
  if (!decoded) return std::nullopt;
  const std::string_view pair = decoded->reveal();
  const auto colon = pair.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return SecretString(std::string(pair.substr(colon + 1)));
}

Error token_required() {
  return make_error(ErrorCode::unauthenticated, "token_required", "send the header Authorization: Bearer <token>");
}

Error wrong_token() { return make_error(ErrorCode::unauthenticated, "wrong_token", "this token is not known here"); }

}  // namespace tradeauto
