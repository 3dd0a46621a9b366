#pragma once

#include <memory>
#include <string>

#include "ports/main_probe.h"

namespace tradeauto {

// The figures of the rooms behind: they tell a probe, /metrics shows them. Nobody and nothing by name, as HttpMetrics.
class Figures final : public MainProbe {
 public:
  Figures();
  ~Figures() override;

  void child_order_became(ChildOrderStatus status, Brokerage brokerage) override;
  void ledger_written(std::chrono::nanoseconds took) override;

  // As Prometheus reads them. Thread-safe.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tradeauto
