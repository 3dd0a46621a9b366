// The original pair's messages and words, without a wire.
#include "rpc/legacy_wire.h"

#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "rpc/legacy_peer.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

AccountActivation activation(Brokerage brokerage, const std::vector<std::pair<std::string, std::string>>& fields) {
  AccountActivation out;
  out.account = {.group = GroupName("family"), .account = AccountName("mom")};
  out.brokerage = brokerage;
  for (const auto& [name, value] : fields) out.credentials.set(name, SecretString(value));
  return out;
}

TransactionTask buy(const std::string& quantity, const std::string& account = "mom") {
  TransactionTask task;
  task.id = TaskId("0193-" + account);
  task.account = {.group = GroupName("family"), .account = AccountName(account)};
  task.brokerage = Brokerage::tradier;
  task.quantity = Quantity(Decimal::parse(quantity).value());
  task.child_orders = {{.id = ChildOrderId("co-" + account), .symbol = Symbol("AAPL")}};
  return task;
}

Task::Transaction::Response answer(Types::Status status, const std::string& message) {
  Task::Transaction::Response out;
  out.set_status(status);
  out.set_message(message);
  return out;
}

std::string sample(const std::string& name) {
  std::ifstream in(std::string(TRADEAUTO_TEST_DATA) + "/autorsa/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(LegacyPeerTest, ReadsWhatGrpcCallsAPeer) {
  EXPECT_EQ(peer_address("ipv4:1.2.3.4:5678").value().to_string(), "1.2.3.4");
  EXPECT_EQ(peer_address("ipv6:%5B::1%5D:5678").value().to_string(), "::1");
  EXPECT_EQ(peer_address("ipv6:[2001:db8::7]:1").value().to_string(), "2001:db8::7");
  EXPECT_EQ(peer_address("ipv6:%5B::ffff:127.0.0.1%5D:9").value().to_string(), "127.0.0.1");
  for (const char* bad :
       {"", "unix:/x", "ipv4:1.2.3.4", "ipv4:[::1]:5", "ipv6:::1:5", "ipv6:%5Bx%5D:5", "ipv4:%", "%4"})
    EXPECT_EQ(peer_address(bad).error().reason, "bad_peer") << bad;
}

TEST(LegacyPeerTest, OnlyLoopbackAndWhatIsAllowedMaySpeak) {
  const auto other = peer_address("ipv4:192.0.2.1:1").value();
  EXPECT_TRUE(may_speak_legacy(peer_address("ipv4:127.0.0.5:1").value(), {}));
  EXPECT_TRUE(may_speak_legacy(peer_address("ipv6:[::1]:1").value(), {}));
  EXPECT_FALSE(may_speak_legacy(other, {}));
  EXPECT_TRUE(may_speak_legacy(other, {other}));
}

TEST(LegacyPeerTest, PortsOutsideTheRangeAreRefused) {
  const auto v4 = peer_address("ipv4:127.0.0.1:1").value();
  const auto v6 = peer_address("ipv6:[::1]:1").value();
  EXPECT_EQ(callback_endpoint(v4, 65535).value(), "127.0.0.1:65535");
  EXPECT_EQ(callback_endpoint(v6, 1).value(), "[::1]:1");
  for (const int bad : {0, -1, 65536}) {
    EXPECT_EQ(callback_endpoint(v4, bad).error().code, ErrorCode::invalid_argument) << bad;
  }
}

TEST(LegacyWireTest, OurFieldNamesBecomeTheOriginals) {
  const TaskId id("0193");
  const auto fennel = legacy::to_proto(activation(Brokerage::fennel, {{"ACCESS_TOKEN", "t"}}), id).value();
  EXPECT_EQ(fennel.account_details().email(), "t");
  EXPECT_EQ(fennel.base_task().task_id().value(), "0193");
  EXPECT_EQ(fennel.account_name(), "mom");
  const auto schwab =
      legacy::to_proto(activation(Brokerage::schwab, {{"USERNAME", "u"}, {"PASSWORD", "p"}}), id).value();
  EXPECT_EQ(schwab.account_details().totp_secret_or_na(), "NA");
  EXPECT_EQ(schwab.brokerage(), Task::Activation::Schwab);
  const auto tasty =
      legacy::to_proto(activation(Brokerage::tastytrade, {{"CLIENT_SECRET", "c"}, {"REFRESH_TOKEN", "r"}}), id);
  EXPECT_EQ(tasty.value().account_details().username(), "c");
  EXPECT_EQ(tasty.value().account_details().password(), "r");
}

TEST(LegacyWireTest, AnActivationThatWouldPoisonTheWorkerIsNotMade) {
  const TaskId id("0193");
  EXPECT_EQ(legacy::to_proto(activation(Brokerage::paper, {}), id).error().reason, "legacy_link");
  EXPECT_EQ(legacy::to_proto(activation(Brokerage::public_, {{"ACCESS_TOKEN", "t"}}), id).error().reason, "legacy_link")
      << "the original demands USERNAME too";
  EXPECT_EQ(legacy::to_proto(activation(Brokerage::tradier, {{"ACCESS_TOKEN", ""}}), id).error().reason, "legacy_link");
}

TEST(LegacyWireTest, ALogInIsWipedFromItsMessage) {
  auto message =
      legacy::to_proto(activation(Brokerage::tradier, {{"ACCESS_TOKEN", "a long enough token"}}), TaskId("1")).value();
  legacy::wipe(message);
  EXPECT_FALSE(message.account_details().has_access_token());
}

TEST(LegacyWireTest, WhatAnOriginalWorkerCannotDoIsRefused) {
  EXPECT_EQ(legacy::to_proto(buy("2147483647")).value().amount(), 2147483647);
  for (const char* bad : {"2147483648", "0.5", "1.000000001", "0"}) {
    EXPECT_EQ(legacy::to_proto(buy(bad)).error().reason, "legacy_link") << bad;
  }
  TransactionTask dry = buy("1");
  dry.dry_run = true;
  EXPECT_EQ(legacy::to_proto(dry).error().reason, "legacy_link");
  TransactionTask sell = buy("3");
  sell.side = Side::sell;
  const auto message = legacy::to_proto(sell).value();
  EXPECT_EQ(message.method(), Task::Transaction::Sell);
  EXPECT_EQ(message.amount(), 3);
  EXPECT_EQ(message.ticker(), "AAPL");
}

TEST(LegacyWireTest, OnlyProofIsNoDoubt) {
  const std::vector<TransactionTask> one = {buy("1")};
  const auto verdict = [&](const grpc::Status& status, const Task::Transaction::Response& response) {
    const auto reports = legacy::read_answer(one, {}, status, response, Timestamp());
    EXPECT_EQ(reports.size(), 1U);
    EXPECT_TRUE(reports.front().complete);
    return reports.front().status;
  };
  const grpc::Status ok;
  EXPECT_EQ(verdict({grpc::StatusCode::UNAVAILABLE, ""}, {}), in_doubt);
  EXPECT_EQ(verdict({grpc::StatusCode::DEADLINE_EXCEEDED, ""}, {}), in_doubt);
  EXPECT_EQ(verdict(ok, {}), in_doubt) << "an empty answer is Success";
  EXPECT_EQ(verdict(ok, answer(Types::Success, "garbage")), in_doubt);
  EXPECT_EQ(verdict(ok, answer(static_cast<Types::Status>(7), "Internal Error: x")), in_doubt);
  EXPECT_EQ(verdict(ok, answer(Types::Failure, "Error running autoRSA cli tool 1")), in_doubt);
  EXPECT_EQ(verdict(ok, answer(Types::Failure, "anything")), in_doubt);
  EXPECT_EQ(verdict(ok, answer(Types::Failure, "Internal Error: 7 is not a valid TransactionMethod")), denied);
  EXPECT_EQ(verdict(ok, answer(Types::Failure, "badly formed hexadecimal UUID string")), denied);
  EXPECT_EQ(verdict(ok, answer(Types::Success, sample("tradier-buy-ok.txt"))), submitted);
  EXPECT_EQ(verdict(ok, answer(Types::Success, sample("shared-one-ok.txt"))), submitted) << "as the original runs it";
}

std::vector<ChildOrderStatus> statuses(const std::vector<TransactionTask>& tasks, const std::string& name,
                                       const std::set<Brokerage>& unplaced = {}) {
  std::vector<ChildOrderStatus> out;
  const auto reports =
      legacy::read_answer(tasks, unplaced, grpc::Status(), answer(Types::Success, sample(name)), Timestamp());
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].child_order, tasks[i].child_orders.front().id);
    EXPECT_TRUE(reports[i].complete);
    out.push_back(reports[i].status);
  }
  return out;
}

