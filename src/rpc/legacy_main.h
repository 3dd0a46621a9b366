#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/strand.hpp>
#include <grpcpp/support/server_callback.h>

#include "MainTradingService.grpc.pb.h"
#include "base/rng.h"
#include "net/task_group.h"
#include "rpc/legacy_link.h"

namespace tradeauto {

// The original pair's ping service. Who pings is called back at the caller's address, for as long as it can be reached:
// each time that the channel is READY it becomes a session of kind legacy. A ping is the word of a new process (the
// original pings at its start only, ours forgets its accounts before it does), so it replaces what stood there. Strand:
// its own; gRPC's calls post to it.
class LegacyMain final : public TradingService::MainTradingService::CallbackService {
 public:
  struct Needs {
    WorkerSessions& sessions;
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor executor;
    TaskGroup& tasks;
  };
  explicit LegacyMain(Needs needs);

  // Addresses beyond loopback that may ping. Error: unprocessable / bad_address. Before the first call.
  Result<void> allow(const std::vector<std::string>& addresses);
  // Answers no ping any more and ends each session once what was sent is answered. Any thread.
  void close();

  grpc::ServerUnaryReactor* ping(grpc::CallbackServerContext* context, const TradingService::Ping* request,
                                 TradingService::Pong* response) override;

 private:
  // One worker process at its callback address.
  struct Worker {
    std::string endpoint;
    WorkerName name;
    JournalId journal;
    std::shared_ptr<grpc::Channel> channel;
    std::shared_ptr<LegacyAccounts> accounts;
    std::shared_ptr<LegacyLink> link;        // from the hello of a session to its end
    std::shared_ptr<WorkerSession> session;  // while it works
    bool met = false;                        // it had a link
    BootTime heard_of;                       // by its ping or its connection
    bool retired = false;
  };

  Result<std::string> admit(const std::string& peer, std::int32_t port) const;
  Result<void> take(const std::string& endpoint);
  bool take_again(Worker& worker) const;
  asio::awaitable<void> look();
  static void look_at(Worker& worker);
  asio::awaitable<void> keep(std::shared_ptr<Worker> worker);
  asio::awaitable<void> serve(std::shared_ptr<Worker> worker);

  Needs needs_;
  std::vector<asio::ip::address> allowed_;
  asio::strand<asio::any_io_executor> strand_;

  // Strand.
  std::map<std::string, std::shared_ptr<Worker>> workers_;
  bool looks_ = false;
  bool closed_ = false;
};

}  // namespace tradeauto
