// The texts are made of the tool's own lines, for answers that were never captured.
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

const std::string kOpen = "Firstrade 1 buying 1.0 AAPL @ market\n";
const std::string kSaid = "The order verification produced the following messages: \n";
const std::string kTaken =
    "{'error': '',\n 'message': 'Normal',\n 'result': {'order_id': '1002',\n            'shares': 1.0}}\n";
const std::string kOk1 = "Firstrade 1 account xxxx5001: The order verification was successful\n\n";
const std::string kOk2 = "Firstrade 1 account xxxx5002: The order verification was successful\n\n";
const std::string kLast = kOpen + kSaid + kTaken + kOk2;
const std::string kError1 = "Firstrade 1 xxxx5001: Error submitting order: ";

RunOutput with_part(const std::string& name, const std::string& part) {
  RunOutput run = sample(name).run;
  const auto begin = run.out.rfind("=\n") + 2;
  const auto end = run.out.find("All Firstrade ", begin);
  run.out.replace(begin, end - begin, part);
  return run;
}

std::string read(const RunOutput& run) {
  const auto verdicts = read_run(run);
  EXPECT_EQ(broken_promise(run, verdicts), "");
  return shape(verdicts);
}

std::string read(const std::string& part) { return read(with_part("shim-firstrade-buy-ok", part)); }

TEST(FirstradeTest, TheSamples) {
  EXPECT_EQ(read(sample("shim-firstrade-buy-ok").run), "AAPL submitted: xxxx5001 submitted, xxxx5002 submitted");
  EXPECT_EQ(read(sample("shim-firstrade-buy-dry").run), "AAPL dry_run: xxxx5001 dry_run, xxxx5002 dry_run");
  EXPECT_EQ(read(sample("shim-firstrade-buy-reject1").run), "AAPL mixed: xxxx5001 rejected, xxxx5002 submitted");
  EXPECT_EQ(read(sample("shim-firstrade-buy-reject-preview").run), "AAPL mixed: xxxx5001 rejected, xxxx5002 submitted");
  EXPECT_EQ(read(sample("shim-firstrade-buy-drop-after").run),
            "AAPL in_doubt [broker_error]: xxxx5001 in_doubt, xxxx5002 submitted");
  EXPECT_EQ(read(sample("shim-firstrade-buy-dance-penny").run),
            "PENNY in_doubt [dance]: xxxx5001 in_doubt, xxxx5002 in_doubt");
}

TEST(FirstradeTest, ASuccessNeedsAnOrderIdOfTheAnswer) {
  const std::string doubt = "AAPL in_doubt [broker_error]: xxxx5001 in_doubt, xxxx5002 submitted";
  for (const std::string answer :
       {"{'error': '', 'message': 'Normal', 'result': None}\n",
        "{'error': '',\n 'message': \"'result': {'order_id': '1'}\",\n 'result': None}\n",
        "{'error': '',\n 'note': {'order_id': '1001',\n          'shares': 1.0}}\n",
        "{'error': '',\n 'result': {'note': {'order_id': '1001'},\n            'shares': 1.0}}\n"}) {
    EXPECT_EQ(read(kOpen + kSaid + answer + kOk1 + kLast), doubt) << answer;
  }
  EXPECT_EQ(read(kOpen + kSaid + "{'error': '',\n 'result': {'account': 'x',\n            'order_id': '77'}}\n" + kOk1 +
                 kLast),
            "AAPL submitted: xxxx5001 submitted, xxxx5002 submitted");
}

TEST(FirstradeTest, AnErrorBeforeTheAnnouncementIsNotSent) {
  EXPECT_EQ(read(kError1 + "no quote\nTraceback\n" + kLast), "AAPL mixed: xxxx5001 not_sent, xxxx5002 submitted");
  EXPECT_EQ(read(kOpen + kError1 + "'error'\nTraceback\n" + kLast),
            "AAPL in_doubt [broker_error]: xxxx5001 in_doubt, xxxx5002 submitted");
}

