#include "worker/worker.h"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/asio/strand.hpp>

#include "net/run_on.h"
#include "net/timer.h"

namespace tradeauto {

Worker::Worker(WorkerSettings settings, Needs needs)
    : settings_(std::move(settings)),
      needs_(std::move(needs)),
      strand_(asio::make_strand(needs_.executor)),
      executors_(std::move(needs_.executors)),
      sink_(needs_.journal, strand_, failed_, needs_.log),
      facade_({.accounts = accounts_,
               .executors = executors_,
               .sink = sink_,
               .journal = needs_.journal,
               .session = session_,
               .session_over = session_over_,
               .clock = needs_.clock,
               .log = needs_.log,
               .strand = strand_,
               .probe = needs_.probe}),
      tasks_(strand_) {}

void Worker::start() { tasks_.spawn(run()); }

asio::awaitable<void> Worker::run() {
  co_await executors_.attach(sink_);
  co_await recover();
  co_await keep_session();
}

// What an earlier process of this worker started and did not finish: ask the executors, and say of the rest that it is
// in doubt.
asio::awaitable<void> Worker::recover() {
  for (const StartedTask& started : needs_.journal.unfinished()) {
    TransactionTask task = started.task;
    std::erase_if(task.child_orders, [&](const TaskChildOrder& child) {
      return std::ranges::find(started.open, child.id) == started.open.end();
    });
    const TaskId id = task.id;
    const OrderId order = task.order_id;
    const ReportSink::Running running = sink_.begin(task);
    if (Executor* executor = executors_.find(task.brokerage); executor != nullptr) {
      const auto recovered = co_await executor->recover(std::move(task), sink_);
      if (!recovered.ok())
        needs_.log.warn("nothing recovered", {{"task", id}, {"order", order}, {"reason", recovered.error().reason}});
    }
    for (const ChildOrderId& child : sink_.silent(id)) {
      ChildOrderReport report;
      report.child_order = child;
      report.complete = true;
      report.status = ChildOrderStatus::in_doubt;
      report.reason = "worker_died";
      report.detail = "the worker ended while the order ran; it may have been sent";
      co_await sink_.report(std::move(report));
    }
  }
}

asio::awaitable<void> Worker::keep_session() {
  std::chrono::nanoseconds backoff = settings_.first_backoff;
  while (!stopping_) {
    // A session that ends early, before its first heartbeat, counts as a failed try: main may be closing every one.
    if (co_await open_session()) {
      const BootTime opened = needs_.clock.boot_now();
      if (co_await hold_lease() || needs_.clock.boot_now() - opened >= settings_.longest_backoff) {
        backoff = settings_.first_backoff;
        continue;
      }
    }
    // Half of it at random, so that a hundred workers do not return in step.
    std::uint8_t dice = 0;
    needs_.rng.fill({&dice, 1});
    co_await sleep_for(needs_.clock, backoff / 2 + backoff * dice / 512);
    backoff = std::min(backoff * 2, settings_.longest_backoff);
  }
}

asio::awaitable<bool> Worker::open_session() {
  const auto closed = co_await needs_.journal.close_session();
  if (!closed.ok()) {
    needs_.log.error("the journal cannot be written: this worker ends", {{"message", closed.error().message}});
    failed_.notify();
    co_return false;
  }
  const std::uint64_t generation = session_.begin();
  const BootTime asked_at = needs_.clock.boot_now();
  auto opened =
      co_await needs_.connector.connect(hello(), facade_, Deadline::after(needs_.clock, settings_.connect_timeout));
  if (!opened.ok()) {
    session_.close();
    log_connect_failure(opened.error());
    co_return false;
  }
  last_failure_.clear();
  lease_ = opened->lease;
  if (!session_.open(generation, opened->link, asked_at + lease_)) co_return false;
  sink_.connect(opened->link);
  needs_.log.info("connected to the main server", {{"ledger", opened->ledger}});
  co_return true;
}

// Renews the lease until the session is over. True if it was renewed at least once.
asio::awaitable<bool> Worker::hold_lease() {
  const std::shared_ptr<MainLink> link = session_.link();
  bool renewed = false;
  while (session_.link() == link && link) {
    const std::uint64_t seen = session_over_.version();
    if (co_await session_over_.wait(seen, needs_.clock, Deadline::after(needs_.clock, lease_ / 3))) break;
    if (session_.link() != link) break;
    const BootTime asked_at = needs_.clock.boot_now();
    if (asked_at < session_.lease_end()) {
      const auto granted = co_await link->heartbeat(Deadline::at(session_.lease_end()));
      if (granted.ok() && needs_.clock.boot_now() < session_.lease_end()) {
        lease_ = *granted;
        session_.renew(asked_at + lease_);
        renewed = true;
        continue;
      }
    }
    // A lease that was over for a moment (a suspended machine) ends the session, too: tasks may have been dropped by
    // it, and main offers them again only to a new one.
    link->close("heartbeat_unanswered");
    while (session_.link() == link) {
      const std::uint64_t version = session_over_.version();
      if (session_.link() != link) break;
      co_await session_over_.wait(version, needs_.clock, Deadline::never());
    }
  }
  co_return renewed;
}

WorkerHello Worker::hello() const {
  WorkerHello hello;
  hello.name = settings_.name;
  hello.version = settings_.version;
  hello.journal = needs_.journal.position();
  hello.executors = executors_.describe();
  hello.only_groups = settings_.only_groups;
  std::set<ChildOrderId> open;
  for (const StartedTask& started : needs_.journal.unfinished()) {
    open.insert(started.open.begin(), started.open.end());
    const bool running = sink_.running(started.task.id);
    hello.standings.push_back({.task = started.task.id,
                               .child_orders = started.open,
                               .state = running ? TaskStanding::State::running : TaskStanding::State::dead});
  }
  for (const JournaledReport& report : needs_.journal.unconfirmed()) {
    const ChildOrderId& child = report.report.child_order;
    if (!report.report.complete || open.contains(child)) continue;
    hello.standings.push_back({.task = report.task, .child_orders = {child}, .state = TaskStanding::State::finished});
  }
  return hello;
}

void Worker::log_connect_failure(const Error& error) {
  if (error.message == last_failure_) return;
  last_failure_ = error.message;
  needs_.log.warn("no session with the main server; trying again",
                  {{"reason", error.reason}, {"message", error.message}});
}

asio::awaitable<void> Worker::failed() {
  while (true) {
    if (co_await failed_.wait(0, needs_.clock, Deadline::never())) co_return;
  }
}

asio::awaitable<void> Worker::stop(Deadline deadline) {
  co_await run_on(strand_, [](Worker& self, Deadline until) -> asio::awaitable<void> {
    self.stopping_ = true;
    self.session_.drain();  // what only waits is dropped; main offers it to another worker
    while (self.facade_.tasks() > 0 && !until.over(self.needs_.clock)) {
      co_await sleep_for(self.needs_.clock, std::chrono::milliseconds(20));
    }
    const bool idle = self.facade_.tasks() == 0;
    if (const auto link = self.session_.link()) link->close(idle ? "goodbye" : "stopping");
    const Deadline farewell = Deadline::after(self.needs_.clock, std::chrono::seconds(1));
    while (self.session_.link() && !farewell.over(self.needs_.clock)) {
      co_await sleep_for(self.needs_.clock, std::chrono::milliseconds(10));
    }
  }(*this, deadline));
  co_await facade_.stop();
  tasks_.cancel();
  co_await tasks_.join();
  co_await executors_.stop();
  co_await run_on(strand_,
                  [](Worker& /*self*/) -> asio::awaitable<void> { co_return; }(*this));  // what was posted before
}

}  // namespace tradeauto
