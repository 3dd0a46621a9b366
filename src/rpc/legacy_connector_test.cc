// Our worker's end under an original main, over loopback: the real connector, a main in a few lines, and a worker whose
// executor the test is.
#include "rpc/legacy_connector.h"

#include <deque>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <grpc/support/time.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "MainTradingService.grpc.pb.h"
#include "WorkerTradingService.grpc.pb.h"
#include "base/clock.h"
#include "net/timer.h"
#include "testing/end_test.h"
#include "testing/memory_journal.h"
#include "testing/null_log.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Answers pings; the test calls back.
class FakeMain final : public TradingService::MainTradingService::Service {
 public:
  FakeMain() {
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    EXPECT_NE(port, 0) << "the main in a few lines does not listen";
  }
  ~FakeMain() override { stop(); }
  void stop() {
    if (server_) server_->Shutdown(gpr_time_0(GPR_CLOCK_REALTIME));
  }

  grpc::Status ping(grpc::ServerContext* /*context*/, const TradingService::Ping* request,
                    TradingService::Pong* /*response*/) override {
    return_to = request->return_to_port();
    ++pings;
    return answer;
  }

  int port = 0;
  std::atomic<int> return_to = 0;
  std::atomic<int> pings = 0;
  grpc::Status answer;

 private:
  std::unique_ptr<grpc::Server> server_;
};

// Grants each offer its permit and reports what the test wants.
class FakeWorker final : public TaskSink {
 public:
  explicit FakeWorker(asio::io_context& io) : io_(io) {}

  asio::awaitable<void> assigned(GroupName /*group*/, Epoch /*epoch*/) override { co_return; }
  asio::awaitable<void> released(GroupName /*group*/) override { co_return; }
  asio::awaitable<Result<void>> activate(AccountActivation activation) override {
    activated.push_back(activation.account.account.str());
    co_return Result<void>{};
  }
  asio::awaitable<void> deactivate(AccountRef account, Epoch /*epoch*/) override {
    deactivated.push_back(account.account.str());
    co_return;
  }
  void offered(TransactionTask task) override {
    asio::co_spawn(io_, run(std::move(task)), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  void withdrawn(TaskId /*task*/) override {}
  void confirmed(std::uint64_t sequence) override { confirmations.push_back(sequence); }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef /*account*/, Deadline /*deadline*/,
                                                   std::chrono::nanoseconds /*run_for*/) override {
    co_return make_error(ErrorCode::unavailable, "none", "none");
  }
  void session_closed(std::string reason) override { closed = std::move(reason); }

  std::shared_ptr<MainLink> link;
  ChildOrderStatus outcome = ChildOrderStatus::submitted;
  bool silent = false;  // takes offers and says nothing
  std::vector<std::string> activated, deactivated, ran;
  std::vector<std::uint64_t> confirmations;
  std::optional<std::string> closed;

 private:
  asio::awaitable<void> run(TransactionTask task) {
    const auto permit = co_await link->ask_permit(task.id, task.epoch, Deadline::never());
    if (!permit.ok() || permit->child_orders.empty()) co_return;
    ran.push_back(task.account.account.str());
    if (silent) co_return;
    JournaledReport report{.sequence = ran.size(), .task = task.id, .report = {}};
    report.report.child_order = task.child_orders.front().id;
    report.report.complete = true;
    report.report.status = outcome;
    link->report(std::move(report));
  }

  asio::io_context& io_;
};

class LegacyConnectorTest : public testing::Test {
 protected:
  LegacyConnectorTest() : journal("j"), worker(io) { make(); }
  ~LegacyConnectorTest() override {
    run_async(io, connector->stop(Deadline::after(clock, std::chrono::seconds(5))));
    worker.link.reset();
  }
  void make() {
    LegacyConnectorSettings settings;
    settings.port = static_cast<std::uint16_t>(main.port);
    settings.listen_port = 0;
    connector = std::make_unique<LegacyConnector>(settings, LegacyConnector::Needs{.journal = journal,
                                                                                   .pool = pool,
                                                                                   .clock = clock,
                                                                                   .rng = rng,
                                                                                   .log = null_logger(),
                                                                                   .executor = io.get_executor()});
    ASSERT_TRUE(connector->listen().ok());
  }
  Result<OpenedSession> connect() {
    worker.closed.reset();
    EXPECT_TRUE(run_async(io, journal.close_session()).ok());
    WorkerHello hello;
    hello.journal = journal.position();
    auto opened = run_async(io, connector->connect(hello, worker, Deadline::never()));
    if (opened.ok()) worker.link = opened->link;
    return opened;
  }
  // Main's connection to the worker.
  void call_back() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channel = grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(main.return_to),
                                        grpc::InsecureChannelCredentials(), arguments);
    stub = TradingService::WorkerTradingService::NewStub(channel);
  }
  void expect_connected() {
    const auto opened = connect();
    if (!opened.ok()) end_test(opened.error().reason + ": " + opened.error().message);
  }
  void serve() {
    expect_connected();
    call_back();
  }
  // Runs `call` on a thread of its own, and the worker meanwhile.
  template <typename Call>
  void meanwhile(Call call) {
    std::atomic<bool> done = false;
    std::jthread thread([&] {
      call();
      done = true;
    });
    run_until([&] { return done.load(); });
  }
  template <typename Fact>
  void run_until(Fact fact) {
    const Deadline deadline = Deadline::after(clock, kPatience);
    io.restart();
    while (!fact() && !deadline.over(clock)) io.run_one_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(fact());
  }

  template <typename Response, typename Start>
  Response call(Start start) {
    Response response;
    meanwhile([&] {
      grpc::ClientContext context;
      const grpc::Status status = start(context, response);
      EXPECT_TRUE(status.ok()) << status.error_message();
    });
    return response;
  }
  Task::Activation::Response activate(const std::string& account, const std::string& token) {
    Task::Activation::Task task;
    task.mutable_base_task()->mutable_task_id()->set_value(kActivationId);
    task.set_account_name(account);
    task.set_brokerage(Task::Activation::Tradier);
    task.mutable_account_details()->set_access_token(token);
    return call<Task::Activation::Response>(
        [&](auto& context, auto& response) { return stub->Activation(&context, task, &response); });
  }
  Task::Deactivation::Response deactivate(const std::string& account) {
    Task::Deactivation::Task task;
    task.mutable_base_task()->mutable_task_id()->set_value(kActivationId);
    task.set_account_name(account);
    return call<Task::Deactivation::Response>(
        [&](auto& context, auto& response) { return stub->Deactivation(&context, task, &response); });
  }
  Task::Transaction::Response buy(const std::string& id, const std::string& ticker = "AAPL") {
    Task::Transaction::Task task;
    task.mutable_base_task()->mutable_task_id()->set_value(id);
    task.set_method(Task::Transaction::Buy);
    task.set_amount(1);
    task.set_ticker(ticker);
    return call<Task::Transaction::Response>(
        [&](auto& context, auto& response) { return stub->Transaction(&context, task, &response); });
  }

  static constexpr const char* kActivationId = "00000000-0000-4000-8000-000000000000";
  static constexpr const char* kId = "11111111-1111-4111-8111-11111111111a";

  asio::io_context io;
  SystemClock clock;
  SystemRng rng;
  BlockingPool pool{"test", 1};
  FakeMain main;
  MemoryJournal journal;
  FakeWorker worker;
  std::unique_ptr<LegacyConnector> connector;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<TradingService::WorkerTradingService::Stub> stub;
};

