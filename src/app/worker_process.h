#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/main_process.h"
#include "http/health_server.h"
#include "net/pool.h"
#include "ports/journal.h"
#include "rpc/legacy_connector.h"
#include "rpc/session_connector.h"
#include "store/data_dir.h"
#include "worker/worker.h"

namespace tradeauto {

// A worker with its journal, executors and transport, wired. start() and stop() once each; stop() also after a failed
// start().
class WorkerProcess {
 public:
  // `own_main`: dial the main server of this process instead of MAIN_SERVER_HOST and MAIN_SERVER_PORT.
  WorkerProcess(ProcessParts parts, std::optional<OwnMain> own_main)
      : parts_(std::move(parts)), own_main_(std::move(own_main)) {}

  // Ready means: the worker serves, whether main can be reached now or not.
  asio::awaitable<Result<void>> start();
  asio::awaitable<void> stop(Deadline deadline);
  // Reads the certificates anew, for the next session. Any thread, one at a time, between start() and stop(). Error:
  // what is not good about them; tls_needs_restart when TLS would begin or end.
  Result<void> reload(const Settings& settings);
  // Returns when the worker cannot go on: its journal cannot be written.
  asio::awaitable<void> failed() { return worker_->failed(); }

  const WorkerName& name() const { return name_; }
  // Its own HTTP, "host:port"; empty unless HTTP_PORT is set. Valid after start().
  const std::string& http_endpoint() const { return http_endpoint_; }
  // Where an original main calls back, "host:port"; empty unless WORKER_PROTOCOL=legacy. Valid after start().
  const std::string& task_fetcher() const { return task_fetcher_; }

 private:
  Result<void> open_files();
  Result<void> open_tls();
  Result<void> make_connectors();
  Result<void> make_session_connector(bool may_lack_token);
  Result<void> make_legacy_connector();
  Result<std::vector<NamedExecutor>> make_executors();
  Result<void> open_http();

  ProcessParts parts_;
  const std::optional<OwnMain> own_main_;
  WorkerFigures figures_;
  std::unique_ptr<DataDir> directory_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<BlockingPool> pool_;
  std::shared_ptr<TlsSource> tls_;  // null: in clear, or there is no network between
  std::unique_ptr<SessionConnector> session_connector_;
  std::unique_ptr<LegacyConnector> legacy_connector_;
  std::unique_ptr<MainConnector> auto_connector_;
  MainConnector* connector_ = nullptr;  // one of them
  std::string task_fetcher_;
  WorkerName name_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<HealthServer> http_;
  std::string http_endpoint_;
};

}  // namespace tradeauto
