// Pings, and links to a worker that answers as the original does, over loopback.
#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "MainTradingService.grpc.pb.h"
#include "WorkerTradingService.grpc.pb.h"
#include "base/clock.h"
#include "net/timer.h"
#include "rpc/session_server.h"
#include "testing/null_log.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

const GroupName kGroup("family");

AccountRef ref(const std::string& account) { return {.group = kGroup, .account = AccountName(account)}; }

// The original worker: serial, OK in every case, Failure as text.
class FakeOriginal final : public TradingService::WorkerTradingService::Service {
 public:
  explicit FakeOriginal(int port = 0) {
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(), &this->port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeOriginal() override { stop(); }
  // As a kill does it: what is under way gets no answer.
  void stop() {
    if (!server_) return;
    server_->Shutdown(std::chrono::system_clock::time_point());
    server_.reset();
  }
  void release() {
    const std::scoped_lock lock(mutex_);
    hang_ = false;
    changed_.notify_all();
  }
  void hang() {
    const std::scoped_lock lock(mutex_);
    hang_ = true;
  }
  void fail_activations() {
    const std::scoped_lock lock(mutex_);
    poisoned_ = true;
  }
  std::vector<std::string> seen() const {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }

  grpc::Status Activation(grpc::ServerContext* /*context*/, const Task::Activation::Task* task,
                          Task::Activation::Response* response) override {
    const std::scoped_lock lock(mutex_);
    seen_.push_back("activate " + task->account_name() + " " + task->account_details().access_token());
    if (poisoned_) response->set_status(Types::Failure);
    return grpc::Status::OK;
  }
  grpc::Status Transaction(grpc::ServerContext* context, const Task::Transaction::Task* task,
                           Task::Transaction::Response* response) override {
    std::unique_lock lock(mutex_);
    seen_.push_back((task->method() == Task::Transaction::Buy ? "buy " : "sell ") + std::to_string(task->amount()) +
                    " " + task->ticker());
    while (hang_ && !context->IsCancelled()) changed_.wait_for(lock, std::chrono::milliseconds(20));
    if (context->IsCancelled()) return grpc::Status::CANCELLED;
    response->set_status(Types::Failure);
    response->set_message("Internal Error: told to");
    return grpc::Status::OK;
  }

  int port = 0;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
  bool hang_ = false;
  bool poisoned_ = false;
  std::unique_ptr<grpc::Server> server_;
};

// The router's part, written down. One strand: the test's thread.
struct Story {
  std::vector<std::string> lines;
  std::map<OrderId, Order> orders;
  std::map<TaskId, TransactionTask> tasks;
  std::set<AccountRef> refused_permits;
  std::vector<ChildOrderReport> reports;
  std::shared_ptr<WorkerLink> link;
  std::vector<WorkerHello> hellos;
  std::function<void()> on_permit = [] {};
  std::chrono::nanoseconds run_for = std::chrono::seconds(20);
  int failing_reads = 0;

  bool has(const std::string& line) const { return std::ranges::find(lines, line) != lines.end(); }
};

class FakeSession final : public WorkerSession {
 public:
  explicit FakeSession(Story& story) : story_(story) {}
  std::chrono::nanoseconds heartbeat() override { return std::chrono::seconds(15); }
  asio::awaitable<Result<Permit>> permit(TaskId id, Epoch epoch) override {
    const TransactionTask& task = story_.tasks.at(id);
    story_.lines.push_back("permit? " + task.account.account.str());
    Permit permit;
    permit.task = id;
    permit.epoch = epoch;
    permit.valid_for = std::chrono::seconds(15);
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
      co_return make_error(ErrorCode::internal, "store_failed", "disk");
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

class LegacyMainTest : public testing::Test {
 protected:
  LegacyMainTest() {
    SessionServerSettings settings;
    settings.port = 0;
    settings.legacy_peers.emplace();
    server_.emplace(settings, SessionServer::Needs{.sessions = sessions_,
                                                   .may_join = [](std::string_view) { return false; },
                                                   .clock = clock_,
                                                   .rng = rng_,
                                                   .log = null_logger(),
                                                   .executor = context_.get_executor()});
    auto port = server_->start();
    EXPECT_TRUE(port.ok());
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port.value()), grpc::InsecureChannelCredentials());
  }
  ~LegacyMainTest() override { stop(); }
  void stop() {
    if (!server_) return;
    run_async(context_, server_->stop(Deadline::after(clock_, std::chrono::seconds(3))));
    server_.reset();
    story_.link.reset();
  }

