#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/rng.h"
#include "net/signal.h"
#include "net/task_group.h"
#include "ports/main_link.h"
#include "ports/worker_health.h"
#include "worker/task_facade.h"

namespace tradeauto {

struct WorkerSettings {
  WorkerName name;
  std::string version;
  std::vector<GroupName> only_groups;  // WORKER_GROUPS; empty: any
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds first_backoff = std::chrono::milliseconds(100);
  std::chrono::nanoseconds longest_backoff = std::chrono::seconds(5);
};

// A worker without its transports: keeps a session with main, its lease, and what main asks of it.
//
// start() settles what an earlier process left, then dials for ever. Strand: its own. stop() before destruction.
class Worker final : public WorkerHealth {
 public:
  struct Needs {
    Journal& journal;
    MainConnector& connector;
    std::vector<NamedExecutor> executors;
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor executor;
    WorkerProbe* probe = nullptr;  // null: nobody is told
  };
  Worker(WorkerSettings settings, Needs needs);

  void start();
  // Lets running tasks end until `deadline`, says goodbye, ends the executors.
  asio::awaitable<void> stop(Deadline deadline);
  // Returns when the journal cannot be written any more: the process must end.
  asio::awaitable<void> failed();

  WorkerStanding standing() const override {
    return {.has_session = session_.is_open(), .running_tasks = sink_.running_tasks()};
  }

 private:
  asio::awaitable<void> run();
  asio::awaitable<void> recover();
  asio::awaitable<void> keep_session();
  asio::awaitable<bool> open_session();
  asio::awaitable<bool> hold_lease();
  WorkerHello hello() const;
  void log_connect_failure(const Error& error);

  const WorkerSettings settings_;
  Needs needs_;
  asio::any_io_executor strand_;
  Executors executors_;
  Signal failed_;
  Signal session_over_;
  AccountTable accounts_;
  SessionState session_;
  ReportSink sink_;
  TaskFacade facade_;
  std::chrono::nanoseconds lease_{};
  std::string last_failure_;  // so that a main that stays away is not logged at each try
  bool stopping_ = false;
  TaskGroup tasks_;
};

}  // namespace tradeauto
