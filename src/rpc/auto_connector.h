#pragma once

#include <utility>

#include "ports/main_link.h"

namespace tradeauto {

// WORKER_PROTOCOL=auto: each session is tried as one of tradeauto.v1 first, and only a server that does not know that
// one is an original main. So either half of a pair may be replaced while the other one runs.
class AutoConnector final : public MainConnector {
 public:
  AutoConnector(MainConnector& session, MainConnector& original) : session_(session), original_(original) {}

  asio::awaitable<Result<OpenedSession>> connect(WorkerHello hello, TaskSink& sink, Deadline deadline) override {
    auto opened = co_await session_.connect(hello, sink, deadline);
    if (opened.ok() || opened.error().reason != "not_a_session_server") co_return opened;
    co_return co_await original_.connect(std::move(hello), sink, deadline);
  }

 private:
  MainConnector& session_;
  MainConnector& original_;
};

}  // namespace tradeauto
