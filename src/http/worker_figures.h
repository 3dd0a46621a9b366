#pragma once

#include <memory>
#include <string>

#include "ports/worker_probe.h"

namespace tradeauto {

// A worker's figures, as Figures are a main server's.
class WorkerFigures final : public WorkerProbe {
 public:
  WorkerFigures();
  ~WorkerFigures() override;

  void run_ended(std::string_view executor, RunEnd end, std::chrono::nanoseconds took) override;
  void start_recorded(std::chrono::nanoseconds took) override;

  // As Prometheus reads them. Thread-safe.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tradeauto
