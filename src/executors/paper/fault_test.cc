#include "executors/paper/fault.h"

#include <gtest/gtest.h>

#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

const AccountRef kMom{.group = GroupName("family"), .account = AccountName("mom")};

TEST(PaperFaultTest, IsReadForTheAccountItNames) {
  const TempFolder folder;
  folder.write("faults.json",
               R"({"family/mom":{"fault":"hang","sub_account":2,"seconds":3,"times":1},"x/y":{"fault":"none"}})");
  const auto entry = read_fault(folder.path() / "faults.json", kMom).value();
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->fault, (Fault{.kind = FaultKind::hang, .sub_account = 2, .seconds = 3}));
  EXPECT_EQ(entry->times, 1);
  EXPECT_FALSE(
      read_fault(folder.path() / "faults.json", {GroupName("family"), AccountName("dad")}).value().has_value());
}

TEST(PaperFaultTest, AFileThatIsMissingMeansNone) {
  const TempFolder folder;
  EXPECT_FALSE(read_fault(folder.path() / "faults.json", kMom).value().has_value());
}

TEST(PaperFaultTest, ANewFileHasANewVersion) {
  const TempFolder folder;
  folder.write("faults.json", R"({"family/mom":{"fault":"hang"}})");
  const auto first = read_fault(folder.path() / "faults.json", kMom).value()->version;
  EXPECT_EQ(read_fault(folder.path() / "faults.json", kMom).value()->version, first);
  folder.write("faults.json", R"({"family/mom":{"fault":"slow"}})");
  EXPECT_NE(read_fault(folder.path() / "faults.json", kMom).value()->version, first);
}

TEST(PaperFaultTest, HitsOneSubAccountOrAll) {
  const Fault one{.kind = FaultKind::reject, .sub_account = 2};
  EXPECT_FALSE(one.hits(1));
  EXPECT_TRUE(one.hits(2));
  EXPECT_FALSE(one.silences(2));
  const Fault all{.kind = FaultKind::hang};
  EXPECT_TRUE(all.hits(7) && all.silences(7));
  EXPECT_FALSE(Fault{}.hits(1));
}

class BadFaultsTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BadFaultsTest, NamesTheFile) {
  const TempFolder folder;
  folder.write("faults.json", GetParam());
  const auto entry = read_fault(folder.path() / "faults.json", kMom);
  ASSERT_FALSE(entry.ok());
  EXPECT_EQ(entry.error().reason, "paper_faults_unreadable");
  EXPECT_NE(entry.error().message.find("faults.json"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadFaultsTest,
    ::testing::Values(
        "", "[]", R"({"family/mom":"hang"})", R"({"family/mom":{}})", R"({"family/mom":{"fault":"sometimes"}})",
        R"({"family/mom":{"fault":1}})", R"({"family/mom":{"fault":"hang","sub_account":0}})",
        R"({"family/mom":{"fault":"hang","times":"1"}})", R"({"family/mom":{"fault":"slow","seconds":601}})",
        R"({"family/mom":{"fault":"hang","subaccount":1}})"));  // words-check: allow the typing error is the test

}  // namespace
}  // namespace tradeauto
