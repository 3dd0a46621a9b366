#pragma once

#include <memory>
#include <string>

#include "app/log_sink.h"
#include "app/serve.h"
#include "base/rng.h"
#include "http/http_server.h"
#include "main_server/main_server.h"
#include "net/tls.h"
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

// Where a worker's main server is, when it is this process's own.
struct OwnMain {
  std::uint16_t grpc_port = 0;
  SessionServer* in_process = nullptr;  // with TLS: its certificate is for others, and names another host
  SecretString token;
};

// A main server with its store and transports, wired. start() and stop() once each; stop() also after a failed start().
class MainProcess {
 public:
  explicit MainProcess(ProcessParts parts) : parts_(std::move(parts)) {}

  // Error: what keeps it from serving, with setting, value and remedy.
  asio::awaitable<Result<void>> start();
  asio::awaitable<void> stop(Deadline deadline);

  // Reads the certificates anew, for new connections. Any thread, one at a time, between start() and stop(). Error:
  // what is not good about them; tls_needs_restart when TLS or the asking for certificates would begin or end.
  Result<void> reload(const Settings& settings);
  bool speaks_tls() const { return tls_ != nullptr; }
  OwnMain as_own() const;

  // What /readyz answers.
  void set_ready(bool ready);

  MainServer& server() { return *server_; }
  const std::string& http_endpoint() const { return http_endpoint_; }  // "127.0.0.1:8000"
  const std::string& grpc_endpoint() const { return grpc_endpoint_; }

 private:
  Result<void> open_files();
  Result<void> open_tls();
  Result<void> open_sessions();
  Result<void> open_http();
  Result<void> write_address() const;

  ProcessParts parts_;
  Figures figures_;
  std::unique_ptr<DataDir> data_dir_;
  std::unique_ptr<Store> store_;
  SecretString token_;
  std::shared_ptr<TlsSource> tls_;  // null: in clear
  std::string fingerprint_;         // of the certificate that is shown
  std::unique_ptr<MainServer> server_;
  std::unique_ptr<SessionServer> sessions_;
  std::unique_ptr<HttpServer> http_;
  std::string http_endpoint_;
  std::string grpc_endpoint_;
  std::uint16_t http_port_ = 0;
  std::uint16_t grpc_port_ = 0;
};

}  // namespace tradeauto
