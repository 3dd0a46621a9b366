#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/fake_values_test.h"
#include "ports/order_api.h"

namespace tradeauto {

// One worker, "w1". Strand: one caller at a time.
class FakeWorkers final : public WorkerApi {
 public:
  asio::awaitable<Result<std::vector<WorkerView>>> workers() override { co_return std::vector{worker_}; }
  asio::awaitable<Result<WorkerView>> drain(WorkerName name, Actor by) override {
    if (name != worker_.name) {
      co_return make_error(ErrorCode::not_found, "unknown_worker", "there is no such worker");
    }
    if (failure) co_return *failure;
    actors.push_back(std::move(by));
    worker_.state = "draining";
    worker_.groups.clear();
    co_return worker_;
  }

  std::vector<Actor> actors;
  std::optional<Error> failure;  // of drain

 private:
  WorkerView worker_{.name = WorkerName("w1"),
                     .state = "serving",
                     .version = "0.1.0",
                     .link = "session",
                     .groups = {GroupName("family")},
                     .executors = {"paper"},
                     .executing = 1,
                     .connected_at = kFakeNow,
                     .last_seen_at = kFakeNow};
};

}  // namespace tradeauto
