#include "http/event_stream.h"

#include <chrono>

#include "base/deadline.h"

namespace tradeauto {
namespace {

constexpr std::size_t kBatch = 100;
constexpr std::chrono::seconds kSilence{15};
constexpr const char* kSignOfLife = ":\n\n";
// How soon a browser comes back by itself.
constexpr const char* kComeBack = "retry: 1000\n\n";

}  // namespace

std::unique_ptr<StreamSeat> StreamSeat::take(std::atomic<std::size_t>& taken, std::size_t limit) {
  auto seat = std::make_unique<StreamSeat>(taken);
  if (++taken > limit) return nullptr;
  return seat;
}

asio::awaitable<Result<std::string>> EventStream::open() {
  std::string text = kComeBack;
  bool known = !start_.foreign;
  if (known && start_.seen.value_or(0) > 0) {
    CO_TRY(const auto seen, co_await events_.events(*start_.seen - 1, 1));
    known = !seen.empty() && seen.front().sequence == *start_.seen;
  }
  if (known && start_.seen) {
    after_ = *start_.seen;
    co_return text;
  }
  CO_TRY(after_, co_await events_.newest_event());
  if (!known) co_return text + render_reset(after_);
  // It came without a place in the log: with this one it loses nothing when it is cut off before its first event.
  co_return render_position(after_) + text;
}

asio::awaitable<Result<std::string>> EventStream::next() {
  if (!opened_) {
    opened_ = true;
    co_return co_await open();
  }
  const Deadline deadline = Deadline::after(clock_, kSilence);
  while (true) {
    const std::uint64_t version = events_.event_version();
    CO_TRY(const auto batch, co_await events_.events(after_, kBatch));
    if (!may_see_()) co_return std::string();
    std::string text;
    for (const Event& event : batch) {
      after_ = event.sequence;
      if (filter_.takes(event)) text += render_streamed(event);
    }
    if (!text.empty()) co_return text;
    if (batch.empty()) {
      if (!co_await events_.wait_for_events(version, deadline)) co_return may_see_() ? kSignOfLife : "";
    } else if (deadline.over(clock_)) {
      co_return kSignOfLife;
    }
  }
}

}  // namespace tradeauto
