#include "http/figures.h"

#include <array>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace tradeauto {
namespace {

constexpr std::size_t kStatuses = static_cast<std::size_t>(ChildOrderStatus::expired) + 1;
constexpr std::array kExecutors = {"paper", "autorsa"};

std::size_t executor_of(Brokerage brokerage) { return brokerage == Brokerage::paper ? 0 : 1; }

// From a share of an fsync to a disk that is in trouble.
const prometheus::Histogram::BucketBoundaries& write_buckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                                   0.025,  0.05,    0.1,    0.25,  0.5,    1,     2.5};
  return kBuckets;
}

}  // namespace

struct Figures::Impl {
  Impl()
      : ledger(prometheus::BuildHistogram()
                   .Name("tradeauto_ledger_commit_duration_seconds")
                   .Help("From a write to the ledger until it is on disk, with others or alone.")
                   .Register(registry)
                   .Add({}, write_buckets())) {
    auto& family = prometheus::BuildCounter()
                       .Name("tradeauto_child_orders_total")
                       .Help("Child orders that got a status, by status and executor.")
                       .Register(registry);
    for (std::size_t executor = 0; executor < kExecutors.size(); ++executor) {
      for (std::size_t i = 0; i < kStatuses; ++i) {
        const std::string status(to_string(static_cast<ChildOrderStatus>(i)));
        became.at(executor).at(i) = &family.Add({{"status", status}, {"executor", kExecutors.at(executor)}});
      }
    }
  }

  prometheus::Registry registry;
  prometheus::Histogram& ledger;
  // Complete from the start, so that a count is an atomic.
  std::array<std::array<prometheus::Counter*, kStatuses>, kExecutors.size()> became{};
};

Figures::Figures() : impl_(std::make_unique<Impl>()) {}

Figures::~Figures() = default;

void Figures::child_order_became(ChildOrderStatus status, Brokerage brokerage) {
  impl_->became.at(executor_of(brokerage)).at(static_cast<std::size_t>(status))->Increment();
}

void Figures::ledger_written(std::chrono::nanoseconds took) {
  impl_->ledger.Observe(std::chrono::duration<double>(took).count());
}

std::string Figures::text() const { return prometheus::TextSerializer().Serialize(impl_->registry.Collect()); }

}  // namespace tradeauto
