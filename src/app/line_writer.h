#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

namespace tradeauto {

// Writes lines to a descriptor, and waits for whoever reads it once, and not for long: a terminal that was stopped with
// Ctrl-S, or a pipe that nobody empties, must not stop orders and leases. Lines are dropped and counted until it is
// read again. Thread-safe.
class LineWriter {
 public:
  // `fd` outlives it.
  explicit LineWriter(int fd) : fd_(fd) {}

  // `line` ends with a newline.
  void write(std::string_view line);
  // How many were dropped since the last call; 0 as long as there is no room.
  std::uint64_t take_lost();

 private:
  bool has_room(int patience_ms) const;
  void put(std::string_view text);

  const int fd_;
  std::mutex mutex_;
  bool stuck_ = false;
  bool torn_ = false;  // a line was cut in the middle
  std::uint64_t lost_ = 0;
};

}  // namespace tradeauto
