#pragma once

#include <vector>

#include "domain/task.h"
#include "executors/paper/paper_parts.h"

namespace tradeauto {

// What a new process can find out about the runs of the one before it, which is dead: nothing of its runs goes on. All
// on the pool.

// Settles in RunMemory what the placement ledger settles: what the broker never decided was not sent. A broker that is
// still silent (hang, accept_then_hang) leaves doubt. Returns the child orders that there is something to report of.
Result<std::vector<ChildOrderId>> settle_ended_runs(PaperParts& parts);

enum class Recovered : std::uint8_t {
  told,         // it stands in RunMemory: report what is known
  never_began,  // nothing was sent for it
  unknown,      // the broker is silent about all of it
};
// The same for a child order of a task that the journal calls unfinished.
Result<Recovered> settle_child_order(PaperParts& parts, const TransactionTask& task, const ChildOrderId& child_order);

}  // namespace tradeauto
