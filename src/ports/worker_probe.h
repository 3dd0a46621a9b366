#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace tradeauto {

// What came of a run, as the worker sees its end; what became of each child order is in the reports.
enum class RunEnd : std::uint8_t {
  answered,  // the executor answered
  denied,    // it is proven that nothing was sent
  in_doubt,  // it broke off, and something may have been sent
};

// What a worker tells of its work, for its figures; as MainProbe. Thread-safe; no call blocks or fails.
class WorkerProbe {
 public:
  virtual ~WorkerProbe() = default;
  // `executor`: its name, "paper" or "autorsa".
  virtual void run_ended(std::string_view executor, RunEnd end, std::chrono::nanoseconds took) = 0;
  // A start is in the journal, on disk, `took` after it was given.
  virtual void start_recorded(std::chrono::nanoseconds took) = 0;
};

}  // namespace tradeauto
