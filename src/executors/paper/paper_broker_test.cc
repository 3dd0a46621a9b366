#include "executors/paper/paper_broker.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "testing/fake_clock.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

using std::chrono::milliseconds;

Quantity shares(std::string_view text) { return Quantity(Decimal::parse(text).value()); }
Money dollars(std::string_view text) { return Money(Decimal::parse(text).value()); }

class PaperBrokerTest : public ::testing::Test {
 protected:
  PaperBrokerTest() { folder_.write("prices.json", R"({"AAPL":"100","MSFT":"0.30","HUGE":"999999999999999999"})"); }

  std::unique_ptr<PaperBroker> open() {
    return PaperBroker::open(folder_.path(), PaperPrices(1, folder_.path() / "prices.json"), clock_).value();
  }
  PaperOrder order(std::string id, Side side, std::string_view quantity, std::string symbol = "AAPL") const {
    return {.account = {.group = GroupName("family"), .account = AccountName("mom")},
            .sub_account = 1,
            .child_order = ChildOrderId(std::move(id)),
            .side = side,
            .symbol = Symbol(std::move(symbol)),
            .quantity = shares(quantity),
            .opening_cash = dollars("1000"),
            .fill_delay = milliseconds(200),
            .refuse = false};
  }
  Placement decide(PaperBroker& broker, const PaperOrder& asked) {
    auto answers = broker.decide({asked}).value();
    EXPECT_TRUE(answers.has_value());
    return answers->at(0).placement;
  }
  std::string decision(PaperBroker& broker, const PaperOrder& asked) {
    const Placement placement = decide(broker, asked);
    return placement.decision == Decision::accepted ? "accepted" : placement.reason;
  }
  void fill() { clock_.advance(milliseconds(200)); }
  std::size_t lines() const {
    const std::string text = folder_.read("placements.jsonl");
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }

  TempFolder folder_;
  FakeClock clock_;
};

TEST_F(PaperBrokerTest, ABuyIsAcceptedAtThePriceAndFillsAfterTheDelay) {
  const auto broker = open();
  const Placement placement = decide(*broker, order("c1", Side::buy, "2.5"));
  EXPECT_EQ(placement.decision, Decision::accepted);
  EXPECT_EQ(placement.broker_order_id, "P1");
  EXPECT_EQ(placement.price->to_string(), "100");
  EXPECT_EQ(placement.fills_at, clock_.now() + milliseconds(200));
  EXPECT_TRUE(broker->books(placement.account).value().at(1).positions().empty());
  fill();
  const AccountBook book = broker->books(placement.account).value().at(1);
  EXPECT_EQ(book.positions().at(Symbol("AAPL")).to_string(), "2.5");
  EXPECT_EQ(book.flow().to_string(), "-250");
}

TEST_F(PaperBrokerTest, CashThatOpenBuysWillTakeIsSpokenFor) {
  const auto broker = open();
  EXPECT_EQ(decision(*broker, order("c1", Side::buy, "6")), "accepted");
  EXPECT_EQ(decision(*broker, order("c2", Side::buy, "6")), "insufficient_cash");
  EXPECT_EQ(decision(*broker, order("c3", Side::buy, "4")), "accepted");
  fill();
  EXPECT_EQ(decision(*broker, order("c4", Side::buy, "0.000000001")), "insufficient_cash");
}

TEST_F(PaperBrokerTest, OnlyFilledSharesThatNoOpenSellTakesCanBeSold) {
  const auto broker = open();
  EXPECT_EQ(decision(*broker, order("c1", Side::sell, "1")), "insufficient_quantity");
  EXPECT_EQ(decision(*broker, order("c2", Side::buy, "3")), "accepted");
  EXPECT_EQ(decision(*broker, order("c3", Side::sell, "1")), "insufficient_quantity");
  fill();
  EXPECT_EQ(decision(*broker, order("c4", Side::sell, "1", "MSFT")), "insufficient_quantity");
  EXPECT_EQ(decision(*broker, order("c5", Side::sell, "2")), "accepted");
  EXPECT_EQ(decision(*broker, order("c6", Side::sell, "2")), "insufficient_quantity");
  EXPECT_EQ(decision(*broker, order("c7", Side::sell, "1")), "accepted");
  fill();
  const AccountBook book = broker->books(order("", Side::buy, "1").account).value().at(1);
  EXPECT_TRUE(book.positions().empty());
  EXPECT_TRUE(book.flow().decimal().is_zero());
}

