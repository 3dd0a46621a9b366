#pragma once

#include <chrono>

#include "domain/brokerage.h"
#include "domain/order.h"

namespace tradeauto {

// What a main server tells of its work, for its figures. Who tells knows no names of figures and no format.
// Thread-safe; no call blocks or fails.
class MainProbe {
 public:
  virtual ~MainProbe() = default;
  // A child order got this status, on disk.
  virtual void child_order_became(ChildOrderStatus status, Brokerage brokerage) = 0;
  // What the ledger was given is on disk, `took` after it was given.
  virtual void ledger_written(std::chrono::nanoseconds took) = 0;
};

}  // namespace tradeauto
