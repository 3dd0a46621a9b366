#include "executors/autorsa/cli_words.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

TransactionTask task_of(Brokerage brokerage, std::string_view quantity, std::vector<std::string> symbols) {
  TransactionTask task;
  task.brokerage = brokerage;
  task.quantity = Quantity(Decimal::parse(quantity).value());
  for (std::string& symbol : symbols)
    task.child_orders.push_back({.id = ChildOrderId(symbol), .symbol = Symbol(symbol)});
  return task;
}

std::string joined(const Result<std::vector<std::string>>& words) {
  if (!words.ok()) return words.error().reason;
  std::string text;
  for (const std::string& word : *words) text += (text.empty() ? "" : " ") + word;
  return text;
}

TEST(CliWordsTest, AreLiveOnlyWithFalseAtTheEnd) {
  TransactionTask task = task_of(Brokerage::fennel, "0.5", {"MSFT", "AAPL", "BRK.B"});
  EXPECT_EQ(joined(order_words(task)), "buy 0.5 AAPL,BRK.B,MSFT fennel false");
  task.dry_run = true;
  task.side = Side::sell;
  EXPECT_EQ(joined(order_words(task)), "sell 0.5 AAPL,BRK.B,MSFT fennel true");
  EXPECT_EQ(joined(holdings_words(Brokerage::wells_fargo)), "holdings wellsfargo");
}

TEST(CliWordsTest, RefuseWhatTheCliWouldMisread) {
  EXPECT_EQ(joined(order_words(task_of(Brokerage::tradier, "0", {"AAPL"}))), "bad_quantity");
  EXPECT_EQ(joined(order_words(task_of(Brokerage::tradier, "-1", {"AAPL"}))), "bad_quantity");
  EXPECT_EQ(joined(order_words(task_of(Brokerage::public_, "1234567.123456789", {"AAPL"}))), "bad_quantity");
  EXPECT_EQ(joined(order_words(task_of(Brokerage::tradier, "0.5", {"AAPL"}))), "fraction_not_supported");
  EXPECT_EQ(joined(order_words(task_of(Brokerage::tradier, "1", {}))), "bad_symbols");
  EXPECT_EQ(joined(order_words(task_of(Brokerage::tradier, "1", {"AAPL", "AAPL"}))), "bad_symbols");
  for (const char* symbol : {"aapl", "A,B", "", "-X", "A B", "A\nB"}) {
    EXPECT_EQ(joined(order_words(task_of(Brokerage::tradier, "1", {symbol}))), "bad_symbols") << symbol;
  }
}

TEST(CliWordsTest, RefuseWhatIsBrokenInThisVersion) {
  EXPECT_EQ(joined(order_words(task_of(Brokerage::sofi, "1", {"AAPL"}))), "brokerage_broken");
  EXPECT_EQ(joined(holdings_words(Brokerage::sofi)), "brokerage_broken");
  EXPECT_EQ(joined(holdings_words(Brokerage::paper)), "unknown_brokerage");
  for (const Brokerage brokerage : {Brokerage::bbae, Brokerage::dspac}) {
    TransactionTask task = task_of(brokerage, "1", {"AAPL"});
    EXPECT_EQ(joined(order_words(task)), "buy_broken");
    task.dry_run = true;
    EXPECT_TRUE(order_words(task).ok());
    task.dry_run = false;
    task.side = Side::sell;
    EXPECT_TRUE(order_words(task).ok());
  }
}

TEST(CliWordsTest, EveryBrokerageHasNames) {
  for (const BrokerageInfo& each : all_brokerages()) {
    if (each.brokerage == Brokerage::paper) continue;
    EXPECT_FALSE(cli_brokerage(each.brokerage).empty());
    EXPECT_FALSE(cli_variable(each.brokerage).empty());
  }
  EXPECT_EQ(cli_variable(Brokerage::public_), "PUBLIC_BROKER");
  EXPECT_EQ(cli_variable(Brokerage::tastytrade), "TASTYTRADE");
  EXPECT_EQ(cli_brokerage(Brokerage::tornado), "tornado");
}

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string login(Brokerage brokerage, const Fields& fields) {
  Credentials credentials;
  for (const auto& [name, value] : fields) credentials.set(name, SecretString(std::string(value)));
  const CheckedCredentials checked = check_credentials(brokerage, std::move(credentials));
  if (!checked.faults.empty()) return checked.faults[0].detail;
  return std::string(login_text(brokerage, checked.credentials).reveal());
}

TEST(CliWordsTest, ALogInHasItsFieldsInTheClisOrder) {
  const Fields user = {{"PASSWORD", "p"}, {"USERNAME", "u"}};
  const auto with = [&](const Fields& more) {
    Fields all = user;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  EXPECT_EQ(login(Brokerage::bbae, user), "u:p");
  EXPECT_EQ(login(Brokerage::chase, with({{"PHONE_LAST_FOUR", "1234"}})), "u:p:1234");
  EXPECT_EQ(login(Brokerage::chase, with({{"CELL_PHONE_LAST_FOUR", "1234"}, {"DEBUG", "True"}})), "u:p:1234:DEBUG");
  EXPECT_EQ(login(Brokerage::vanguard, with({{"PHONE_LAST_FOUR", "1234"}, {"DEBUG", "false"}})), "u:p:1234");
  EXPECT_EQ(login(Brokerage::fidelity, user), "u:p:NA");
  EXPECT_EQ(login(Brokerage::schwab, with({{"TOTP_SECRET_OR_NA", "SECRET"}})), "u:p:SECRET");
  EXPECT_EQ(login(Brokerage::robinhood, user), "u:p:NA");
  EXPECT_EQ(login(Brokerage::firstrade, with({{"OTP", "1234"}})), "u:p:1234");
  EXPECT_EQ(login(Brokerage::webull, with({{"DID", "d"}, {"TRADING_PIN", "123456"}})), "u:p:d:123456");
  EXPECT_EQ(login(Brokerage::tastytrade, {{"REFRESH_TOKEN", "r"}, {"CLIENT_SECRET", "c"}}), "c:r");
  EXPECT_EQ(login(Brokerage::tornado, {{"EMAIL", "e@x.org"}, {"PASSWORD", "p"}}), "e@x.org:p");
  EXPECT_EQ(login(Brokerage::tradier, {{"ACCESS_TOKEN", "a:b"}}), "a:b");
}

}  // namespace
}  // namespace tradeauto
