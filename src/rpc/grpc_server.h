#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "base/result.h"
#include "net/tls.h"

namespace tradeauto {

namespace asio = boost::asio;

// Limits that both ends of a session share.
constexpr int kMaxMessageBytes = 16 * 1024 * 1024;

struct GrpcServerSettings {
  // The names of the settings that hold them, for errors.
  std::string host_setting;
  std::string port_setting;
  std::string host;
  std::uint16_t port = 0;                          // 0: any free one
  std::shared_ptr<const TlsSource> tls = nullptr;  // without it in clear
  std::chrono::milliseconds keepalive = std::chrono::seconds(10);
  // Streams at once on one connection. gRPC 1.51 closes a connection that opens more.
  int max_streams = 100;
  // What gRPC may buffer for all connections together; above it connections are refused or closed.
  std::size_t max_buffers = std::size_t{64} * 1024 * 1024;
};

// A listening gRPC server with the standard health and reflection services, whatever it serves besides.
class GrpcServer final {
 public:
  // `services` outlive the server.
  GrpcServer(GrpcServerSettings settings, std::vector<grpc::Service*> services);
  // stop() first, if start() was ok.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Binds without SO_REUSEPORT and serves; returns the port. Blocks for a name look-up at most: for start-up only.
  // Error: unprocessable (bad_host), unavailable (port_taken, port_forbidden, cannot_listen); the message names the
  // setting, its value and the remedy.
  Result<std::uint16_t> start();
  // The same without a port: it serves the connections that it is given.
  Result<void> start_unbound();
  // Takes a connected socket (non-blocking) over. After start_unbound().
  void adopt(int socket);
  // The way to it from this process, without a network and without TLS. After a start.
  std::shared_ptr<grpc::Channel> own_channel();
  // What the health service answers for the server ("") and each service.
  void set_serving(bool serving);
  // Ends every call that is still under way, returns when the last reaction has returned. Once only.
  asio::awaitable<void> stop();

 private:
  void build(grpc::ServerBuilder& builder);

  const GrpcServerSettings settings_;
  const std::vector<grpc::Service*> services_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;  // it calls them as long as it lives
  std::unique_ptr<grpc::Server> server_;
};

// gRPC and protobuf write to stderr on their own; from the first server or channel on they are silent: what matters
// comes as an Error.
void silence_grpc();

}  // namespace tradeauto
