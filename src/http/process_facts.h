#pragma once

#include <chrono>
#include <cstdint>

namespace tradeauto {

// What the system says of this process; 0 where it says nothing.
struct ProcessFacts {
  std::uint64_t resident_bytes = 0;
  std::chrono::microseconds cpu{0};
  std::uint64_t open_files = 0;
};
ProcessFacts process_facts();

}  // namespace tradeauto
