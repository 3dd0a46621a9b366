#include "http/process_metrics.h"

#include <algorithm>
#include <chrono>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include "http/process_facts.h"

namespace tradeauto {

prometheus::Gauge& make_gauge(prometheus::Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

ProcessMetrics::ProcessMetrics(const std::string& version, prometheus::Registry& registry)
    : resident_bytes_(make_gauge(registry, "process_resident_memory_bytes", "Memory in use.")),
      open_files_(make_gauge(registry, "process_open_fds", "Files and sockets that are open.")),
      cpu_(prometheus::BuildCounter()
               .Name("process_cpu_seconds_total")
               .Help("CPU time used, in all threads.")
               .Register(registry)
               .Add({})) {
  prometheus::BuildGauge()
      .Name("tradeauto_build_info")
      .Help("Always 1; the labels tell what runs.")
      .Register(registry)
      .Add({{"version", version}})
      .Set(1);
}

void ProcessMetrics::read() {
  const ProcessFacts facts = process_facts();
  resident_bytes_.Set(static_cast<double>(facts.resident_bytes));
  open_files_.Set(static_cast<double>(facts.open_files));
  cpu_.Increment(std::max(std::chrono::duration<double>(facts.cpu).count() - cpu_.Value(), 0.0));
}

ApiReply metrics_page(const prometheus::Registry& registry) {
  ApiReply reply;
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  reply.body = prometheus::TextSerializer().Serialize(registry.Collect());
  return reply;
}

}  // namespace tradeauto
