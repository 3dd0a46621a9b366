#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "testing/fake_executor.h"
#include "testing/memory_journal.h"
#include "testing/null_log.h"
#include "testing/seeded_rng.h"
#include "testing/sim_time.h"
#include "worker/worker.h"

namespace tradeauto {

// A main server that is the test itself: takes hellos and questions, and answers as it is told.
class ScriptedMain final : public MainConnector {
 public:
  explicit ScriptedMain(const Clock& clock) : clock_(clock) {}

  class Link final : public MainLink {
   public:
    Link(ScriptedMain& main, TaskSink& sink) : main_(main), sink_(sink) {}

    asio::awaitable<Result<std::chrono::nanoseconds>> heartbeat(Deadline deadline) override {
      ++heartbeats;
      if (main_.answers_heartbeats) co_return main_.lease;
      co_return co_await silence(deadline);
    }
    asio::awaitable<Result<Permit>> ask_permit(TaskId task, Epoch epoch, Deadline deadline) override {
      asked.push_back(task);
      if (main_.on_permit) main_.on_permit(task);
      const std::uint64_t seen = main_.permits.version();
      if (main_.hold_permits) co_await main_.permits.wait(seen, main_.clock_, deadline);
      if (closed) co_return make_error(ErrorCode::unavailable, "session_lost", "the session is over");
      if (deadline.over(main_.clock_)) co_return make_error(ErrorCode::deadline_exceeded, "no_answer", "too late");
      Permit permit;
      permit.task = task;
      permit.epoch = epoch;
      permit.valid_for = main_.lease;
      permit.run_for = std::chrono::seconds(60);
      permit.child_orders = main_.grants[task];
      if (permit.child_orders.empty()) permit.refusal = "not_pending";
      co_return permit;
    }
    void report(JournaledReport report) override { reports.push_back(report); }
    void refuse(TaskId task, Error error) override { refused.emplace_back(std::move(task), std::move(error)); }
    void dropped(TaskId task) override { given_up.push_back(std::move(task)); }
    void close(std::string reason) override {
      if (closed) return;
      closed = reason;
      main_.permits.notify();
      sink_.session_closed(std::move(reason));
    }

    std::vector<TaskId> asked;
    std::vector<JournaledReport> reports;
    std::vector<std::pair<TaskId, Error>> refused;
    std::vector<TaskId> given_up;
    std::optional<std::string> closed;
    int heartbeats = 0;

   private:
    asio::awaitable<Result<std::chrono::nanoseconds>> silence(Deadline deadline) {
      co_await sleep_until(main_.clock_, deadline);
      co_return make_error(ErrorCode::deadline_exceeded, "no_answer", "main did not answer in time");
    }

    ScriptedMain& main_;
    TaskSink& sink_;
  };

  asio::awaitable<Result<OpenedSession>> connect(WorkerHello hello, TaskSink& sink, Deadline /*deadline*/) override {
    hellos.push_back(std::move(hello));
    if (!reachable)
      co_return make_error(ErrorCode::unavailable, "main_unreachable", "the main server cannot be reached");
    sink_ = &sink;
    links.push_back(std::make_shared<Link>(*this, sink));
    OpenedSession opened;
    opened.link = links.back();
    opened.lease = lease;
    co_return opened;
  }

  TaskSink& sink() { return *sink_; }
  Link& link() { return *links.back(); }

  bool reachable = true;
  bool answers_heartbeats = true;
  bool hold_permits = false;
  Signal permits;  // lets those that are held go
  std::chrono::nanoseconds lease = std::chrono::seconds(15);
  std::map<TaskId, std::vector<ChildOrderId>> grants;
  std::function<void(const TaskId&)> on_permit;
  std::vector<WorkerHello> hellos;
  std::vector<std::shared_ptr<Link>> links;

