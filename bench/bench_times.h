#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tradeauto::bench {

using BenchClock = std::chrono::steady_clock;

// What came of calling one thing for a while.
struct Times {
  std::vector<double> milliseconds;  // sorted
  double seconds = 0;

  double rate() const { return static_cast<double>(milliseconds.size()) / seconds; }
  double quantile(double part) const {
    if (milliseconds.empty()) return 0;
    return milliseconds[static_cast<std::size_t>(part * static_cast<double>(milliseconds.size() - 1))];
  }
};

// Calls `one(client)` over and over from `clients` threads for `duration`. `one` returns false to end its client.
inline Times measure(int clients, std::chrono::nanoseconds duration, const std::function<bool(int)>& one) {
  Times times;
  std::mutex mutex;
  const auto begin = BenchClock::now();
  {
    std::vector<std::jthread> threads;
    for (int client = 0; client < clients; ++client) {
      threads.emplace_back([&, client] {
        std::vector<double> mine;
        for (auto last = BenchClock::now(); last - begin < duration;) {
          if (!one(client)) break;
          const auto now = BenchClock::now();
          mine.push_back(std::chrono::duration<double, std::milli>(now - last).count());
          last = now;
        }
        const std::scoped_lock lock(mutex);
        times.milliseconds.insert(times.milliseconds.end(), mine.begin(), mine.end());
      });
    }
  }
  times.seconds = std::chrono::duration<double>(BenchClock::now() - begin).count();
  std::ranges::sort(times.milliseconds);
  return times;
}

inline void print_head() { std::printf("%-52s clients  per second   p50 ms   p99 ms\n", ""); }
inline void print_row(const std::string& name, int clients, const Times& times) {
  std::printf("%-52s %7d %11.0f %8.3f %8.3f\n", name.c_str(), clients, times.rate(), times.quantile(0.5),
              times.quantile(0.99));
  std::fflush(stdout);
}

}  // namespace tradeauto::bench
