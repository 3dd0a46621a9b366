#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/log.h"
#include "base/result.h"
#include "base/rng.h"
#include "net/tls.h"
#include "ports/worker_link.h"

namespace grpc {
class Channel;
}

namespace tradeauto {

namespace asio = boost::asio;

struct SessionServerSettings {
  std::string host = "127.0.0.1";  // GRPC_HOST; a name is listened on at its first address, IPv4 before IPv6
  std::uint16_t port = 50052;      // GRPC_PORT; 0: any free one
  std::shared_ptr<const TlsSource> tls = nullptr;  // without it in clear
  bool allow_plaintext_beyond_loopback = false;
  std::size_t max_sessions = 1024;
  std::chrono::nanoseconds hello_timeout = std::chrono::seconds(10);
  // Original workers are served too: those at loopback and at these addresses (LEGACY_ALLOW).
  std::optional<std::vector<std::string>> legacy_peers = std::nullopt;
  std::chrono::milliseconds keepalive = std::chrono::seconds(10);  // a dead peer is noticed after this and 5 s
};

// Listens for workers: the service tradeauto.v1.WorkerService, with health and reflection beside it.
//
// Each session's calls to WorkerSession come in the order of the worker's messages. A message that breaks the contract
// ends its session with `protocol_error`; WorkerSession::closed() comes exactly once, and last. Reasons: what the
// worker's goodbye says, what WorkerLink::close() was given, connection_lost, protocol_error, slow_reader,
// shutting_down.
class SessionServer final {
 public:
  struct Needs {
    WorkerSessions& sessions;
    // Is this the token of someone who may join as a worker? Compares in constant time. Any thread; must not block.
    std::function<bool(std::string_view)> may_join;
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor executor;  // must run until stop() has returned
  };
  SessionServer(SessionServerSettings settings, Needs needs);
  // stop() must have returned if start() was ok.
  ~SessionServer();
  SessionServer(const SessionServer&) = delete;
  SessionServer& operator=(const SessionServer&) = delete;

  // Binds (never shared with another process) and serves; returns the port. For start-up only: it may look up a name.
  // Error: unprocessable (bad_host, plaintext_beyond_loopback), unavailable (port_taken, port_forbidden,
  // cannot_listen); each names the setting, its value and the remedy.
  Result<std::uint16_t> start();
  // The way to it from this process, without a network and without TLS. After start().
  std::shared_ptr<grpc::Channel> own_channel();
  // What the health service answers; true after start().
  void set_serving(bool serving);
  // Ends all sessions (shutting_down) and waits for what they have begun; at the deadline that is cancelled. Once.
  asio::awaitable<void> stop(Deadline deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tradeauto
