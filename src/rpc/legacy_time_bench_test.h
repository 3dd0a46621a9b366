#pragma once

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "rpc/legacy_bench_test.h"
#include "testing/fake_clock.h"

namespace tradeauto {

// Counts the lines of each message.
class CountingLog final : public LogSink {
 public:
  bool enabled(LogLevel /*level*/) const override { return true; }
  void write(LogLevel /*level*/, std::string_view /*room*/, std::string_view message,
             std::span<const LogField> /*fields*/) override {
    const std::scoped_lock lock(mutex_);
    ++counts_[std::string(message)];
  }
  int count(const std::string& message) const {
    const std::scoped_lock lock(mutex_);
    const auto it = counts_.find(message);
    return it == counts_.end() ? 0 : it->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> counts_;
};

struct MovedTime {
  // An hour ahead of gRPC's clock: no call of main's ends because its time is over.
  FakeClock clock_of_main{SystemClock().now() + std::chrono::hours(1)};
  CountingLog log;
  int forgotten() const { return log.count("a worker is forgotten: it cannot be reached"); }
};

// Main looks at its workers only when the test lets time pass.
class LegacyTimeBench : public MovedTime, public LegacyBench {
 protected:
  LegacyTimeBench() : LegacyBench(clock_of_main, Logger(log, "rpc")) {}
  // Nothing waits for a time that does not come.
  ~LegacyTimeBench() override { stop(std::chrono::milliseconds(200)); }

  void connect_passing(int port, Where where = Where::current()) {
    const std::size_t before = opened();
    EXPECT_TRUE(ping(port, where).ok());
    until_passing(std::chrono::milliseconds(100), [&] { return opened() > before; }, where);
  }
  // Hardly any time passes, and main looks several times.
  void look() {
    until_passing(std::chrono::milliseconds(10), [looks = 0]() mutable { return ++looks > 60; });
  }
  void until_passing(std::chrono::nanoseconds step, const std::function<bool()>& fact, Where where = Where::current()) {
    until(
        [&] {
          clock_of_main.advance(step);
          return fact();
        },
        where);
  }
};

}  // namespace tradeauto
