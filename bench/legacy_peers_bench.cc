// Original workers as our main server meets them: they listen, ping and say Success. bench/legacy_main.py runs this.
//
// usage: legacy_peers_bench pings MAIN SECONDS     the rate of pings at 1 and 64 clients
//        legacy_peers_bench workers MAIN COUNT     COUNT workers, each on its own port, until standard input ends

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "MainTradingService.grpc.pb.h"
#include "WorkerTradingService.grpc.pb.h"
#include "bench_times.h"

namespace tradeauto::bench {
namespace {

using TradingService::MainTradingService;
using TradingService::WorkerTradingService;

class Workers final : public WorkerTradingService::Service {
 public:
  explicit Workers(int count) : ports_(static_cast<std::size_t>(count)) {
    grpc::ServerBuilder builder;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    for (int& port : ports_) builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  const std::vector<int>& ports() const { return ports_; }

  grpc::Status Activation(grpc::ServerContext* /*context*/, const Task::Activation::Task* /*task*/,
                          Task::Activation::Response* /*response*/) override {
    return grpc::Status::OK;  // an empty response is Success
  }

 private:
  std::vector<int> ports_;
  std::unique_ptr<grpc::Server> server_;
};

// The floor: the same call to a server that does nothing.
class NoMain final : public MainTradingService::CallbackService {
 public:
  NoMain() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  grpc::ServerUnaryReactor* ping(grpc::CallbackServerContext* context, const TradingService::Ping* /*request*/,
                                 TradingService::Pong* /*response*/) override {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A channel of its own, as a process of its own has.
std::unique_ptr<MainTradingService::Stub> dial(const std::string& main) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return MainTradingService::NewStub(grpc::CreateCustomChannel(main, grpc::InsecureChannelCredentials(), arguments));
}

grpc::Status ping(MainTradingService::Stub& stub, int port) {
  grpc::ClientContext context;
  TradingService::Ping request;
  request.set_return_to_port(port);
  TradingService::Pong response;
  return stub.ping(&context, request, &response);
}

void measure_pings(const std::string& name, const std::string& main, int clients, std::chrono::seconds duration,
                   const std::function<int(int)>& port_of) {
  std::vector<std::unique_ptr<MainTradingService::Stub>> stubs;
  for (int client = 0; client < clients; ++client) stubs.push_back(dial(main));
  std::atomic<int> failed = 0;
  const Times times = measure(clients, duration, [&](int client) {
    if (!ping(*stubs[static_cast<std::size_t>(client)], port_of(client)).ok()) ++failed;
    return true;
  });
  print_row(name, clients, times);
  if (failed > 0) std::printf("  %d of them were refused\n", failed.load());
}

int pings(const std::string& main, std::chrono::seconds duration) {
  const NoMain nothing;
  const Workers workers(64);
  const std::vector<int>& ports = workers.ports();
  print_head();
  for (const int clients : {1, 64}) {
    measure_pings("floor: a server that does nothing", nothing.address(), clients, duration, [](int) { return 1; });
    measure_pings("refused: return_to_port 0", main, clients, duration, [](int) { return 0; });
    measure_pings("repeated, one port for all, nobody listens", main, clients, duration, [](int) { return 1; });
    measure_pings("repeated, a port for each client, called back", main, clients, duration,
                  [&](int client) { return ports[static_cast<std::size_t>(client)]; });
  }
  return 0;
}

int serve(const std::string& main, int count) {
  const Workers workers(count);
  const auto stub = dial(main);
  for (const int port : workers.ports()) {
    if (const grpc::Status status = ping(*stub, port); !status.ok()) {
      std::fprintf(stderr, "ping: %s\n", status.error_message().c_str());
      return 1;
    }
  }
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}

}  // namespace
}  // namespace tradeauto::bench

int main(int count, char** words) {
  const std::vector<std::string> all(words, words + count);
  if (count != 4 || (all[1] != "pings" && all[1] != "workers")) {
    std::fputs("usage: legacy_peers_bench pings MAIN SECONDS | workers MAIN COUNT\n", stderr);
    return 2;
  }
  const int number = std::atoi(words[3]);
  return all[1] == "pings" ? tradeauto::bench::pings(all[2], std::chrono::seconds(number))
                           : tradeauto::bench::serve(all[2], number);
}
