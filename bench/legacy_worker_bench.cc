// Our worker under an original main: the real Worker, LegacyConnector and file journal, an executor that starts a
// program that does nothing, and a main in a few lines that sends Transactions for the one account that is active.
//
// usage: legacy_worker_bench FOLDER [SECONDS] [HOST:PORT]
//        FOLDER: where the journal goes, on the disk that is measured
//        HOST:PORT: of another worker, which is measured by the same calls in turns (bench/legacy_worker.py)
//
// The floors come first, in the same run: what one such Transaction cannot do without.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "MainTradingService.grpc.pb.h"
#include "WorkerTradingService.grpc.pb.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bench_times.h"
#include "executors/process/child_run.h"
#include "rpc/legacy_connector.h"
#include "store/journal/open_journal.h"
#include "testing/null_log.h"
#include "worker/worker.h"

namespace tradeauto::bench {
namespace {

enum class Start : std::uint8_t { nothing, program, supervised };

// Starts the program and waits for its end. False: it could not be started.
bool spawn_and_wait(const char* program) {
  std::string name = program;
  char* words[] = {name.data(), nullptr};
  char* environment[] = {nullptr};
  pid_t pid = -1;
  return ::posix_spawn(&pid, program, nullptr, nullptr, words, environment) == 0 && ::waitpid(pid, nullptr, 0) == pid;
}

class NoopExecutor final : public Executor {
 public:
  NoopExecutor(const Clock& clock, const std::atomic<Start>& start) : clock_(clock), start_(start) {}

  ExecutorStatus status() const override { return {.available = true, .version = {}, .problem = {}}; }
  bool runs(Brokerage brokerage) const override { return brokerage == Brokerage::tradier; }
  Lane lane(Brokerage /*brokerage*/) const override { return {.name = "noop", .width = 4}; }
  asio::awaitable<Result<void>> check(AccountActivation /*activation*/) override { co_return Result<void>{}; }
  asio::awaitable<Result<void>> place(TransactionTask task, Credentials /*credentials*/, ExecutionSink& sink,
                                      Deadline deadline) override {
    if (start_ == Start::program && !co_await pool_.run([] { return spawn_and_wait(TRADEAUTO_BENCH_NOOP); })) {
      std::abort();
    }
    if (start_ == Start::supervised) {
      ChildSpec spec;
      spec.supervisor = TRADEAUTO_SUPERVISOR;
      spec.words = {TRADEAUTO_BENCH_NOOP};
      spec.directory = "/";
      if (!(co_await run_child(std::move(spec), pool_, clock_, deadline)).ok()) std::abort();
    }
    ChildOrderReport report;
    report.child_order = task.child_orders.front().id;
    report.complete = true;
    report.status = ChildOrderStatus::submitted;
    co_await sink.report(std::move(report));
    co_return Result<void>{};
  }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef /*account*/, Brokerage /*brokerage*/,
                                                   Credentials /*credentials*/, Deadline /*deadline*/) override {
    co_return HoldingsReport{};
  }

 private:
  const Clock& clock_;
  const std::atomic<Start>& start_;
  BlockingPool pool_{"noop", 2};
};

using WorkerStub = TradingService::WorkerTradingService::Stub;

void activate_account(WorkerStub& stub) {
  grpc::ClientContext context;
  Task::Activation::Task task;
  task.mutable_base_task()->mutable_task_id()->set_value("00000000-0000-4000-8000-000000000000");
  task.set_account_name("a");
  task.set_brokerage(Task::Activation::Tradier);
  task.mutable_account_details()->set_access_token("token");
  Task::Activation::Response response;
  const grpc::Status status = stub.Activation(&context, task, &response);
  if (!status.ok() || response.status() != Types::Success) std::abort();
}

// Calls back who pings, activates one account, then answers. After that it is the bench that calls.
class OriginalMain final : public TradingService::MainTradingService::Service {
 public:
  OriginalMain() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  WorkerStub& worker() { return *worker_.get_future().get(); }

  grpc::Status ping(grpc::ServerContext* /*context*/, const TradingService::Ping* request,
                    TradingService::Pong* /*response*/) override {
    stub_ = TradingService::WorkerTradingService::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(request->return_to_port()), grpc::InsecureChannelCredentials()));
    activate_account(*stub_);
    worker_.set_value(stub_.get());
    return grpc::Status::OK;
  }

 private:
  int port_ = 0;
  std::unique_ptr<WorkerStub> stub_;
  std::promise<WorkerStub*> worker_;
  std::unique_ptr<grpc::Server> server_;
};

struct Bench {
  explicit Bench(const std::filesystem::path& folder);
  ~Bench();
  // One Transaction to its answer.
  bool trade(WorkerStub& stub);

  SystemClock clock;
  SystemRng rng;
  asio::io_context io{2};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::atomic<Start> start = Start::program;
  OriginalMain main;
  BlockingPool pool{"worker", 2};
  std::unique_ptr<Journal> journal;
  std::optional<LegacyConnector> connector;
  std::optional<Worker> worker;
  std::vector<std::jthread> threads;
};

