#pragma once

#include <memory>
#include <string>

#include "app/log_sink.h"
#include "app/serve.h"
#include "base/rng.h"
#include "http/http_server.h"
#include "main_server/main_server.h"
#include "ports/store.h"
#include "rpc/session_server.h"
#include "store/data_dir.h"

namespace tradeauto {

// What every part of a server process shares.
struct ProcessParts {
  const ServeContext& context;
  const DataPaths& paths;
  const Clock& clock;
  Rng& rng;
  Logger log;
  asio::any_io_executor executor;
};

// A main server with its store and transports, wired. start() and stop() once each; stop() also after a failed start().
class MainProcess {
 public:
  explicit MainProcess(ProcessParts parts) : parts_(std::move(parts)) {}

  // Error: what keeps it from serving, with setting, value and remedy.
  asio::awaitable<Result<void>> start();
  asio::awaitable<void> stop(Deadline deadline);

  // What /readyz answers.
  void set_ready(bool ready);

  MainServer& server() { return *server_; }
  const std::string& http_endpoint() const { return http_endpoint_; }  // "127.0.0.1:8000"
  const std::string& grpc_endpoint() const { return grpc_endpoint_; }
  std::uint16_t grpc_port() const { return grpc_port_; }
  const SecretString& token() const { return token_; }

 private:
  Result<void> open_files();
  Result<void> open_ports();

  ProcessParts parts_;
  std::unique_ptr<DataDir> data_dir_;
  std::unique_ptr<Store> store_;
  SecretString token_;
  std::unique_ptr<MainServer> server_;
  std::unique_ptr<SessionServer> sessions_;
  std::unique_ptr<HttpServer> http_;
  std::string http_endpoint_;
  std::string grpc_endpoint_;
  std::uint16_t grpc_port_ = 0;
};

}  // namespace tradeauto