TEST_F(PaperBrokerTest, SubAccountsAndAccountsHaveTheirOwnMoney) {
  const auto broker = open();
  PaperOrder asked = order("c1", Side::buy, "10");
  EXPECT_EQ(decision(*broker, asked), "accepted");
  asked.sub_account = 2;
  EXPECT_EQ(decision(*broker, asked), "accepted");
  asked = order("c2", Side::buy, "10");
  asked.account.account = AccountName("dad");
  EXPECT_EQ(decision(*broker, asked), "accepted");
  EXPECT_EQ(decision(*broker, order("c3", Side::buy, "1")), "insufficient_cash");
}

TEST_F(PaperBrokerTest, RefusesWhatItDoesNotTradeAndWhatCannotBeWrittenDown) {
  const auto broker = open();
  EXPECT_EQ(decision(*broker, order("c1", Side::buy, "1", "NONE")), "unknown_symbol");
  EXPECT_EQ(decision(*broker, order("c2", Side::buy, "999999999", "HUGE")), "out_of_range");
  EXPECT_EQ(decision(*broker, order("c3", Side::sell, "999999999", "HUGE")), "out_of_range");
  PaperOrder refused = order("c4", Side::buy, "1");
  refused.refuse = true;
  EXPECT_EQ(decision(*broker, refused), "simulated_fault");
}

TEST_F(PaperBrokerTest, TheSameChildOrderIsPlacedOncePerSubAccount) {
  const auto broker = open();
  const PaperOrder asked = order("c1", Side::buy, "1");
  const Placement first = decide(*broker, asked);
  EXPECT_EQ(decide(*broker, asked), first);
  EXPECT_EQ(decide(*open(), asked), first) << "after a restart";
  EXPECT_EQ(lines(), 3U);
  EXPECT_EQ(broker->find(asked.child_order).value().size(), 1U);
  fill();
  EXPECT_EQ(broker->books(asked.account).value().at(1).positions().at(Symbol("AAPL")).to_string(), "1");
}

TEST_F(PaperBrokerTest, ADuplicateWithinOneRequestIsPlacedOnce) {
  const auto broker = open();
  const PaperOrder asked = order("c1", Side::buy, "1");
  const auto answers = broker->decide({asked, asked}).value().value();
  EXPECT_EQ(answers.at(0).placement, answers.at(1).placement);
  EXPECT_EQ(answers.at(0).line, answers.at(1).line);
  EXPECT_NE(folder_.read("placements.jsonl").find("\"duplicate\""), std::string::npos);
  EXPECT_EQ(broker->find(asked.child_order).value().size(), 1U);
}

TEST_F(PaperBrokerTest, ARejectionIsRememberedToo) {
  const auto broker = open();
  const PaperOrder asked = order("c1", Side::sell, "1");
  EXPECT_EQ(decision(*broker, asked), "insufficient_quantity");
  EXPECT_EQ(decision(*broker, order("c2", Side::buy, "1")), "accepted");
  fill();
  EXPECT_EQ(decision(*broker, asked), "insufficient_quantity") << "it could be sold now, but it was decided";
}

TEST_F(PaperBrokerTest, ARestartKnowsEverything) {
  {
    const auto broker = open();
    EXPECT_EQ(decision(*broker, order("c1", Side::buy, "5")), "accepted");
    EXPECT_EQ(decision(*broker, order("c2", Side::buy, "3")), "accepted");
  }
  fill();
  const auto broker = open();
  EXPECT_EQ(decision(*broker, order("c3", Side::buy, "3")), "insufficient_cash");
  EXPECT_EQ(decision(*broker, order("c4", Side::sell, "8")), "accepted");
  EXPECT_EQ(decide(*broker, order("c5", Side::buy, "1")).broker_order_id, "P4");
}

TEST_F(PaperBrokerTest, TwoOnOneFolderSeeOneAccount) {
  const auto one = open();
  const auto other = open();
  EXPECT_EQ(decide(*one, order("c1", Side::buy, "6")).broker_order_id, "P1");
  EXPECT_EQ(decision(*other, order("c2", Side::buy, "6")), "insufficient_cash");
  EXPECT_EQ(decide(*other, order("c3", Side::buy, "1")).broker_order_id, "P2");
  EXPECT_EQ(decide(*one, order("c4", Side::buy, "1")).broker_order_id, "P3");
  const Placement again = decide(*other, order("c1", Side::buy, "6"));
  EXPECT_EQ(again.broker_order_id, "P1") << "the other's order is known";
}

