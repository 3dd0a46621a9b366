#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tradeauto {

// Little-endian integers and length-prefixed texts, one after the other.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { out_ += static_cast<char>(value); }
  void u32(std::uint32_t value) { integer(value); }
  void u64(std::uint64_t value) { integer(value); }
  void time(Timestamp value) { integer(static_cast<std::uint64_t>(value.time_since_epoch().count())); }
  void text(std::string_view value) {
    u32(static_cast<std::uint32_t>(value.size()));
    out_ += value;
  }
  void optional_text(const std::optional<std::string>& value) {
    u8(value ? 1 : 0);
    if (value) text(*value);
  }
  const std::string& bytes() const { return out_; }

 private:
  template <typename Integer>
  void integer(Integer value) {
    for (std::size_t i = 0; i < sizeof(value); ++i) out_ += static_cast<char>((value >> (8 * i)) & 0xFFU);
  }

  std::string out_;
};

// Reads what ByteWriter wrote. After a read beyond the end everything is empty and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  std::uint8_t u8() { return integer<std::uint8_t>(); }
  std::uint32_t u32() { return integer<std::uint32_t>(); }
  std::uint64_t u64() { return integer<std::uint64_t>(); }
  Timestamp time() { return Timestamp(std::chrono::microseconds(static_cast<std::int64_t>(u64()))); }
  std::string text() { return std::string(take(u32())); }
  std::optional<std::string> optional_text() {
    if (u8() == 0) return std::nullopt;
    return text();
  }
  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && left_.empty(); }
  // A bound for a count that is about to be read as that many items of at least one byte.
  std::size_t left() const { return left_.size(); }

 private:
  std::string_view take(std::size_t size) {
    if (!ok_ || size > left_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  template <typename Integer>
  Integer integer() {
    const std::string_view bytes = take(sizeof(Integer));
    Integer value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= static_cast<Integer>(static_cast<Integer>(static_cast<unsigned char>(bytes[i])) << (8 * i));
    }
    return value;
  }

  std::string_view left_;
  bool ok_ = true;
};

}  // namespace tradeauto