Bench::Bench(const std::filesystem::path& folder) {
  auto opened = open_journal(folder, clock, rng, null_logger());
  if (!opened.ok()) std::abort();
  journal = std::move(*opened);
  LegacyConnectorSettings settings;
  settings.port = main.port();
  settings.listen_port = 0;
  connector.emplace(settings, LegacyConnector::Needs{.journal = *journal,
                                                     .pool = pool,
                                                     .clock = clock,
                                                     .rng = rng,
                                                     .log = null_logger(),
                                                     .executor = io.get_executor()});
  std::vector<NamedExecutor> executors;
  executors.push_back({.name = "noop", .executor = std::make_unique<NoopExecutor>(clock, start)});
  worker.emplace(WorkerSettings{.name = WorkerName("bench"), .version = "0", .only_groups = {}},
                 Worker::Needs{.journal = *journal,
                               .connector = *connector,
                               .executors = std::move(executors),
                               .clock = clock,
                               .rng = rng,
                               .log = null_logger(),
                               .executor = io.get_executor()});
  worker->start();
  for (int i = 0; i < 2; ++i) threads.emplace_back([this] { io.run(); });
}

Bench::~Bench() {
  const auto stop = [](Bench& self) -> asio::awaitable<void> {
    const Deadline deadline = Deadline::after(self.clock, std::chrono::seconds(2));
    co_await self.worker->stop(deadline);
    co_await self.connector->stop(deadline);
  };
  asio::co_spawn(asio::make_strand(io), stop(*this), asio::use_future).get();
  work.reset();
  threads.clear();
}

bool Bench::trade(WorkerStub& stub) {
  grpc::ClientContext context;
  Task::Transaction::Task task;
  task.mutable_base_task()->mutable_task_id()->set_value(make_uuid_v7(clock, rng));
  task.set_method(Task::Transaction::Buy);
  task.set_amount(1);
  task.set_ticker("AAPL");
  Task::Transaction::Response response;
  // A main that has just pinged has perhaps not heard the Pong's end yet: then nothing has run.
  if (!stub.Transaction(&context, task, &response).ok()) std::abort();
  return response.status() == Types::Success;
}

// An append of a record's size to a file of its own, on disk.
void measure_disk(const std::filesystem::path& folder, std::chrono::seconds duration) {
  const auto path = folder / "floor";
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) std::abort();
  const std::string record(300, 'x');
  print_row("floor: append and fdatasync", 1, measure(1, duration, [&](int) {
              return ::write(fd, record.data(), record.size()) == 300 && ::fdatasync(fd) == 0;
            }));
  ::close(fd);
  std::filesystem::remove(path);
}

// Of another worker; nothing when there is none.
std::unique_ptr<WorkerStub> open_peer(const std::string& address) {
  if (address.empty()) return nullptr;
  auto stub =
      TradingService::WorkerTradingService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  activate_account(*stub);
  return stub;
}

void run(const std::filesystem::path& folder, std::chrono::seconds duration, const std::string& peer_address) {
  const auto peer = open_peer(peer_address);
  Bench bench(folder);
  auto& stub = bench.main.worker();
  while (!bench.trade(stub)) std::this_thread::yield();
  print_head();
  print_row("floor: start of the program alone", 1,
            measure(1, duration, [](int) { return spawn_and_wait(TRADEAUTO_BENCH_NOOP); }));
  measure_disk(folder, duration);
  const std::pair<Start, const char*> starts[] = {{Start::program, "Transaction, program started by posix_spawn"},
                                                  {Start::supervised, "Transaction, program under our supervisor"},
                                                  {Start::nothing, "Transaction, nothing started"}};
  for (const int clients : {1, 16}) {
    print_row("floor: a call that is refused", clients, measure(clients, duration, [&](int) {
                grpc::ClientContext context;
                Task::Transaction::Response response;
                return stub.Transaction(&context, Task::Transaction::Task(), &response).ok();
              }));
    if (peer) {
      print_row("the other worker: Transaction", clients,
                measure(clients, duration, [&](int) { return bench.trade(*peer); }));
    }
    for (const auto& [start, name] : starts) {
      bench.start = start;
      print_row(name, clients, measure(clients, duration, [&](int) { return bench.trade(stub); }));
    }
  }
}

}  // namespace
}  // namespace tradeauto::bench

int main(int count, char** words) {
  if (count < 2) {
    std::fputs("usage: legacy_worker_bench FOLDER [SECONDS] [HOST:PORT]\n", stderr);
    return 2;
  }
  std::filesystem::create_directories(words[1]);
  tradeauto::bench::run(words[1], std::chrono::seconds(count > 2 ? std::atoi(words[2]) : 4), count > 3 ? words[3] : "");
  return 0;
}
