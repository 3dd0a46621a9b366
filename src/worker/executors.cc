#include "worker/executors.h"

#include <algorithm>

namespace tradeauto {

Executor* Executors::find(Brokerage brokerage) const {
  for (const NamedExecutor& named : executors_) {
    if (named.executor->runs(brokerage)) return named.executor.get();
  }
  return nullptr;
}

std::string_view Executors::name_of(Brokerage brokerage) const {
  return std::ranges::find_if(executors_, [&](const NamedExecutor& named) { return named.executor->runs(brokerage); })
      ->name;
}

asio::awaitable<Semaphore::Slot> Executors::enter_lane(Executor& executor, Brokerage brokerage) {
  return enter(lanes_, executor.lane(brokerage));
}

asio::awaitable<Semaphore::Slot> Executors::take_turn(Executor& executor, Brokerage brokerage) {
  return enter(turns_, executor.lane(brokerage));
}

asio::awaitable<Semaphore::Slot> Executors::enter(Lanes& lanes, const Lane& lane) {
  std::shared_ptr<Semaphore>& semaphore = lanes[lane.name];
  if (!semaphore) semaphore = Semaphore::make(lane.width);
  return semaphore->acquire();
}

std::vector<ExecutorInfo> Executors::describe() const {
  std::vector<ExecutorInfo> infos;
  for (const NamedExecutor& named : executors_) {
    const ExecutorStatus status = named.executor->status();
    ExecutorInfo described{.name = named.name,
                           .brokerages = {},
                           .available = status.available,
                           .version = status.version,
                           .problem = status.problem};
    for (const BrokerageInfo& brokerage : all_brokerages()) {
      if (named.executor->runs(brokerage.brokerage)) described.brokerages.push_back(brokerage.brokerage);
    }
    infos.push_back(std::move(described));
  }
  return infos;
}

asio::awaitable<void> Executors::attach(ExecutionSink& sink) {
  for (const NamedExecutor& named : executors_) co_await named.executor->attach(sink);
}

asio::awaitable<void> Executors::stop() {
  for (const NamedExecutor& named : executors_) co_await named.executor->stop();
}

}  // namespace tradeauto