TEST(FirstradeTest, SeveralSymbolsComeByTheirNames) {
  RunOutput run = with_part("shim-firstrade-buy-ok",
                            kError1 + "no quote\n" + kLast + "Firstrade 1 buying 1.0 MSFT @ market\n" + kSaid + kTaken +
                                kOk1 + "Firstrade 1 buying 1.0 MSFT @ market\n" + kSaid + kTaken + kOk2);
  run.symbols = {Symbol("MSFT"), Symbol("AAPL")};
  EXPECT_EQ(read(run),
            "MSFT submitted: xxxx5001 submitted, xxxx5002 submitted\n"
            "AAPL mixed: xxxx5001 not_sent, xxxx5002 submitted");
}

TEST(FirstradeTest, AnyDanceIsInDoubt) {
  const std::string buying = "Buying 100 then selling 99.0 of AAPL\n";
  const std::string bought = "Firstrade 1 account xxxx5001: The buy order verification was successful\n";
  const std::string refused =
      "Firstrade 1 account xxxx5001: The sell order verification was unsuccessful\n"
      "Firstrade 1 account xxxx5001: The order verification produced the following messages: {'error': 'no'}\n";
  const std::string buy = "The buy order verification produced the following messages: \n" + kTaken;
  const std::string sell = "The sell order verification produced the following messages: \n" + kTaken;
  for (const std::string& end :
       {buy + refused + kError1 + "Error buying 100 of AAPL\nTraceback\n",
        buy + bought + sell + refused + kError1 + "Error selling 99.0 of AAPL\nTraceback\n",
        buy + bought + sell + "Firstrade 1 account xxxx5001: The sell order verification was successful\n"}) {
    EXPECT_EQ(read(kOpen + buying + end + kLast), "AAPL in_doubt [dance]: xxxx5001 in_doubt, xxxx5002 submitted")
        << end;
  }
}

TEST(FirstradeTest, ATextWithLinesOfTheToolProvesNothing) {
  const std::string ok1 = kOpen + kSaid + kTaken + kOk1;
  for (const std::string& text :
       {ok1, kLast, ok1 + kLast, kError1 + "no quote\n",
        std::string("All Firstrade "
                    "transactions complete\n"),
        kOpen, kSaid + kTaken, kOk1, kOk2, std::string("Firstrade 1 xxxx5002: Error submitting order: no quote\n")}) {
    const RunOutput whole = with_part("shim-firstrade-buy-ok", kOpen + kError1 + "x\n" + text + kLast);
    for (const std::string& prefix : prefixes(whole.out)) {
      RunOutput run = with_text(whole, prefix);
      if (prefix.size() < whole.out.size()) run.exit_code.reset();
      const auto verdicts = read_run(run);
      if (verdicts.at(0).reason == "not_started") continue;
      ASSERT_EQ(verdicts.at(0).status, ChildOrderStatus::in_doubt) << prefix << shape(verdicts);
      if (verdicts.at(0).executions.empty()) continue;
      ASSERT_EQ(verdicts.at(0).executions.at(0).status, ExecutionStatus::in_doubt) << prefix << shape(verdicts);
      const ExecutionStatus last = verdicts.at(0).executions.at(1).status;
      ASSERT_TRUE(last == ExecutionStatus::in_doubt || last == ExecutionStatus::submitted) << prefix;
    }
  }
}

TEST(FirstradeTest, AnotherOrderOfLinesProvesNothing) {
  for (const std::string& part :
       {kSaid + kTaken + kOk1 + kLast, kOpen + kTaken + kOk1 + kLast, kOpen + kSaid + kOk1 + kLast,
        kOpen + kOk1 + kLast, kLast, kOpen + kSaid + kTaken + kOk1, kOpen + kOpen + kSaid + kTaken + kOk1 + kLast,
        kOpen + kSaid + kTaken + kOk1 + kLast + kLast, kOpen + kSaid + kTaken + "odd\n" + kOk1 + kLast,
        "Running in DRY mode. No transactions will be made.\n" + kOpen + kSaid + kTaken + kOk1 + kLast}) {
    EXPECT_EQ(read_run(with_part("shim-firstrade-buy-ok", part)).at(0).status, ChildOrderStatus::in_doubt) << part;
  }
}

}  // namespace
}  // namespace tradeauto
