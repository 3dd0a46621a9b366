#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "domain/decimal.h"
#include "domain/names.h"

namespace tradeauto {

// What a share costs at the paper broker: from a file, or a walk that is a pure function of (seed, symbol, time).
// Thread: one at a time; reads the file when it has changed.
class PaperPrices {
 public:
  // With a file the seed does not matter.
  PaperPrices(std::uint64_t seed, std::optional<std::filesystem::path> file) : seed_(seed), file_(std::move(file)) {}

  // Can the file be read? As price().
  Result<void> check() { return file_ ? reload() : Result<void>(); }

  // Nothing for a symbol that is not traded here. Failure: unavailable (paper_prices_unreadable) that names the file.
  Result<std::optional<Price>> price(const Symbol& symbol, Timestamp at);

 private:
  Result<void> reload();

  const std::uint64_t seed_;
  const std::optional<std::filesystem::path> file_;
  std::string version_;  // of the file that was read
  std::map<Symbol, Price> listed_;
};

}  // namespace tradeauto
