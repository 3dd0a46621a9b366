#include "app/line_writer.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace tradeauto {
namespace {

constexpr int kPatienceMs = 100;

}  // namespace

// Room is PIPE_BUF at least: a write of no more than that does not block.
bool LineWriter::has_room(int patience_ms) const {
  pollfd wait{.fd = fd_, .events = POLLOUT, .revents = 0};
  return ::poll(&wait, 1, patience_ms) != 0;
}

void LineWriter::write(std::string_view line) {
  const std::scoped_lock lock(mutex_);
  stuck_ = !has_room(stuck_ ? 0 : kPatienceMs);
  if (stuck_) {
    ++lost_;
    return;
  }
  if (torn_) put("\n");
  put(line);
}

void LineWriter::put(std::string_view text) {
  torn_ = false;
  while (!text.empty()) {
    if (!has_room(kPatienceMs)) {
      stuck_ = true;
      torn_ = true;
      ++lost_;
      return;
    }
    const ssize_t wrote = ::write(fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (wrote < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (wrote < 0) return;  // nobody will ever read it
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

std::uint64_t LineWriter::take_lost() {
  const std::scoped_lock lock(mutex_);
  if (stuck_) return 0;
  return std::exchange(lost_, 0);
}

}  // namespace tradeauto
