#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/deadline.h"
#include "base/log.h"
#include "base/rng.h"
#include "net/pool.h"
#include "ports/journal.h"
#include "ports/main_link.h"

namespace tradeauto {

struct LegacyConnectorSettings {
  std::string host = "127.0.0.1";                                    // MAIN_SERVER_HOST
  std::uint16_t port = 50052;                                        // MAIN_SERVER_PORT
  std::string listen_host = "127.0.0.1";                             // TASK_FETCHER_HOST
  std::uint16_t listen_port = 50051;                                 // TASK_FETCHER_PORT; 0: any free one
  std::vector<std::string> allow;                                    // LEGACY_ALLOW
  std::chrono::nanoseconds start_within = std::chrono::minutes(15);  // ORDER_DEADLINE_SECONDS
  std::chrono::nanoseconds run_for = std::chrono::minutes(5);        // EXECUTION_SECONDS
  std::chrono::nanoseconds browser_run_for = std::chrono::minutes(10);
};

// A session with an original main: pings it, is called back, and is over when main's connection has closed. Then the
// next connect() pings again; never while that connection stands, for each ping takes a group.
//
// The wire has no lease and no permit: a Transaction is the permit of all its parts, as long as somebody waits for the
// answer. connect() from one strand at a time.
class LegacyConnector final : public MainConnector {
 public:
  struct Needs {
    Journal& journal;
    BlockingPool& pool;
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor executor;  // must run until stop() has returned
  };
  LegacyConnector(LegacyConnectorSettings settings, Needs needs);
  // stop() must have returned if listen() or connect() was called.
  ~LegacyConnector() override;
  LegacyConnector(const LegacyConnector&) = delete;
  LegacyConnector& operator=(const LegacyConnector&) = delete;

  // Where main calls back: "host:port". Blocks for a name look-up at most. connect() listens by itself, if nobody did.
  // Error: net/listener.h; unprocessable (bad_address) for LEGACY_ALLOW. Not beside connect().
  Result<std::string> listen();

  // `deadline` is not looked at: main replays the accounts inside its answer, however many they are; two minutes are
  // the bound. Failure, besides MainConnector's: unavailable (no_group) when main has none for this worker yet.
  asio::awaitable<Result<OpenedSession>> connect(WorkerHello hello, TaskSink& sink, Deadline deadline) override;
  // Answers who still waits, ends the session (stopping) and listens no more. Once.
  asio::awaitable<void> stop(Deadline deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tradeauto