TEST_F(PaperBrokerTest, DecidesNothingWhileAnotherProcessHasTheLedger) {
  const auto broker = open();
  AppendLog other = AppendLog::open(folder_.path() / "placements.jsonl").value();
  ASSERT_TRUE(other.try_lock().value());
  EXPECT_FALSE(broker->decide({order("c1", Side::buy, "1")}).value().has_value());
  EXPECT_EQ(lines(), 0U);
  other.unlock();
  EXPECT_TRUE(broker->decide({order("c1", Side::buy, "1")}).value().has_value());
}

TEST_F(PaperBrokerTest, ATornLastLineWasNeverPlaced) {
  EXPECT_EQ(decision(*open(), order("c1", Side::buy, "1")), "accepted");
  const std::string whole = folder_.read("placements.jsonl");
  EXPECT_EQ(decision(*open(), order("c2", Side::buy, "1")), "accepted");
  const std::string both = folder_.read("placements.jsonl");
  for (const std::size_t cut : {whole.size() + 1, both.size() - 10, both.size() - 1}) {
    folder_.write("placements.jsonl", both.substr(0, cut));
    const auto broker = open();
    EXPECT_TRUE(broker->find(ChildOrderId("c2")).value().empty());
    EXPECT_EQ(decide(*broker, order("c3", Side::buy, "1")).broker_order_id, "P2");
    EXPECT_EQ(lines(), 2U);
  }
}

TEST_F(PaperBrokerTest, ALineThatCannotBeReadStopsItAndIsNamed) {
  EXPECT_EQ(decision(*open(), order("c1", Side::buy, "1")), "accepted");
  const auto size = folder_.read("placements.jsonl").size();
  folder_.append("placements.jsonl", "{\"at\":\"yesterday\"}\n");
  const auto broker = PaperBroker::open(folder_.path(), PaperPrices(1, std::nullopt), clock_);
  ASSERT_FALSE(broker.ok());
  EXPECT_NE(broker.error().message.find("byte " + std::to_string(size)), std::string::npos) << broker.error().message;
}

TEST_F(PaperBrokerTest, WithoutPricesNothingIsPlaced) {
  const auto broker = open();
  folder_.write("prices.json", "nonsense");
  const auto decided = broker->decide({order("c1", Side::buy, "1")});
  ASSERT_FALSE(decided.ok());
  EXPECT_EQ(decided.error().effect, Effect::none);
  EXPECT_EQ(lines(), 0U);
  folder_.write("prices.json", R"({"AAPL":"100"})");
  EXPECT_EQ(decide(*broker, order("c1", Side::buy, "1")).broker_order_id, "P1");
}

TEST_F(PaperBrokerTest, APreviewPlacesNothing) {
  const auto broker = open();
  EXPECT_EQ(broker->preview(order("c1", Side::buy, "1")).value().decision, Decision::accepted);
  EXPECT_EQ(broker->preview(order("c1", Side::buy, "11")).value().reason, "insufficient_cash");
  EXPECT_EQ(lines(), 0U);
}

TEST(PlacementTest, SurvivesItsLine) {
  Placement placement{.at = FakeClock().now(),
                      .account = {.group = GroupName("g \"1\""), .account = AccountName("a")},
                      .sub_account = 12,
                      .child_order = ChildOrderId("c"),
                      .side = Side::sell,
                      .symbol = Symbol("BRK.B"),
                      .quantity = shares("0.000000001"),
                      .decision = Decision::accepted,
                      .reason = {},
                      .broker_order_id = "P7",
                      .price = Price(shares("1.5").decimal()),
                      .fills_at = FakeClock().now() + milliseconds(3)};
  EXPECT_EQ(parse_placement(to_line(placement)).value(), placement);
  placement.decision = Decision::rejected;
  placement.reason = "unknown_symbol";
  placement.broker_order_id.reset();
  placement.price.reset();
  placement.fills_at.reset();
  EXPECT_EQ(parse_placement(to_line(placement)).value(), placement);
}

TEST(PlacementTest, AnAcceptedOneNeedsPriceIdAndFill) {
  const auto parsed = parse_placement(
      R"({"at":"2026-01-02T00:00:00Z","group":"g","account":"a","sub_account":"xxxx0001","child_order_id":"c","side":"buy",)"
      R"("symbol":"A","quantity":"1","decision":"accepted","reason":"","broker_order_id":null,"price":null,"fills_at":null})");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().reason, "paper_ledger_corrupt");
}

}  // namespace
}  // namespace tradeauto
