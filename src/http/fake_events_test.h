#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/fake_values_test.h"
#include "net/signal.h"
#include "ports/event_api.h"

namespace tradeauto {

// A log that tests write. Thread-safe.
class FakeEvents final : public EventApi {
 public:
  asio::awaitable<Result<std::vector<Event>>> events(std::uint64_t after, std::size_t limit) override {
    const std::scoped_lock lock(mutex_);
    if (failure) co_return *failure;
    std::vector<Event> found;
    for (const Event& event : events_) {
      if (event.sequence > after && found.size() < limit) found.push_back(event);
    }
    co_return found;
  }
  asio::awaitable<Result<std::uint64_t>> newest_event() override {
    const std::scoped_lock lock(mutex_);
    co_return events_.empty() ? 0 : events_.back().sequence;
  }
  // What is added as a deed; the filter is noted, and only its place and limit are obeyed.
  asio::awaitable<Result<std::vector<Event>>> deeds(DeedFilter filter) override {
    const std::scoped_lock lock(mutex_);
    filters.push_back(filter);
    if (failure) co_return *failure;
    std::vector<Event> found;
    for (auto it = events_.rbegin(); it != events_.rend() && found.size() < filter.limit; ++it) {
      if (it->actor && (!filter.before || it->sequence < *filter.before)) found.push_back(*it);
    }
    co_return found;
  }
  std::uint64_t event_version() const override { return changed_.version(); }
  asio::awaitable<bool> wait_for_events(std::uint64_t seen, Deadline deadline) override {
    return changed_.wait(seen, clock_, deadline);
  }

  void add(std::string type, const std::string& group = "family", std::optional<OrderId> order = std::nullopt,
           std::string detail = {}) {
    Event event;
    event.type = std::move(type);
    if (!group.empty()) event.group = GroupName(group);
    event.order = std::move(order);
    event.detail = std::move(detail);
    add(std::move(event));
  }
  // What somebody did to the account mom.
  void add_deed(std::string type, Actor actor, const std::string& group = "family") {
    Event event;
    event.type = std::move(type);
    event.actor = std::move(actor);
    event.group = GroupName(group);
    event.account = AccountName("mom");
    add(std::move(event));
  }
  void add(Event event) {
    {
      const std::scoped_lock lock(mutex_);
      event.sequence = ++last_;
      event.at = kFakeNow;
      events_.push_back(std::move(event));
    }
    changed_.notify();
  }
  void forget_before(std::uint64_t sequence) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(events_, [&](const Event& event) { return event.sequence < sequence; });
  }

  std::vector<DeedFilter> filters;
  std::optional<Error> failure;

 private:
  const SystemClock clock_;
  Signal changed_;
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::vector<Event> events_;
};

}  // namespace tradeauto
