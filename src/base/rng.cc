#include "base/rng.h"

#include <sys/random.h>

#include <cerrno>
#include <stdexcept>

namespace tradeauto {

void SystemRng::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      throw std::runtime_error("getrandom failed: the kernel offers no randomness");
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace tradeauto
