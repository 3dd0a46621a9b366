#include "http/rate_limiter.h"

#include <algorithm>

namespace tradeauto {

using std::chrono::nanoseconds;

std::optional<RateLimiter::Standing> RateLimiter::take(std::string_view name) {
  if (settings_.per_minute == 0) return std::nullopt;
  const BootTime now = clock_.boot_now();
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= settings_.most_names && !buckets_.contains(std::string(name))) make_room(now);
  BootTime& full_at = buckets_.try_emplace(std::string(name), now).first->second;
  full_at = std::max(full_at, now);
  Standing before = standing_of(full_at, now);
  if (!before.allowed) return before;
  full_at += interval();
  Standing after = standing_of(full_at, now);
  after.allowed = true;
  after.retry_after = std::chrono::seconds(0);
  return after;
}

std::optional<RateLimiter::Standing> RateLimiter::look(std::string_view name) {
  if (settings_.per_minute == 0) return std::nullopt;
  const BootTime now = clock_.boot_now();
  const std::scoped_lock lock(mutex_);
  const auto it = buckets_.find(std::string(name));
  return standing_of(it == buckets_.end() ? now : std::max(it->second, now), now);
}

RateLimiter::Standing RateLimiter::standing_of(BootTime full_at, BootTime now) const {
  const nanoseconds missing = full_at - now;
  const auto taken = (missing + interval() - nanoseconds(1)) / interval();  // a part of one is not there yet
  const auto limit = static_cast<std::int64_t>(settings_.per_minute);
  Standing standing;
  standing.limit = settings_.per_minute;
  standing.remaining = static_cast<std::uint32_t>(std::max<std::int64_t>(limit - taken, 0));
  standing.allowed = standing.remaining > 0;
  if (!standing.allowed) {
    const nanoseconds wait = missing - interval() * (limit - 1);
    standing.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds(1));
  }
  return standing;
}

void RateLimiter::make_room(BootTime now) {
  std::erase_if(buckets_, [now](const auto& bucket) { return bucket.second <= now; });
  if (buckets_.size() >= settings_.most_names) buckets_.clear();
}

}  // namespace tradeauto
