#include "http/http_metrics.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "http/process_metrics.h"

namespace tradeauto {
namespace {

constexpr std::size_t kClasses = 5;  // 1xx to 5xx
constexpr std::size_t kPage = 500;
using ByClass = std::array<prometheus::Counter*, kClasses>;
using Seconds = std::chrono::duration<double>;

// From a share of an fsync to a store that is in trouble.
const prometheus::Histogram::BucketBoundaries& accept_buckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                                   0.1,    0.25,  0.5,    1,     2.5,  5,     10};
  return kBuckets;
}

asio::awaitable<Result<std::size_t>> in_doubt(OrderApi& orders) {
  OrderFilter filter;
  filter.status = OrderStatus::attention;
  filter.limit = kPage;
  std::size_t count = 0;
  while (true) {
    CO_TRY(const std::vector<Order> page, co_await orders.list(filter));
    for (const Order& order : page) {
      count += static_cast<std::size_t>(
          std::ranges::count(order.child_orders, ChildOrderStatus::in_doubt, &ChildOrder::status));
    }
    if (page.size() < kPage) co_return count;
    filter.before = page.back().id;
  }
}

}  // namespace

struct HttpMetrics::Impl {
  Impl(const std::string& version, const RouteTable& routes, OrderApi& its_orders, WorkerApi& its_workers,
       const Figures* its_figures)
      : orders(its_orders),
        workers(its_workers),
        figures(its_figures),
        requests(prometheus::BuildCounter()
                     .Name("tradeauto_http_requests_total")
                     .Help("Requests that were answered, by route, method and class of status.")
                     .Register(registry)),
        accept(prometheus::BuildHistogram()
                   .Name("tradeauto_order_accept_duration_seconds")
                   .Help("From a complete POST /v1/orders to its 2xx, without waiting: the order is on disk then.")
                   .Register(registry)
                   .Add({}, accept_buckets())),
        in_doubt_child_orders(make_gauge(registry, "tradeauto_in_doubt_child_orders",
                                         "Child orders that may have reached a broker; nobody knows.")),
        worker_sessions(make_gauge(registry, "tradeauto_worker_sessions", "Workers that are connected.")),
        process(version, registry) {
    for (const Route& route : routes.all()) {
      counters.emplace(&route, counters_of(std::string(route.method), std::string(route.path)));
      if (route.method == "POST" && route.path == "/v1/orders") place_order = &route;
    }
    elsewhere = counters_of("any", "other");
  }

  ByClass counters_of(const std::string& method, const std::string& path) {
    ByClass out{};
    for (std::size_t i = 0; i < kClasses; ++i) {
      out.at(i) = &requests.Add({{"method", method}, {"route", path}, {"status", fmt::format("{}xx", i + 1)}});
    }
    return out;
  }

  asio::awaitable<Result<void>> read() {
    CO_TRY(const std::size_t doubts, co_await in_doubt(orders));
    CO_TRY(const std::vector<WorkerView> views, co_await workers.workers());
    in_doubt_child_orders.Set(static_cast<double>(doubts));
    worker_sessions.Set(static_cast<double>(
        std::ranges::count_if(views, [](const WorkerView& worker) { return worker.state != "lost"; })));
    process.read();
    co_return Result<void>{};
  }

  OrderApi& orders;
  WorkerApi& workers;
  const Figures* const figures;
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests;
  prometheus::Histogram& accept;
  prometheus::Gauge& in_doubt_child_orders;
  prometheus::Gauge& worker_sessions;
  ProcessMetrics process;
  // Complete before the first request, so that a count is a look and an atomic.
  std::unordered_map<const Route*, ByClass> counters;
  ByClass elsewhere{};
  const Route* place_order = nullptr;
};

HttpMetrics::HttpMetrics(const std::string& version, const RouteTable& routes, OrderApi& orders, WorkerApi& workers,
                         const Figures* figures)
    : impl_(std::make_unique<Impl>(version, routes, orders, workers, figures)) {}

HttpMetrics::~HttpMetrics() = default;

void HttpMetrics::request(const Route* route, unsigned status, std::optional<std::chrono::nanoseconds> took) {
  const auto found = impl_->counters.find(route);
  const ByClass& counters = found == impl_->counters.end() ? impl_->elsewhere : found->second;
  counters.at(std::clamp<std::size_t>(status / 100, 1, kClasses) - 1)->Increment();
  const bool accepted = route != nullptr && route == impl_->place_order && status / 100 == 2;
  if (accepted && took) impl_->accept.Observe(Seconds(*took).count());
}

asio::awaitable<Result<ApiReply>> HttpMetrics::page() {
  CO_TRY_VOID(co_await impl_->read());
  ApiReply reply = metrics_page(impl_->registry);
  if (impl_->figures != nullptr) reply.body += impl_->figures->text();
  co_return reply;
}

}  // namespace tradeauto