  grpc::Status ping(int port) {
    auto stub = TradingService::MainTradingService::NewStub(channel_);
    struct Answer {
      grpc::ClientContext context;
      TradingService::Ping request;
      TradingService::Pong response;
      std::optional<grpc::Status> status;
    } answer;
    answer.request.set_return_to_port(port);
    stub->async()->ping(&answer.context, &answer.request, &answer.response, [this, &answer](grpc::Status status) {
      asio::post(context_, [&answer, status] { answer.status = status; });
    });
    until([&answer] { return answer.status.has_value(); });
    return *answer.status;
  }
  void until(const std::function<bool()>& fact) {
    run_async(context_, [](LegacyMainTest& test, const std::function<bool()>* wanted) -> asio::awaitable<void> {
      const Deadline deadline = Deadline::after(test.clock_, std::chrono::seconds(15));
      while (!(*wanted)() && !deadline.over(test.clock_)) co_await sleep_for(test.clock_, std::chrono::milliseconds(5));
      std::string lines;
      for (const std::string& line : test.story_.lines) lines += line + "\n";
      EXPECT_TRUE((*wanted)()) << lines;
    }(*this, &fact));
  }
  void until_line(const std::string& line) {
    until([&] { return story_.has(line); });
  }
  std::size_t opened() const { return story_.hellos.size(); }
  void connect(const FakeOriginal& worker) {
    const std::size_t before = opened();
    ASSERT_TRUE(ping(worker.port).ok());
    until([&] { return opened() > before; });
  }
  void activate(const std::string& account, const std::string& token = "token", const std::string& outcome = "") {
    AccountActivation activation{
        .account = ref(account), .brokerage = Brokerage::tradier, .credentials = {}, .epoch = {}};
    activation.credentials.set("ACCESS_TOKEN", SecretString(token));
    story_.lines.clear();
    story_.link->activate(std::move(activation));
    until_line("activated " + account + outcome);
  }
  // An order for these accounts; each of `offered` is offered.
  void offer(const std::vector<std::string>& accounts, const std::vector<std::string>& offered, bool dry_run = false) {
    Order order;
    order.id = OrderId("order");
    for (const std::string& account : accounts) {
      ChildOrder child;
      child.id = ChildOrderId("co-" + account);
      child.account = ref(account);
      child.symbol = Symbol("AAPL");
      order.child_orders.push_back(std::move(child));
    }
    story_.orders[order.id] = order;
    for (const std::string& account : offered) {
      TransactionTask task;
      task.id = TaskId("task-" + account);
      task.order_id = order.id;
      task.account = ref(account);
      task.brokerage = Brokerage::tradier;
      task.quantity = Quantity(Decimal::from_int(2));
      task.dry_run = dry_run;
      task.child_orders = {{.id = ChildOrderId("co-" + account), .symbol = Symbol("AAPL")}};
      story_.tasks[task.id] = task;
      story_.link->offer(std::move(task));
    }
  }
  static std::ptrdiff_t trades(const FakeOriginal& worker) {
    return std::ranges::count(worker.seen(), std::string("buy 2 AAPL"));
  }

