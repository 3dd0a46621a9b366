#pragma once

#include <cstddef>

namespace tradeauto {

// How a worker does, for whoever keeps it running.
struct WorkerStanding {
  bool has_session = false;       // with a main server
  std::size_t running_tasks = 0;  // started, and not every child order reported
};

// Thread-safe.
class WorkerHealth {
 public:
  virtual ~WorkerHealth() = default;
  virtual WorkerStanding standing() const = 0;
};

}  // namespace tradeauto
