#pragma once

#include <string>

#include <prometheus/registry.h>

#include "http/api_message.h"

namespace tradeauto {

// What every process tells of itself: its version, memory, CPU time and open files. Thread-safe.
class ProcessMetrics {
 public:
  // `registry` outlives it.
  ProcessMetrics(const std::string& version, prometheus::Registry& registry);

  // Looks at the process. Call it before a page is written.
  void read();

 private:
  prometheus::Gauge& resident_bytes_;
  prometheus::Gauge& open_files_;
  prometheus::Counter& cpu_;
};

prometheus::Gauge& make_gauge(prometheus::Registry& registry, const std::string& name, const std::string& help);
// What stands in `registry`, as Prometheus reads it.
ApiReply metrics_page(const prometheus::Registry& registry);

}  // namespace tradeauto
