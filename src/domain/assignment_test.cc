#include "domain/assignment.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

WaitingGroup group(const char* name, bool lost, std::uint64_t since) {
  return {.name = GroupName(name), .lost = lost, .waiting_since = since};
}
AvailableWorker worker(const char* name, std::size_t serving = 0, std::size_t capacity = 0,
                       std::vector<GroupName> only = {}) {
  return {.name = WorkerName(name), .serving = serving, .capacity = capacity, .only_groups = std::move(only)};
}

TEST(AssignmentTest, LostGroupsComeFirstThenTheLongestWaiting) {
  const auto plan = plan_assignments({group("new", false, 1), group("old", true, 9), group("older", true, 5)},
                                     {worker("w1", 0, 1), worker("w2", 0, 1)});
  ASSERT_EQ(plan.size(), 2U);
  EXPECT_EQ(plan[0], (PlannedAssignment{GroupName("older"), WorkerName("w1")}));
  EXPECT_EQ(plan[1], (PlannedAssignment{GroupName("old"), WorkerName("w2")}));
}

TEST(AssignmentTest, SpreadsGroupsOverWorkers) {
  const auto plan = plan_assignments({group("a", false, 1), group("b", false, 2), group("c", false, 3)},
                                     {worker("w1", 1), worker("w2")});
  ASSERT_EQ(plan.size(), 3U);
  EXPECT_EQ(plan[0].worker, WorkerName("w2"));
  EXPECT_EQ(plan[1].worker, WorkerName("w1"));
  EXPECT_EQ(plan[2].worker, WorkerName("w2"));
}

TEST(AssignmentTest, LeavesOutWhatNoWorkerMayTake) {
  EXPECT_TRUE(plan_assignments({group("a", false, 1)}, {worker("w1", 0, 0, {GroupName("b")})}).empty());
  EXPECT_TRUE(plan_assignments({group("a", false, 1)}, {worker("w1", 1, 1)}).empty());
  EXPECT_TRUE(plan_assignments({group("a", false, 1)}, {}).empty());
}

}  // namespace
}  // namespace tradeauto
