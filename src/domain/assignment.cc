#include "domain/assignment.h"

#include <algorithm>
#include <tuple>

namespace tradeauto {
namespace {

bool may_take(const AvailableWorker& worker, const GroupName& group) {
  if (worker.capacity != 0 && worker.serving >= worker.capacity) return false;
  return worker.only_groups.empty() || std::ranges::find(worker.only_groups, group) != worker.only_groups.end();
}

}  // namespace

std::vector<PlannedAssignment> plan_assignments(std::vector<WaitingGroup> groups,
                                                std::vector<AvailableWorker> workers) {
  std::ranges::sort(groups, {}, [](const WaitingGroup& g) { return std::tuple(!g.lost, g.waiting_since, g.name); });
  std::vector<PlannedAssignment> plan;
  for (const WaitingGroup& group : groups) {
    AvailableWorker* best = nullptr;
    for (AvailableWorker& worker : workers) {
      if (!may_take(worker, group.name)) continue;
      if (best == nullptr || std::tie(worker.serving, worker.name) < std::tie(best->serving, best->name))
        best = &worker;
    }
    if (best == nullptr) continue;
    ++best->serving;
    plan.push_back({.group = group.name, .worker = best->name});
  }
  return plan;
}

}  // namespace tradeauto
