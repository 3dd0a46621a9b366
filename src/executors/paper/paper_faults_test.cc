#include <gtest/gtest.h>

#include "testing/paper_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class PaperFaultsTest : public PaperExecutorBench {
 protected:
  PaperFaultsTest() { start(); }
};

struct FaultCase {
  const char* fault;
  ChildOrderStatus status;
  const char* reason;
  std::size_t accepted;
  std::size_t rejected;
};

class PaperEachFaultTest : public PaperExecutorBench, public ::testing::WithParamInterface<FaultCase> {};

// What we say against what the ledger says: in doubt where we cannot know, never a wrong `rejected` or `denied`.
TEST_P(PaperEachFaultTest, OurWordAgreesWithTheLedger) {
  start();
  const FaultCase& expected = GetParam();
  const Fields fields = {{"FAULT", expected.fault}, {"FAULT_SECONDS", "0"}};
  const bool answers = std::string_view(expected.reason) != "no_answer";
  ASSERT_TRUE((answers ? place(task("c1"), fields) : place_until(task("c1"), fields, [&] {
                return begun() && accepted("c1") == expected.accepted;
              })).ok());
  EXPECT_EQ(last("c1").status, expected.status);
  EXPECT_EQ(last("c1").reason, expected.reason);
  EXPECT_EQ(accepted("c1"), expected.accepted);
  EXPECT_EQ(decisions(Decision::rejected, "c1"), expected.rejected);
}

INSTANTIATE_TEST_SUITE_P(All, PaperEachFaultTest,
                         ::testing::Values(FaultCase{"none", submitted, "", 1, 0},
                                           FaultCase{"reject", rejected, "", 0, 1},
                                           FaultCase{"slow", submitted, "", 1, 0},
                                           FaultCase{"hang", in_doubt, "no_answer", 0, 0},
                                           FaultCase{"accept_then_hang", in_doubt, "no_answer", 1, 0},
                                           FaultCase{"crash", in_doubt, "connection_lost", 1, 0}),
                         [](const auto& instance) { return std::string(instance.param.fault); });

TEST_F(PaperFaultsTest, SlowIsAsLateAsItSays) {
  const BootTime before = clock_.boot_now();
  ASSERT_TRUE(place(task("c1"), {{"FAULT", "slow"}, {"FAULT_SECONDS", "1"}}).ok());
  EXPECT_GE(clock_.boot_now() - before, std::chrono::seconds(1));
  EXPECT_TRUE(reported("c1", filled));
}

TEST_F(PaperFaultsTest, SlowBeyondTheDeadlineIsInDoubtAndNeverPlaced) {
  ASSERT_TRUE(place_until(task("c1"), {{"FAULT", "slow"}, {"FAULT_SECONDS", "600"}}, [&] { return begun(); }).ok());
  EXPECT_EQ(last("c1").status, in_doubt);
  EXPECT_EQ(accepted("c1"), 0U);
}

TEST_F(PaperFaultsTest, OneSubAccountsFaultLeavesTheOthersAsTheyAre) {
  const Fields fields = {
      {"SUB_ACCOUNTS", "3"}, {"FAULT", "accept_then_hang"}, {"FAULT_SUB_ACCOUNT", "2"}, {"FILL_DELAY_MS", "0"}};
  const auto others_told = [&] { return accepted("c1") == 3 && !sink_.of(ChildOrderId("c1")).empty(); };
  ASSERT_TRUE(place_until(task("c1"), fields, others_told).ok());
  using enum ExecutionStatus;
  EXPECT_EQ(statuses(last("c1")), (std::vector{filled, in_doubt, filled}));
  EXPECT_EQ(last("c1").status, ChildOrderStatus::in_doubt);
  // The others were told before the deadline, and not as complete.
  const ChildOrderReport first = sink_.of(ChildOrderId("c1")).front();
  EXPECT_FALSE(first.complete);
  EXPECT_EQ(statuses(first), (std::vector{filled, filled}));
}

TEST_F(PaperFaultsTest, ARefusalInOneSubAccountIsMixed) {
  const Fields fields = {{"SUB_ACCOUNTS", "2"}, {"FAULT", "reject"}, {"FAULT_SUB_ACCOUNT", "1"}};
  ASSERT_TRUE(place(task("c1"), fields).ok());
  EXPECT_EQ(last("c1").status, mixed);
  EXPECT_EQ(last("c1").executions.at(0).message, "refused by the simulated fault");
}

TEST_F(PaperFaultsTest, OneChildOrdersSilenceHoldsUpNoOtherOfTheTask) {
  folder_.write("faults.json", R"({"family/mom":{"fault":"hang","times":1}})");
  TransactionTask both = task("c1");
  both.child_orders.push_back({.id = ChildOrderId("c2"), .symbol = Symbol("MSFT")});
  const auto other_done = [&] { return !sink_.of(ChildOrderId("c2")).empty() && last("c2").complete; };
  ASSERT_TRUE(place_until(both, {{"FILL_DELAY_MS", "0"}}, other_done).ok());
  EXPECT_EQ(last("c1").status, in_doubt);
  EXPECT_EQ(last("c2").status, filled);
  EXPECT_EQ(sink_.all().front().child_order, ChildOrderId("c2"));
}

TEST_F(PaperFaultsTest, TheFileGoesBeforeTheCredentialsForAsManyChildOrdersAsItSays) {
  folder_.write("faults.json", R"({"family/mom":{"fault":"reject","times":2}})");
  for (const char* id : {"c1", "c2"}) {
    ASSERT_TRUE(place(task(id), {}).ok());
    EXPECT_EQ(last(id).status, rejected) << id;
  }
  ASSERT_TRUE(place(task("c3"), {}).ok());
  EXPECT_EQ(last("c3").status, submitted);
  start();
  ASSERT_TRUE(place(task("c4"), {}).ok());
  EXPECT_EQ(last("c4").status, submitted) << "a restart counts on";
  folder_.write("faults.json", R"({"family/mom":{"fault":"reject","times":1}})");
  ASSERT_TRUE(place(task("c5"), {}).ok());
  EXPECT_EQ(last("c5").status, rejected) << "a new file counts anew";
  folder_.write("faults.json", R"({"family/mom":{"fault":"none"}})");
  ASSERT_TRUE(place(task("c6"), {{"FAULT", "reject"}}).ok());
  EXPECT_EQ(last("c6").status, submitted) << "none switches the credentials' fault off";
}

TEST_F(PaperFaultsTest, AFileThatCannotBeReadPlacesNothing) {
  folder_.write("faults.json", R"({"family/mom":{"fault":"sometimes"}})");
  const auto placed = place(task("c1"), {});
  ASSERT_FALSE(placed.ok());
  EXPECT_EQ(placed.error().reason, "paper_faults_unreadable");
  EXPECT_EQ(placed.error().effect, Effect::none);
  EXPECT_EQ(folder_.read("placements.jsonl"), "");
  folder_.write("faults.json", "{}");
  ASSERT_TRUE(place(task("c2"), {}).ok());
  EXPECT_EQ(accepted(), 1U);
}

}  // namespace
}  // namespace tradeauto
