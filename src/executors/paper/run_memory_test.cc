#include "executors/paper/run_memory.h"

#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

class RunMemoryTest : public ::testing::Test {
 protected:
  std::unique_ptr<RunMemory> open() { return RunMemory::open(folder_.path()).value(); }

  PaperRun run(std::string id) const {
    return {.child_order = ChildOrderId(std::move(id)),
            .account = account_,
            .quantity = Quantity(Decimal::from_int(2)),
            .sub_accounts = 3,
            .ended = false,
            .unanswered = {2},
            .reason = "no_answer",
            .updated_at = FakeClock().now()};
  }

  const AccountRef account_{.group = GroupName("family"), .account = AccountName("mom")};
  TempFolder folder_;
};

TEST_F(RunMemoryTest, RemembersRunsAcrossARestart) {
  const Fault fault{.kind = FaultKind::slow, .sub_account = 2, .seconds = 7};
  {
    const auto memory = open();
    ASSERT_TRUE(memory->begin(run("c1"), fault).ok());
    ASSERT_TRUE(memory->begin(run("c2"), fault).ok());
    PaperRun ended = run("c1");
    ended.ended = true;
    ASSERT_TRUE(memory->update(ended).ok());
    ASSERT_TRUE(memory->sync().ok());
  }
  const auto memory = open();
  ASSERT_EQ(memory->all().size(), 2U);
  const PaperRun* known = memory->find(ChildOrderId("c1"));
  ASSERT_NE(known, nullptr);
  EXPECT_TRUE(known->ended);
  EXPECT_EQ(known->account, account_);
  EXPECT_EQ(known->sub_accounts, 3);
  EXPECT_EQ(known->quantity.to_string(), "2");
  EXPECT_EQ(known->unanswered, std::set<int>{2});
  EXPECT_EQ(known->reason, "no_answer");
  EXPECT_EQ(known->updated_at, FakeClock().now());
  EXPECT_FALSE(memory->find(ChildOrderId("c2"))->ended);
  EXPECT_EQ(memory->last_fault(account_), fault);
}

TEST_F(RunMemoryTest, WhatIsForgottenIsGoneFromTheFile) {
  {
    const auto memory = open();
    for (int i = 0; i < 100; ++i) {
      const std::string id = "c" + std::to_string(i);
      ASSERT_TRUE(memory->begin(run(id), {}).ok());
      ASSERT_TRUE(memory->forget(ChildOrderId(id)).ok());
    }
  }
  EXPECT_TRUE(open()->all().empty());
  EXPECT_EQ(folder_.read("runs.jsonl"), "");
}

TEST_F(RunMemoryTest, CountsTheUsesOfAVersionOfTheFaults) {
  {
    const auto memory = open();
    ASSERT_TRUE(memory->use(account_, "v1").ok());
    ASSERT_TRUE(memory->use(account_, "v1").ok());
  }
  const auto memory = open();
  EXPECT_EQ(memory->times_used(account_, "v1"), 2);
  EXPECT_EQ(memory->times_used(account_, "v2"), 0);
  ASSERT_TRUE(memory->use(account_, "v2").ok());
  EXPECT_EQ(memory->times_used(account_, "v2"), 1);
}

TEST_F(RunMemoryTest, SkipsLinesThatCannotBeRead) {
  {
    const auto memory = open();
    ASSERT_TRUE(memory->begin(run("c1"), {}).ok());
  }
  folder_.append("runs.jsonl", "{\"event\":\"ru\n");
  folder_.append("runs.jsonl", std::string(16, '\0') + "\n{\"event\":\"run\"}\n{\"eve");
  const auto memory = open();
  EXPECT_EQ(memory->skipped(), 3U);
  EXPECT_NE(memory->find(ChildOrderId("c1")), nullptr);
  ASSERT_TRUE(memory->forget(ChildOrderId("c1")).ok());
}

TEST_F(RunMemoryTest, BelongsToOneProcess) {
  const auto memory = open();
  const auto other = RunMemory::open(folder_.path());
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().reason, "paper_runs_locked");
  EXPECT_NE(other.error().message.find("DATA_DIR"), std::string::npos);
}

}  // namespace
}  // namespace tradeauto