 private:
  const Clock& clock_;
  TaskSink* sink_ = nullptr;
};

// What a worker tells of its work.
struct ProbeNotes final : WorkerProbe {
  void run_ended(std::string_view executor, RunEnd end, std::chrono::nanoseconds took) override {
    runs.push_back({.executor = std::string(executor), .end = end, .took = took});
  }
  void start_recorded(std::chrono::nanoseconds /*took*/) override { ++starts; }

  struct Run {
    std::string executor;
    RunEnd end;
    std::chrono::nanoseconds took;
    bool operator==(const Run&) const = default;
  };
  std::vector<Run> runs;
  int starts = 0;
};

// A worker in virtual time between a main server and a broker that are the test.
class WorkerBench : public testing::Test {
 protected:
  using Behaviour = FakeExecutor::Behaviour;

  void SetUp() override { start(); }
  void TearDown() override { stop(); }

  void start() {
    auto fake = std::make_unique<FakeExecutor>(clock);
    executor = fake.get();
    std::vector<NamedExecutor> executors;
    executors.push_back({.name = "fake", .executor = std::move(fake)});
    WorkerSettings settings;
    settings.name = WorkerName("w1");
    worker = std::make_unique<Worker>(settings, Worker::Needs{.journal = journal,
                                                              .connector = main,
                                                              .executors = std::move(executors),
                                                              .clock = clock,
                                                              .rng = rng,
                                                              .log = null_logger(),
                                                              .executor = io.get_executor(),
                                                              .probe = &probe});
    worker->start();
    time.settle();
  }
  void stop(std::chrono::nanoseconds grace = {}) {
    if (!worker) return;
    time.run(worker->stop(Deadline::after(clock, grace)));
    worker.reset();
  }
  // kill -9: the journal keeps what is on disk.
  void kill() {
    journal.freeze();
    executor->dead = true;
    stop();
    journal.reopen(0, false);
  }

  static AccountRef ref(const std::string& account, const std::string& group = "family") {
    return {.group = GroupName(group), .account = AccountName(account)};
  }
  void serve(const std::vector<std::string>& accounts = {"mom"}, const std::string& group = "family") {
    ++epoch.counter;
    time.run(main.sink().assigned(GroupName(group), epoch));
    for (const std::string& account : accounts) ASSERT_TRUE(activate(account, group).ok());
  }
  Result<void> activate(const std::string& account, const std::string& group = "family",
                        Brokerage brokerage = Brokerage::paper) {
    auto result = time.run(main.sink().activate(
        {.account = ref(account, group), .brokerage = brokerage, .credentials = {}, .epoch = epoch}));
    time.settle();
    return result;
  }
  TransactionTask task(const std::string& id, const std::string& account = "mom",
                       const std::vector<std::string>& symbols = {"AAPL"}) const {
    TransactionTask task;
    task.id = TaskId(id);
    task.epoch = epoch;
    task.order_id = OrderId("o-" + id);
    task.account = ref(account);
    task.quantity = Quantity(Decimal::from_int(1));
    for (const std::string& symbol : symbols) {
      task.child_orders.push_back({.id = ChildOrderId(id + "-" + symbol), .symbol = Symbol(symbol)});
    }
    task.start_within = std::chrono::seconds(900);
    return task;
  }
  void offer(const TransactionTask& task, bool grant = true) {
    if (grant) {
      for (const TaskChildOrder& child : task.child_orders) main.grants[task.id].push_back(child.id);
    }
    main.sink().offered(task);
    time.settle();
  }
  // The session breaks, and the next one stands.
  void reconnect() {
    main.link().close("cut");
    time.pass(std::chrono::seconds(1));
  }
  void confirm(const JournaledReport& report) {
    main.sink().confirmed(report.sequence);
    time.settle();
  }

  asio::io_context io;
  SimClock clock;
  SimTime time{io, clock};
  SeededRng rng{1};
  MemoryJournal journal{"journal"};
  ScriptedMain main{clock};
  ProbeNotes probe;
  FakeExecutor* executor = nullptr;
  std::unique_ptr<Worker> worker;
  Epoch epoch{.incarnation = 1, .counter = 0};
};

}  // namespace tradeauto
