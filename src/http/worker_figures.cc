#include "http/worker_figures.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace tradeauto {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;
using Seconds = std::chrono::duration<double>;

// From a paper order to a browser's whole run.
const Buckets& run_buckets() {
  static const Buckets kBuckets = {0.01, 0.05, 0.25, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600};
  return kBuckets;
}

const Buckets& write_buckets() {
  static const Buckets kBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1};
  return kBuckets;
}

std::string word(RunEnd end) {
  switch (end) {
    case RunEnd::answered: return "answered";
    case RunEnd::denied: return "denied";
    case RunEnd::in_doubt: return "in_doubt";
  }
  return {};
}

}  // namespace

struct WorkerFigures::Impl {
  Impl()
      : runs(prometheus::BuildCounter()
                 .Name("tradeauto_runs_total")
                 .Help("Runs that ended, by executor and outcome.")
                 .Register(registry)),
        run_time(prometheus::BuildHistogram()
                     .Name("tradeauto_run_duration_seconds")
                     .Help("From the start of a run to its end, by executor.")
                     .Register(registry)),
        journal(prometheus::BuildHistogram()
                    .Name("tradeauto_journal_write_duration_seconds")
                    .Help("From a start's way into the journal until it is on disk.")
                    .Register(registry)
                    .Add({}, write_buckets())) {
    for (const char* executor : {"paper", "autorsa"}) {
      for (const RunEnd end : {RunEnd::answered, RunEnd::denied, RunEnd::in_doubt}) count(executor, end);
      time(executor);
    }
  }

  prometheus::Counter& count(const std::string& executor, RunEnd end) {
    return runs.Add({{"executor", executor}, {"outcome", word(end)}});
  }
  prometheus::Histogram& time(const std::string& executor) {
    return run_time.Add({{"executor", executor}}, run_buckets());
  }

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& runs;
  prometheus::Family<prometheus::Histogram>& run_time;
  prometheus::Histogram& journal;
};

WorkerFigures::WorkerFigures() : impl_(std::make_unique<Impl>()) {}

WorkerFigures::~WorkerFigures() = default;

void WorkerFigures::run_ended(std::string_view executor, RunEnd end, std::chrono::nanoseconds took) {
  const std::string name(executor);
  impl_->count(name, end).Increment();
  impl_->time(name).Observe(Seconds(took).count());
}

void WorkerFigures::start_recorded(std::chrono::nanoseconds took) { impl_->journal.Observe(Seconds(took).count()); }

std::string WorkerFigures::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace tradeauto
