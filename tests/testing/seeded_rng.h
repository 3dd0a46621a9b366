#pragma once

#include <cstdint>
#include <mutex>

#include "base/rng.h"

namespace tradeauto {

// The same seed gives the same bytes (splitmix64). For tests only. Thread-safe.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : state_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    const std::scoped_lock lock(mutex_);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 24);
  }
  // 0 … bound - 1.
  std::uint64_t below(std::uint64_t bound) {
    const std::scoped_lock lock(mutex_);
    return next() % bound;
  }
  // True in `percent` of a hundred cases.
  bool chance(std::uint64_t percent) { return below(100) < percent; }

 private:
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace tradeauto
