#include "base/uuid.h"

#include <algorithm>
#include <cctype>

namespace tradeauto {
namespace {

std::string to_text(std::array<std::uint8_t, 16> bytes, std::uint8_t version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | (version << 4));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 0x0F];
  }
  return text;
}

}  // namespace

std::string make_uuid_v7(const Clock& clock, Rng& rng) {
  std::array<std::uint8_t, 16> bytes{};
  rng.fill(bytes);
  const auto since = clock.now().time_since_epoch();
  auto millis = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
  for (std::size_t i = 6; i-- > 0; millis >>= 8) bytes[i] = static_cast<std::uint8_t>(millis & 0xFF);
  return to_text(bytes, 7);
}

std::string make_uuid_v8(std::span<const std::uint8_t, 16> digest) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(digest, bytes.begin());
  return to_text(bytes, 8);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

}  // namespace tradeauto
