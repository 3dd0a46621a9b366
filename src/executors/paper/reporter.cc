#include "executors/paper/reporter.h"

#include <utility>

#include "net/timer.h"

namespace tradeauto {

asio::awaitable<Result<PaperSnapshot>> PaperReporter::tell(ChildOrderId child_order, ExecutionSink& sink) {
  std::shared_ptr<Semaphore>& known = turns_[child_order];
  if (!known) known = Semaphore::make(1);
  const auto turn = known;
  const auto slot = co_await turn->acquire();
  auto snapshot = co_await parts_.pool.run([this, child_order] { return look(child_order); });
  if (snapshot.ok()) {
    if (snapshot->report.complete || !snapshot->report.executions.empty()) co_await sink.report(snapshot->report);
    if (snapshot->settled) {
      auto forgotten = co_await parts_.pool.run([this, child_order] { return parts_.memory->forget(child_order); });
      // It will be told once more after a restart, which does no harm.
      if (!forgotten.ok()) {
        parts_.log.warn("a run cannot be forgotten",
                        {{"child_order", child_order}, {"message", forgotten.error().message}});
      }
    }
  }
  if (turn->waiting() == 0) turns_.erase(child_order);
  co_return snapshot;
}

Result<PaperSnapshot> PaperReporter::look(const ChildOrderId& child_order) {
  const PaperRun* run = parts_.memory->find(child_order);
  if (run == nullptr) return make_error(ErrorCode::internal, "paper_run_unknown", "the run is not remembered");
  TRY(const auto placements, parts_.broker->find(child_order));
  return snapshot_of(*run, placements, parts_.clock.now());
}

void PaperReporter::follow(const ChildOrderId& child_order, ExecutionSink& sink, Timestamp next) {
  if (!followed_.insert(child_order).second) return;
  tasks_.spawn_on(strand_, follow_run(child_order, sink, next));
}

asio::awaitable<void> PaperReporter::follow_run(ChildOrderId child_order, ExecutionSink& sink, Timestamp next) {
  while (true) {
    for (Timestamp now = parts_.clock.now(); now < next; now = parts_.clock.now()) {
      co_await sleep_for(parts_.clock, next - now);
    }
    const auto told = co_await tell(child_order, sink);
    if (!told.ok()) {
      parts_.log.error("a fill cannot be reported before the next start",
                       {{"child_order", child_order}, {"message", told.error().message}});
    }
    if (!told.ok() || !told->next_fill) break;
    next = *told->next_fill;
  }
  followed_.erase(child_order);
}

asio::awaitable<void> PaperReporter::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace tradeauto
