// A Transaction from its permits to its answer: what is sent once, what is proven unsent, what is in doubt.
#include <memory>

#include "rpc/legacy_bench_test.h"

namespace tradeauto {
namespace {

class LegacySendTest : public LegacyBench {
 protected:
  // A worker that holds these accounts.
  void holds(int port, const std::vector<std::string>& accounts) {
    connect(port);
    for (const std::string& account : accounts) activate(account);
  }
  // The one order for them, offered whole.
  void place(const std::vector<std::string>& accounts) { offer(accounts, accounts); }
};

TEST_F(LegacySendTest, OnePermitRefusedIsNothingSent) {
  FakeOriginal worker;
  holds(worker.port, {"dad", "mom"});
  story_.refused_permits = {ref("mom")};
  place({"dad", "mom"});
  until_line("report co-dad denied not_sent");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacySendTest, APermitThatIsOverBeforeTheSendIsNothingSent) {
  FakeOriginal worker;
  holds(worker.port, {"dad", "mom"});
  story_.valid_for = std::chrono::nanoseconds(0);
  place({"dad", "mom"});
  until_line("report co-dad denied not_sent");
  until_line("report co-mom denied not_sent");
  EXPECT_EQ(story_.reports.front().detail, "the permit was over before the order was sent");
  EXPECT_TRUE(story_.reports.front().complete);
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacySendTest, TheFirstPermitMayBeOverWhenTheLastIsGiven) {
  FakeOriginal worker;
  holds(worker.port, {"dad", "mom"});
  story_.valid_for = std::chrono::nanoseconds(0);
  story_.on_permit = [this] { story_.valid_for = std::chrono::hours(1); };  // dad asks first
  place({"dad", "mom"});
  until_line("report co-dad denied not_sent");
  until_line("report co-mom denied not_sent");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacySendTest, ALedgerThatFailsAtAPermitIsNothingSent) {
  FakeOriginal worker;
  holds(worker.port, {"dad", "mom"});
  story_.failing_permits = {ref("mom")};
  place({"dad", "mom"});
  until_line("report co-dad denied not_sent");
  EXPECT_EQ(story_.reports.size(), 1U) << "mom has no permit: its child order is pending still";
  EXPECT_EQ(trades(worker), 0);
  // Main offers it again, and dad's is over: it fits no run of both.
  story_.failing_permits.clear();
  story_.orders.at(OrderId("order")).child_orders.front().status = ChildOrderStatus::denied;
  story_.link->offer(story_.tasks.at(TaskId("task-mom")));
  until_line("refused mom: legacy_accounts_differ");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacySendTest, ALoneOrderThatGotNoPermitIsSentWhenItIsOfferedAgain) {
  FakeOriginal worker;
  holds(worker.port, {"mom"});
  story_.failing_permits = {ref("mom")};
  place({"mom"});
  until_line("permit? mom");
  EXPECT_TRUE(story_.reports.empty());
  story_.failing_permits.clear();
  place({"mom"});
  until_line("report co-mom denied worker_refused");
  EXPECT_EQ(trades(worker), 1);
}

TEST_F(LegacySendTest, AReportThatTheLedgerDoesNotTakeEndsTheSession) {
  FakeOriginal worker;
  holds(worker.port, {"mom"});
  story_.takes_reports = false;
  place({"mom"});
  until_line("closed: report_not_taken");
  EXPECT_EQ(trades(worker), 1);
  until([&] { return opened() == 2; });
  EXPECT_EQ(trades(worker), 1) << "the next session sends nothing by itself";
}

TEST_F(LegacySendTest, AnAccountThatChangesBetweenPermitAndSendIsNotTraded) {
  FakeOriginal worker;
  holds(worker.port, {"dad", "mom"});
  story_.on_permit = [this] { story_.link->deactivate(ref("dad"), {}); };
  place({"dad", "mom"});
  until_line("report co-mom denied not_sent");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacySendTest, AGroupThatIsReleasedBetweenPermitAndSendIsNotTraded) {
  FakeOriginal worker;
  holds(worker.port, {"mom"});
  story_.on_permit = [this] { story_.link->release(ref("mom").group); };
  place({"mom"});
  until_line("report co-mom denied not_sent");
  until_line("closed: released");
  EXPECT_EQ(trades(worker), 0);
}

TEST_F(LegacySendTest, AReleaseWhileItRunsWaitsForTheAnswer) {
  FakeOriginal worker;
  worker.hang();
  holds(worker.port, {"mom"});
  place({"mom"});
  until([&] { return trades(worker) == 1; });
  story_.link->release(ref("mom").group);
  worker.release();
  until_line("report co-mom denied worker_refused");
  until_line("closed: released");
  EXPECT_EQ(story_.lines.back(), "closed: released");
}

TEST_F(LegacySendTest, AnswersThatProveNothingLeaveADoubt) {
  const FakeOriginal::Answer answers[] = {
      [](Task::Transaction::Response&) {},  // unset: Success, and no output
      [](Task::Transaction::Response& answer) { answer.set_message("garbage \xe2\x82\xac\n\x01;;"); },
      [](Task::Transaction::Response& answer) { answer.set_message(std::string(1'000'000, 'x')); },
      [](Task::Transaction::Response& answer) { answer.set_status(Types::Failure); },
      [](Task::Transaction::Response& answer) {
        answer.set_status(static_cast<Types::Status>(7));
        answer.set_message("Internal Error: x");
      },
      [](Task::Transaction::Response& answer) {
        answer.set_status(Types::Failure);
        answer.set_message("Error running autoRSA cli tool 1");
      }};
  FakeOriginal worker;
  holds(worker.port, {"mom"});
  for (const auto& answer : answers) {
    const std::size_t before = story_.reports.size();
    worker.answer_transactions(answer);
    place({"mom"});
    until([&] { return story_.reports.size() > before; });
    EXPECT_EQ(story_.reports.back().status, ChildOrderStatus::in_doubt) << before;
    EXPECT_LT(story_.reports.back().detail.size(), 10'000U) << before;
  }
}

TEST_F(LegacySendTest, AnAnswerThatIsNoMessageLeavesADoubt) {
  // The last one begins as a refusal that would prove that nothing was sent.
  const std::string refusal = std::string("\x08\x01\x12\x11") + "Internal Error: x";
  for (const std::string& bytes : {std::string("\xff\xff\xff"), std::string("\x12\x7f") + "cut",
                                   std::string("\x12\x02\xc3\x28"), refusal + "\xff\xff\xff"}) {
    const ByteWorker worker("", bytes);
    holds(worker.port, {"mom"});
    story_.lines.clear();
    place({"mom"});
    until_line("report co-mom in_doubt link_lost");
  }
  const ByteWorker refuses("", refusal);
  holds(refuses.port, {"mom"});
  place({"mom"});
  until_line("report co-mom denied worker_refused");
}

TEST_F(LegacySendTest, AWorkerThatHangsLeavesADoubt) {
  FakeOriginal worker;
  worker.hang();
  holds(worker.port, {"mom"});
  story_.run_for = std::chrono::milliseconds(300);
  place({"mom"});
  until_line("report co-mom in_doubt link_lost");
  worker.release();
  EXPECT_LE(trades(worker), 1) << "the time may be over before it is there; it never comes twice";
}

TEST_F(LegacySendTest, AWorkerThatDiesInATransactionLeavesADoubtAndIsDialledAgain) {
  auto worker = std::make_unique<FakeOriginal>();
  const int port = worker->port;
  holds(port, {"mom"});
  worker->hang();
  place({"mom"});
  until([&] { return trades(*worker) == 1; });
  worker.reset();
  until_line("report co-mom in_doubt link_lost");
  until_line("closed: connection_lost");
  EXPECT_EQ(story_.lines.back(), "closed: connection_lost") << "the last call";
  const FakeOriginal again(port);
  until([&] { return opened() == 2; });
  EXPECT_EQ(story_.hellos.back().only_groups, std::vector<GroupName>{ref("mom").group})
      << "it may still hold their accounts";
  offer({"dad"}, {"dad"});
  activate("dad");
  until_line("refused dad: legacy_accounts_differ");
  EXPECT_EQ(again.seen(), std::vector<std::string>{"activate dad token"});
}

TEST_F(LegacySendTest, AStopWaitsForTheAnswerAndThenCancels) {
  FakeOriginal worker;
  worker.hang();
  holds(worker.port, {"mom"});
  place({"mom"});
  until([&] { return trades(worker) == 1; });
  stop();
  EXPECT_TRUE(story_.has("report co-mom in_doubt link_lost"));
  EXPECT_EQ(story_.lines.back(), "closed: shutting_down");
}

}  // namespace
}  // namespace tradeauto