  asio::io_context context_;
  SystemClock clock_;
  SystemRng rng_;
  Story story_;
  FakeSessions sessions_{story_};
  std::optional<SessionServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(LegacyMainTest, APingIsCalledBackAndTradesOnceForAllAccounts) {
  FakeOriginal worker;
  connect(worker);
  const WorkerHello& hello = story_.hellos.front();
  EXPECT_EQ(hello.kind, WorkerHello::Kind::legacy);
  EXPECT_EQ(hello.name.str(), "legacy-127.0.0.1-" + std::to_string(worker.port));
  EXPECT_TRUE(hello.journal.tail_cut) << "nothing proves that it did not start";
  activate("dad");
  activate("mom");
  offer({"dad", "mom"}, {"dad"});
  offer({"dad", "mom"}, {"mom"});
  until_line("report co-mom denied worker_refused");
  until_line("report co-dad denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
  EXPECT_EQ(worker.seen().front(), "activate dad token");
}

TEST_F(LegacyMainTest, BadPortsAreRefusedAndADeadOneGetsNoSession) {
  for (const int bad : {0, -1, 65536}) {
    EXPECT_EQ(ping(bad).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << bad;
  }
  FakeOriginal dead;
  dead.stop();
  EXPECT_TRUE(ping(dead.port).ok());
  FakeOriginal alive;
  connect(alive);
  ASSERT_EQ(story_.hellos.size(), 1U);
  EXPECT_EQ(story_.hellos.front().name.str(), "legacy-127.0.0.1-" + std::to_string(alive.port));
}

TEST_F(LegacyMainTest, AnOrderForOtherAccountsIsDenied) {
  FakeOriginal worker;
  connect(worker);
  activate("dad");
  activate("mom");
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
  story_.lines.clear();
  story_.link->deactivate(ref("dad"), {});
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
  EXPECT_EQ(trades(worker), 0) << "dad is disabled here, and trades there";
}

TEST_F(LegacyMainTest, ChangedCredentialsAreNotSentAndNothingIsTradedWithTheOld) {
  FakeOriginal worker;
  connect(worker);
  activate("mom", "old");
  activate("mom", "new", ": legacy_accounts_differ");
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
  EXPECT_EQ(worker.seen(), std::vector<std::string>{"activate mom old"});
}

TEST_F(LegacyMainTest, AFailedActivationDeniesTheOrders) {
  FakeOriginal worker;
  worker.fail_activations();
  connect(worker);
  activate("mom", "token", ": worker_refused");
  offer({"mom"}, {"mom"});
  until_line("refused mom: legacy_accounts_differ");
}

TEST_F(LegacyMainTest, WhatTheWireCannotSayIsDenied) {
  FakeOriginal worker;
  connect(worker);
  activate("mom");
  offer({"mom"}, {"mom"}, true);
  until_line("refused mom: legacy_link");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyMainTest, ANewAccountsOrderWaitsForItsActivation) {
  FakeOriginal worker;
  connect(worker);
  activate("mom");
  offer({"dad", "mom"}, {"mom"});
  activate("dad");
  EXPECT_EQ(trades(worker), 0);
  offer({"dad", "mom"}, {"dad"});
  until_line("report co-mom denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
}

TEST_F(LegacyMainTest, OnePermitRefusedIsNothingSent) {
  FakeOriginal worker;
  connect(worker);
  activate("dad");
  activate("mom");
  story_.refused_permits = {ref("mom")};
  offer({"dad", "mom"}, {"dad", "mom"});
  until_line("report co-dad denied not_sent");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyMainTest, AnAccountThatChangesBetweenPermitAndSendIsNotTraded) {
  FakeOriginal worker;
  connect(worker);
  activate("dad");
  activate("mom");
  story_.on_permit = [this] { story_.link->deactivate(ref("dad"), {}); };
  offer({"dad", "mom"}, {"dad", "mom"});
  until_line("report co-mom denied not_sent");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyMainTest, AStoreThatFailsIsAskedAgain) {
  FakeOriginal worker;
  connect(worker);
  activate("mom");
  story_.failing_reads = 2;
  offer({"mom"}, {"mom"});
  until_line("report co-mom denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
}

TEST_F(LegacyMainTest, AWithdrawnOfferIsNotTraded) {
  FakeOriginal worker;
  connect(worker);
  activate("dad");
  activate("mom");
  offer({"dad", "mom"}, {"mom"});
  story_.link->withdraw(TaskId("task-mom"));
  offer({"dad", "mom"}, {"dad"});
  activate("mom");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacyMainTest, AWorkerThatHangsLeavesADoubt) {
  FakeOriginal worker;
  worker.hang();
  connect(worker);
  activate("mom");
  story_.run_for = std::chrono::milliseconds(300);
  offer({"mom"}, {"mom"});
  until_line("report co-mom in_doubt link_lost");
  worker.release();
  EXPECT_EQ(trades(worker), 1);
}

TEST_F(LegacyMainTest, AWorkerThatDiesInATransactionLeavesADoubtAndIsDialledAgain) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  connect(*worker);
  activate("mom");
  worker->hang();
  offer({"mom"}, {"mom"});
  until([&] { return trades(*worker) == 1; });
  worker.reset();
  until_line("report co-mom in_doubt link_lost");
  until_line("closed: connection_lost");
  EXPECT_EQ(story_.lines.back(), "closed: connection_lost") << "the last call";
  const FakeOriginal again(port);
  until([&] { return opened() == 2; });
  EXPECT_EQ(story_.hellos.back().only_groups, std::vector<GroupName>{kGroup}) << "it may still hold their accounts";
  offer({"dad"}, {"dad"});
  activate("dad");
  until_line("refused dad: legacy_accounts_differ");
  EXPECT_EQ(again.seen(), std::vector<std::string>{"activate dad token"});
}

TEST_F(LegacyMainTest, APingAfterALossIsANewProcessThatHoldsNothing) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  connect(*worker);
  activate("mom", "old");
  worker.reset();
  until_line("closed: connection_lost");
  FakeOriginal again(port);
  ASSERT_TRUE(ping(port).ok());
  until([&] { return opened() > 1 && story_.hellos.back().only_groups.empty(); });
  EXPECT_EQ(story_.hellos.back().journal.id, story_.hellos.front().journal.id) << "so the old session is replaced";
  activate("mom", "new");
  offer({"mom"}, {"mom"});
  until_line("report co-mom denied worker_refused");
}

TEST_F(LegacyMainTest, APingOnAStandingConnectionForgetsNothing) {
  FakeOriginal worker;
  connect(worker);
  activate("mom", "old");
  connect(worker);
  until_line("closed: superseded");
  activate("mom", "new", ": legacy_accounts_differ");
}

TEST_F(LegacyMainTest, AStopWaitsForTheAnswerAndThenCancels) {
  FakeOriginal worker;
  worker.hang();
  connect(worker);
  activate("mom");
  offer({"mom"}, {"mom"});
  until([&] { return trades(worker) == 1; });
  stop();
  EXPECT_TRUE(story_.has("report co-mom in_doubt link_lost"));
  EXPECT_EQ(story_.lines.back(), "closed: shutting_down");
}

TEST_F(LegacyMainTest, ABadAddressInTheAllowListIsAnError) {
  SessionServerSettings settings;
  settings.legacy_peers = {{"not-an-address"}};
  SessionServer server(settings, SessionServer::Needs{.sessions = sessions_,
                                                      .may_join = [](std::string_view) { return false; },
                                                      .clock = clock_,
                                                      .rng = rng_,
                                                      .log = null_logger(),
                                                      .executor = context_.get_executor()});
  const auto started = server.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().reason, "bad_address");
}

}  // namespace
}  // namespace tradeauto