TEST_F(LegacyConnectorTest, PingsAndRunsATransactionInEachAccount) {
  serve();
  EXPECT_EQ(main.pings, 1);
  EXPECT_EQ(activate("mom", "t1").status(), Types::Success);
  EXPECT_EQ(activate("dad", "t2").status(), Types::Success);
  const auto answer = buy(kId);
  EXPECT_EQ(answer.status(), Types::Success) << answer.message();
  EXPECT_EQ(answer.message(), "dad (Tradier): submitted\nmom (Tradier): submitted");
  run_until([&] { return worker.confirmations.size() == 2; });
  EXPECT_EQ(deactivate("mom").status(), Types::Success);
  EXPECT_EQ(worker.deactivated, std::vector<std::string>{"mom"});
  EXPECT_EQ(buy("22222222-2222-4222-8222-222222222222").message(), "dad (Tradier): submitted");
}

TEST_F(LegacyConnectorTest, ARepeatedTaskIsAnsweredAndNotRun) {
  serve();
  activate("mom", "t1");
  worker.outcome = ChildOrderStatus::in_doubt;
  const auto first = buy(kId);
  EXPECT_THAT(first.message(), StartsWith("IN DOUBT - may have been sent, do not repeat: mom"));
  EXPECT_EQ(buy("11111111-1111-4111-8111-11111111111A").message(), first.message());
  EXPECT_THAT(buy(kId, "MSFT").message(), StartsWith("Internal Error: task_id: another transaction had this id"));
  EXPECT_EQ(worker.ran.size(), 1U);
}

