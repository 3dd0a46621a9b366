#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/names.h"

namespace tradeauto {

// A group that nobody serves.
struct WaitingGroup {
  GroupName name;
  bool lost = false;                // had a worker; those come first
  std::uint64_t waiting_since = 0;  // any order-preserving number; the smaller waits longer
};

// A live worker that can take groups.
struct AvailableWorker {
  WorkerName name;
  std::size_t serving = 0;             // groups it serves now
  std::size_t capacity = 0;            // most groups it may serve; 0: no bound (a legacy worker: 1)
  std::vector<GroupName> only_groups;  // empty: any
};

struct PlannedAssignment {
  GroupName group;
  WorkerName worker;

  bool operator==(const PlannedAssignment&) const = default;
};

// Which worker takes which waiting group: lost groups first, then the longest waiting; each to the allowed worker that
// serves fewest, the first by name among equals. Groups that no worker may take are left out. Never moves a served
// group.
std::vector<PlannedAssignment> plan_assignments(std::vector<WaitingGroup> groups, std::vector<AvailableWorker> workers);

}  // namespace tradeauto