using Statuses = std::vector<ChildOrderStatus>;

TEST(LegacyWireTest, EachAccountOfASharedRunHasItsOwnVerdict) {
  const std::vector<TransactionTask> two = {buy("1", "mom"), buy("1", "dad")};
  EXPECT_EQ(statuses(two, "shared-two-ok.txt"), Statuses({submitted, submitted}));
  EXPECT_EQ(statuses(two, "shared-two-first-login-bad.txt"), Statuses({denied, submitted}));
  EXPECT_EQ(statuses(two, "shared-two-second-login-bad.txt"), Statuses({submitted, denied}));
  EXPECT_EQ(statuses(two, "shared-two-hang-after-first.txt"), Statuses({in_doubt, denied}));
  const auto reports =
      legacy::read_answer(two, {}, grpc::Status(), answer(Types::Success, sample("shared-two-ok.txt")), Timestamp());
  EXPECT_EQ(reports.at(1).executions.at(0).sub_account, "xxxxxx2001");
}

TEST(LegacyWireTest, OtherBrokeragesOfTheRunHaveTheirOwnVerdicts) {
  TransactionTask fennel = buy("1", "kid");
  fennel.brokerage = Brokerage::fennel;
  EXPECT_EQ(statuses({fennel, buy("1", "mom"), buy("1", "dad")}, "shared-two-fennel-login-bad.txt"),
            Statuses({denied, submitted, submitted}));
  EXPECT_EQ(statuses({fennel, buy("1", "mom"), buy("1", "dad")}, "shared-two-ok.txt"),
            Statuses({denied, submitted, submitted}))
      << "the worker had no credentials for it";
}

TEST(LegacyWireTest, WhoseLogInIsWhichMustBeKnown) {
  const std::vector<TransactionTask> two = {buy("1", "mom"), buy("1", "dad")};
  EXPECT_EQ(statuses(two, "shared-two-ok.txt", {Brokerage::tradier}), Statuses({in_doubt, in_doubt}));
  EXPECT_EQ(statuses(two, "shared-two-ok.txt", {Brokerage::fennel}), Statuses({submitted, submitted}));
  EXPECT_EQ(statuses(two, "tradier-buy-ok.txt"), Statuses({in_doubt, in_doubt})) << "one log-in is missing";
  EXPECT_EQ(statuses(two, "shared-two-sell.txt"), Statuses({in_doubt, in_doubt})) << "another order than asked";
}

}  // namespace
}  // namespace tradeauto
