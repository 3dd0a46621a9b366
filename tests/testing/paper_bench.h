#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "executors/paper/paper_executor.h"
#include "executors/paper/placement.h"
#include "net/task_group.h"
#include "testing/collecting_sink.h"
#include "testing/end_test.h"
#include "testing/leaping_clock.h"
#include "testing/null_log.h"
#include "testing/run_async.h"
#include "testing/temp_folder.h"

namespace tradeauto {

// A paper executor in a test: its process can be restarted, and its ledger is read from the file, not asked of it.
class PaperExecutorBench : public ::testing::Test {
 protected:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  ~PaperExecutorBench() override {
    if (executor_) stop();
  }

  // A new process: the one before has ended, its state is what is in the folder.
  void start(PaperSettings settings = {}) {
    if (executor_) stop();
    if (settings.dir.empty()) settings.dir = folder_.path();
    settings.version = "1.2.3";
    executor_ = make_paper_executor(settings, clock_, context_.get_executor(), null_logger()).value();
    run_async(context_, executor_->attach(sink_));
  }
  void stop() {
    run_async(context_, executor_->stop());
    executor_.reset();
  }

  static AccountRef account(std::string name) { return {GroupName("family"), AccountName(std::move(name))}; }
  static Credentials credentials(const Fields& fields) {
    Credentials made;
    for (const auto& [name, value] : fields) made.set(name, SecretString(value));
    return made;
  }
  // One child order with the id `id`, for AAPL in the account mom.
  static TransactionTask task(std::string id, Side side = Side::buy) {
    TransactionTask made;
    made.id = TaskId("t-" + id);
    made.account = account("mom");
    made.side = side;
    made.quantity = Quantity(Decimal::from_int(1));
    made.child_orders = {{.id = ChildOrderId(std::move(id)), .symbol = Symbol("AAPL")}};
    return made;
  }

  Result<void> place(const TransactionTask& asked, const Fields& fields, std::chrono::milliseconds time = kPatience) {
    return run_async(context_, executor_->place(asked, credentials(fields), sink_, Deadline::after(clock_, time)));
  }
  // The deadline comes once `fact` is so, and not earlier.
  Result<void> place_until(const TransactionTask& asked, const Fields& fields, const std::function<bool()>& fact) {
    constexpr std::chrono::minutes kTime{5};
    std::optional<Result<void>> placed;
    TaskGroup group(context_.get_executor());
    group.spawn([](PaperExecutorBench& bench, TransactionTask task, Credentials held, Deadline deadline,
                   std::optional<Result<void>>& out) -> boost::asio::awaitable<void> {
      out = co_await bench.executor_->place(std::move(task), std::move(held), bench.sink_, deadline);
    }(*this, asked, credentials(fields), Deadline::after(clock_, kTime), placed));
    const Deadline patience = Deadline::after(clock_, kPatience);
    context_.restart();
    while (!fact() && !patience.over(clock_)) context_.run_one_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(fact());
    clock_.leap(kTime);
    run_async(context_, group.join());
    return placed.value();
  }
  Result<void> recover(const TransactionTask& asked) { return run_async(context_, executor_->recover(asked, sink_)); }

  ChildOrderReport last(const std::string& id) const { return sink_.last(ChildOrderId(id)); }
  bool reported(const std::string& id, ChildOrderStatus status) {
    return run_async(context_, sink_.wait_for(ChildOrderId(id), status, kPatience));
  }
  static std::vector<ExecutionStatus> statuses(const ChildOrderReport& report) {
    std::vector<ExecutionStatus> found;
    for (const ExecutionReport& each : report.executions) found.push_back(each.status);
    return found;
  }

  // The lines of the ledger with this decision; of one child order if it is named.
  std::size_t decisions(Decision decision, const std::string& id = {}) const {
    std::istringstream lines(folder_.read("placements.jsonl"));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) {
      const Placement placement = parse_placement(line).value();
      if (placement.decision == decision && (id.empty() || placement.child_order.str() == id)) ++count;
    }
    return count;
  }
  // An order is under way; whether the broker has it is not known yet.
  bool begun() const { return !folder_.read("runs.jsonl").empty(); }
  std::size_t accepted(const std::string& id = {}) const { return decisions(Decision::accepted, id); }

  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
  LeapingClock clock_;
  TempFolder folder_;
  CollectingSink sink_;
  std::unique_ptr<Executor> executor_;
};

}  // namespace tradeauto
