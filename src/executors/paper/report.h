#pragma once

#include <optional>
#include <vector>

#include "domain/task.h"
#include "executors/paper/paper_broker.h"
#include "executors/paper/run_memory.h"

namespace tradeauto {

// What is known of a child order at one moment.
struct PaperSnapshot {
  ChildOrderReport report;             // complete exactly if the run has ended
  std::optional<Timestamp> next_fill;  // when the next of its open orders fills
  bool settled = false;                // nothing will ever change: ended, no doubt, nothing open
};

// What the run and the broker's decisions (PaperBroker::find) mean at `now`. Sub-accounts in their order: what is not
// answered yet is left out while the run goes on; afterwards it is in doubt if it was asked, else not sent. Pure.
PaperSnapshot snapshot_of(const PaperRun& run, const std::vector<RecordedPlacement>& placements, Timestamp now);

// The report of a child order for which nothing was ever asked.
ChildOrderReport never_began(ChildOrderId child_order);

// For people.
std::string describe(std::string_view reason);

}  // namespace tradeauto
