#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "base/deadline.h"
#include "base/log.h"
#include "base/secret.h"
#include "net/pool.h"
#include "net/tls.h"
#include "ports/main_link.h"

namespace tradeauto {

class SessionServer;

struct SessionConnectorSettings {
  std::string host = "127.0.0.1";                                  // MAIN_SERVER_HOST
  std::uint16_t port = 50052;                                      // MAIN_SERVER_PORT
  std::shared_ptr<const TlsSource> tls = nullptr;                  // whom it trusts, what it shows; without it in clear
  std::chrono::milliseconds keepalive = std::chrono::seconds(10);  // a dead peer is noticed after this and 5 s
};

// Dials the main server's tradeauto.v1.WorkerService; one connection for each session. connect() from one strand at a
// time.
class SessionConnector final : public MainConnector {
 public:
  struct Needs {
    // The token to join with, read anew for each session. Called on `pool`; its error is connect()'s.
    std::function<Result<SecretString>()> token;
    BlockingPool& pool;
    const Clock& clock;
    Logger log;
    asio::any_io_executor executor;     // must run until stop() has returned
    SessionServer* own_main = nullptr;  // of this process: no network lies between, whatever the settings say
  };
  SessionConnector(SessionConnectorSettings settings, Needs needs);
  // stop() must have returned if connect() was called.
  ~SessionConnector() override;
  SessionConnector(const SessionConnector&) = delete;
  SessionConnector& operator=(const SessionConnector&) = delete;

  asio::awaitable<Result<OpenedSession>> connect(WorkerHello hello, TaskSink& sink, Deadline deadline) override;
  // Ends what is left of the sessions (stopping) and waits for what they have begun, which is cancelled at the
  // deadline. Once.
  asio::awaitable<void> stop(Deadline deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tradeauto
