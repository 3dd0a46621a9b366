#pragma once

#include <memory>
#include <vector>

#include "base/log.h"
#include "executors/paper/decision_queue.h"
#include "executors/paper/fault.h"
#include "executors/paper/paper_broker.h"
#include "executors/paper/paper_executor.h"
#include "executors/paper/run_memory.h"
#include "net/pool.h"

namespace tradeauto {

// What the executor is made of. `broker` and `memory` are used on `pool` only, which has one thread.
struct PaperParts {
  PaperParts(PaperSettings given, const Clock& given_clock, Logger given_log, std::unique_ptr<PaperBroker> given_broker,
             std::unique_ptr<RunMemory> given_memory)
      : settings(std::move(given)),
        clock(given_clock),
        log(std::move(given_log)),
        broker(std::move(given_broker)),
        memory(std::move(given_memory)),
        queue(*broker, *memory, pool, clock) {}

  // The fault of the account now; on the pool. `by_credentials` holds unless faults.json says otherwise.
  Result<Fault> fault_now(const AccountRef& account, const Fault& by_credentials) const;
  // The same for a child order that is about to be placed: counts it (`times`).
  Result<Fault> use_fault(const AccountRef& account, const Fault& by_credentials);

  const PaperSettings settings;
  const Clock& clock;
  const Logger log;
  const std::unique_ptr<PaperBroker> broker;
  const std::unique_ptr<RunMemory> memory;
  BlockingPool pool{"paper", 1};
  DecisionQueue queue;
};

}  // namespace tradeauto
