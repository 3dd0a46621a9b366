#include "executors/autorsa/run_reports.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "domain/child_order.h"

namespace tradeauto {
namespace {

class RunReportsTest : public ::testing::Test {
 protected:
  RunReportsTest() {
    task_.brokerage = Brokerage::tradier;
    task_.quantity = Quantity(Decimal::from_int(1));
    task_.child_orders.push_back({.id = ChildOrderId("child"), .symbol = Symbol("AAPL")});
  }
  static ChildResult sample(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(std::string(TRADEAUTO_TEST_DATA) + "/autorsa/" + name + ".txt").rdbuf();
    ChildResult result;
    result.exit_code = 0;
    result.out = std::move(text).str();
    return result;
  }
  ChildOrderReport report(const ChildResult& result, bool trusted = true) const {
    const auto reports = reports_of(task_, result, trusted, Timestamp());
    EXPECT_EQ(reports.size(), 1U);
    EXPECT_TRUE(reports.at(0).complete);
    if (!reports[0].executions.empty()) EXPECT_EQ(reports[0].status, derive_status(reports[0].executions).value());
    return reports[0];
  }

  TransactionTask task_;
};

TEST_F(RunReportsTest, ARunThatEndedByItselfIsWhatItsTextSays) {
  EXPECT_EQ(report(sample("tradier-buy-ok")).status, ChildOrderStatus::submitted);
  EXPECT_EQ(report(sample("tradier-login-bad")).status, ChildOrderStatus::denied);
  EXPECT_EQ(report(sample("tradier-buy-ok"), false).status, ChildOrderStatus::in_doubt) << "another version";
}

TEST_F(RunReportsTest, ARunWithoutItsSupervisorIsNeverDenied) {
  for (const char* name : {"tradier-login-bad", "tradier-missing-env", "grammar-no-args"}) {
    ChildResult lost = sample(name);
    lost.end = ChildEnd::lost;
    lost.exit_code.reset();
    EXPECT_EQ(report(lost).status, ChildOrderStatus::in_doubt) << name;
    EXPECT_EQ(report(lost).reason, "child_process_killed");
  }
  ChildResult silent;
  silent.end = ChildEnd::lost;
  EXPECT_EQ(report(silent).status, ChildOrderStatus::in_doubt);
}

TEST_F(RunReportsTest, AKilledRunThatSaidNothingOfALogInIsDenied) {
  ChildResult killed = sample("grammar-no-args");
  killed.end = ChildEnd::deadline;
  killed.exit_code.reset();
  killed.out = killed.out.substr(0, killed.out.find("Running main"));
  EXPECT_EQ(report(killed).status, ChildOrderStatus::denied);
}

TEST_F(RunReportsTest, AKilledRunThatSaidNothingAtAllIsDenied) {
  ChildResult killed;
  killed.end = ChildEnd::deadline;
  EXPECT_EQ(report(killed).status, ChildOrderStatus::denied);
  EXPECT_EQ(report(killed).reason, "not_started");
  EXPECT_EQ(report(killed, false).status, ChildOrderStatus::in_doubt) << "another version may print late";
}

TEST_F(RunReportsTest, AKilledRunAfterTheLogInIsInDoubtAndSaysWhy) {
  ChildResult killed = sample("tradier-buy-ok");
  killed.out = killed.out.substr(0, killed.out.find("Tradier account xxxxxx3002: buy"));
  killed.end = ChildEnd::deadline;
  killed.exit_code = 130;
  const ChildOrderReport told = report(killed);
  EXPECT_EQ(told.status, ChildOrderStatus::in_doubt);
  EXPECT_EQ(told.reason, "child_process_killed");
  EXPECT_NE(told.detail.find("its time was over"), std::string::npos);
}

}  // namespace
}  // namespace tradeauto
