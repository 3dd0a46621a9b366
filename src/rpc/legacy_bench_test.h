#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include "MainTradingService.grpc.pb.h"
#include "base/clock.h"
#include "net/timer.h"
#include "rpc/fake_original_test.h"
#include "rpc/session_server.h"
#include "testing/null_log.h"
#include "testing/run_async.h"

namespace tradeauto {

// The router's part, written down. One strand: the test's thread.
struct Story {
  std::vector<std::string> lines;
  std::map<OrderId, Order> orders;
  std::map<TaskId, TransactionTask> tasks;
  std::set<AccountRef> refused_permits;
  std::set<AccountRef> failing_permits;  // the ledger cannot be written
  std::vector<ChildOrderReport> reports;
  std::shared_ptr<WorkerLink> link;
  std::vector<WorkerHello> hellos;
  std::function<void()> on_permit = [] {};
  std::chrono::nanoseconds valid_for = std::chrono::seconds(15);
  std::chrono::nanoseconds run_for = std::chrono::seconds(20);
  int failing_reads = 0;
  int refused_hellos = 0;
  bool takes_reports = true;

  std::ptrdiff_t count(const std::string& line) const { return std::ranges::count(lines, line); }
  bool has(const std::string& line) const { return count(line) > 0; }
};

inline Error disk_failed() { return make_error(ErrorCode::internal, "store_failed", "disk"); }

class FakeSession final : public WorkerSession {
 public:
  explicit FakeSession(Story& story) : story_(story) {}
  std::chrono::nanoseconds heartbeat() override { return std::chrono::seconds(15); }
  asio::awaitable<Result<Permit>> permit(TaskId id, Epoch epoch) override {
    const TransactionTask& task = story_.tasks.at(id);
    story_.lines.push_back("permit? " + task.account.account.str());
    if (story_.failing_permits.contains(task.account)) co_return disk_failed();
    Permit permit;
    permit.task = id;
    permit.epoch = epoch;
    permit.valid_for = story_.valid_for;
    permit.run_for = story_.run_for;
    if (story_.refused_permits.contains(task.account)) {
      permit.refusal = "in_doubt_open";
    } else {
      permit.child_orders = {task.child_orders.front().id};
    }
    story_.on_permit();
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);  // a ledger takes its time
    co_return permit;
  }
  asio::awaitable<Result<void>> report(JournaledReport report) override {
    story_.lines.push_back("report " + report.report.child_order.str() + " " +
                           std::string(to_string(report.report.status)) + " " + report.report.reason);
    if (!story_.takes_reports) co_return disk_failed();
    story_.reports.push_back(std::move(report.report));
    co_return Result<void>();
  }
  asio::awaitable<void> activated(AccountRef account, Epoch /*epoch*/, Result<void> result) override {
    story_.lines.push_back("activated " + account.account.str() + (result.ok() ? "" : ": " + result.error().reason));
    co_return;
  }
  asio::awaitable<Result<Order>> order(OrderId id) override {
    if (story_.failing_reads > 0) {
      --story_.failing_reads;
      co_return disk_failed();
    }
    co_return story_.orders.at(id);
  }
  asio::awaitable<void> refused(TaskId task, Error error) override {
    story_.lines.push_back("refused " + story_.tasks.at(task).account.account.str() + ": " + error.reason);
    co_return;
  }
  void closed(std::string reason) override { story_.lines.push_back("closed: " + reason); }

 private:
  Story& story_;
};

class FakeSessions final : public WorkerSessions {
 public:
  explicit FakeSessions(Story& story) : story_(story) {}
  asio::awaitable<Result<Opened>> open(WorkerHello hello, std::shared_ptr<WorkerLink> link) override {
    if (story_.refused_hellos > 0) {
      --story_.refused_hellos;
      story_.lines.push_back("not opened");
      co_return make_error(ErrorCode::unavailable, "shutting_down", "not now");
    }
    story_.lines.push_back("open");
    story_.hellos.push_back(std::move(hello));
    story_.link = std::move(link);
    co_return Opened{.session = std::make_shared<FakeSession>(story_),
                     .ledger = LedgerId("l"),
                     .incarnation = 1,
                     .lease = std::chrono::seconds(15)};
  }

 private:
  Story& story_;
};

// A main server's end for workers that ping, on loopback, with everything that a test has it do.
class LegacyBench : public testing::Test {
 protected:
  LegacyBench() : LegacyBench(system_clock_, null_logger()) {}
  LegacyBench(const Clock& clock, Logger log);
  ~LegacyBench() override { stop(); }
  void stop(std::chrono::nanoseconds within = std::chrono::seconds(3));

  using Where = std::source_location;

  // One that is under way until `status` is set.
  struct Ping {
    grpc::ClientContext context;
    TradingService::Ping request;
    TradingService::Pong response;
    std::optional<grpc::Status> status;
  };
  std::shared_ptr<Ping> begin_ping(int port);
  grpc::Status ping(int port, Where where = Where::current());
  // Ends the test if `fact` does not come.
  void until(const std::function<bool()>& fact, Where where = Where::current());
  void until_line(const std::string& line, Where where = Where::current()) {
    until([&] { return story_.has(line); }, where);
  }
  std::size_t opened() const { return story_.hellos.size(); }
  // Pings for the worker at this port, and waits for its session.
  void connect(int port, Where where = Where::current());
  void activate(const std::string& account, const std::string& token = "token", const std::string& outcome = "",
                Where where = Where::current());
  // Tells main's link of it, and does not wait.
  void begin_activation(const std::string& account, const std::string& token = "token");
  // An order for these accounts; each of `offered` is offered.
  void offer(const std::vector<std::string>& accounts, const std::vector<std::string>& offered, bool dry_run = false);
  static std::ptrdiff_t trades(const FakeOriginal& worker) {
    return std::ranges::count(worker.seen(), std::string("buy 2 AAPL"));
  }
  static AccountRef ref(const std::string& account) {
    return {.group = GroupName("family"), .account = AccountName(account)};
  }

  static inline const SystemClock system_clock_;
  asio::io_context context_;
  const Clock& clock_;
  SystemRng rng_;
  Story story_;
  FakeSessions sessions_{story_};
  std::optional<SessionServer> server_;
  std::shared_ptr<grpc::Channel> channel_;

 private:
  void end_pings();

  std::vector<std::shared_ptr<Ping>> pings_;
};

}  // namespace tradeauto
