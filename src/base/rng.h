#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tradeauto {

// Random bytes, injected so that a seed reproduces a run. Thread-safe.
class Rng {
 public:
  virtual ~Rng() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// The kernel's generator (getrandom). Good for keys and tokens.
class SystemRng final : public Rng {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace tradeauto
