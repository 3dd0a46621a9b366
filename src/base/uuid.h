#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/rng.h"

namespace tradeauto {

// RFC 9562 UUIDs as lower-case text, the form in which they travel and are stored.

// Version 7: time-ordered. Two ids of one millisecond have no order.
std::string make_uuid_v7(const Clock& clock, Rng& rng);

// Version 8: made of the first 16 bytes of a digest, so that the same input means the same id.
std::string make_uuid_v8(std::span<const std::uint8_t, 16> digest);

// True for 8-4-4-4-12 hexadecimal digits of any version and case.
bool is_uuid(std::string_view text);

}  // namespace tradeauto
