#pragma once

#include <chrono>
#include <set>
#include <string>

#include "base/log.h"
#include "main_server/event_bus.h"
#include "ports/worker_link.h"

namespace tradeauto {

// How long after its bound a run may still be alive, or about to report: killing it, reading its output, a slow disk.
inline constexpr std::chrono::seconds kOverdueGrace{30};

// Decides what becomes of child orders that were permitted and of which no end is known (design.md, promises 2 and 3).
// Strand: router.
class Settlement {
 public:
  struct Needs {
    Ledger& ledger;
    EventBus& events;
    const Clock& clock;
    Logger log;
  };
  explicit Settlement(Needs needs) : needs_(std::move(needs)) {}

  // On a hello: what the worker says is dead becomes in doubt; what its intact journal proves unstarted becomes pending
  // again; what runs or is finished is left for its reports.
  asio::awaitable<Result<void>> on_hello(const WorkerHello& hello);

  // Everything still executing that belongs to `journal` becomes in doubt: its worker is gone and its lease is over.
  asio::awaitable<Result<void>> on_lease_over(JournalId journal);

  // What should have ended long ago, and what belongs to no journal of `known` (a worker that never came back), becomes
  // in doubt.
  asio::awaitable<Result<void>> sweep(std::set<JournalId> known);

 private:
  asio::awaitable<Result<void>> doubt(std::vector<ChildOrderId> ids, std::string reason, std::string detail);

  Needs needs_;
};

}  // namespace tradeauto