TEST_F(LegacyConnectorTest, WhatAnEarlierProcessTookIsADoubt) {
  serve();
  activate("mom", "t1");
  worker.silent = true;
  std::jthread caller([&] {
    Task::Transaction::Task task;
    task.mutable_base_task()->mutable_task_id()->set_value(kId);
    task.set_method(Task::Transaction::Buy);
    task.set_amount(1);
    task.set_ticker("AAPL");
    grpc::ClientContext context;
    Task::Transaction::Response response;
    EXPECT_TRUE(stub->Transaction(&context, task, &response).ok());
    EXPECT_THAT(response.message(), StartsWith("IN DOUBT"));
  });
  run_until([&] { return worker.ran.size() == 1; });
  run_async(io, connector->stop(Deadline::after(clock, std::chrono::seconds(1))));
  caller.join();
  make();
  serve();
  EXPECT_THAT(buy(kId).message(), StartsWith("IN DOUBT - may have been sent, do not repeat: mom (Tradier): in_doubt"));
  EXPECT_EQ(worker.ran.size(), 1U);
}

TEST_F(LegacyConnectorTest, TheSameLogInTwiceIsRefusedAndTold) {
  serve();
  activate("mom", "t1");
  EXPECT_THAT(activate("dad", "t1").message(), HasSubstr("active as the account mom"));
  EXPECT_EQ(activate("mom", "t1").status(), Types::Success);
  const auto answer = buy(kId);
  EXPECT_EQ(answer.status(), Types::Failure);
  EXPECT_THAT(answer.message(), HasSubstr("dad (Tradier): denied (login_registered)"));
  EXPECT_EQ(worker.ran, std::vector<std::string>{"mom"});
}

TEST_F(LegacyConnectorTest, PingsAgainOnceMainsConnectionHasClosed) {
  serve();
  activate("mom", "t1");
  stub.reset();
  channel.reset();
  run_until([&] { return worker.closed.has_value(); });
  EXPECT_EQ(worker.closed, "connection_lost");
  EXPECT_EQ(main.pings, 1);
  serve();
  EXPECT_EQ(main.pings, 2);
  EXPECT_THAT(buy(kId).message(), HasSubstr("no account is active")) << "each ping empties the set";
}

TEST_F(LegacyConnectorTest, AMainThatDiesBeforeItCallsBackIsNoticed) {
  expect_connected();
  main.stop();
  run_until([&] { return worker.closed.has_value(); });
}

TEST_F(LegacyConnectorTest, BeforeTheSessionNothingRuns) {
  main.answer = {grpc::StatusCode::UNKNOWN, "Exception calling application: No needed connection"};
  EXPECT_EQ(connect().error().reason, "no_group");
  call_back();
  EXPECT_EQ(activate("mom", "t1").status(), Types::Failure);
  EXPECT_THAT(buy(kId).message(), StartsWith("Internal Error: this worker waits"));
  main.answer = {grpc::StatusCode::UNIMPLEMENTED, "no such method"};
  EXPECT_EQ(connect().error().reason, "not_an_original_main");
}

TEST_F(LegacyConnectorTest, SaysGoodbyeByHangingUp) {
  serve();
  activate("mom", "t1");
  worker.link->close("goodbye");
  run_until([&] { return worker.closed.has_value(); });
  EXPECT_EQ(worker.closed, "goodbye");
  run_until([&] { return channel->GetState(false) != GRPC_CHANNEL_READY; });
  EXPECT_EQ(run_async(io, worker.link->heartbeat(Deadline::never())).error().reason, "session_lost");
}

TEST_F(LegacyConnectorTest, WhatOutlastsTheWorkersDrainIsToldAsADoubtBeforeItHangsUp) {
  serve();
  activate("mom", "t1");
  worker.silent = true;
  std::atomic<bool> answered = false;
  Task::Transaction::Response answer;
  std::jthread caller([&] {
    Task::Transaction::Task task;
    task.mutable_base_task()->mutable_task_id()->set_value(kId);
    task.set_method(Task::Transaction::Buy);
    task.set_amount(1);
    task.set_ticker("AAPL");
    grpc::ClientContext context;
    const grpc::Status status = stub->Transaction(&context, task, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    answered = true;
  });
  run_until([&] { return worker.ran.size() == 1; });
  worker.link->close("stopping");
  run_until([&] { return worker.closed.has_value() && answered; });
  EXPECT_EQ(answer.status(), Types::Failure);
  EXPECT_THAT(answer.message(), StartsWith("IN DOUBT - may have been sent, do not repeat: mom (Tradier): in_doubt"));
}

}  // namespace
}  // namespace tradeauto
