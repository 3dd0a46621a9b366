// The texts are made of the tool's own lines, for answers that were never captured.
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

// The sample's run with other lines between the brokerage's bar and its closing line.
RunOutput with_part(const std::string& name, const std::string& part) {
  RunOutput run = sample(name).run;
  const auto begin = run.out.rfind("=\n") + 2;
  const auto end = run.out.find("All ", begin);
  run.out.replace(begin, end - begin, part);
  return run;
}

std::string read(const RunOutput& run) {
  const auto verdicts = read_run(run);
  EXPECT_EQ(broken_promise(run, verdicts), "");
  return shape(verdicts);
}

std::string quoted(std::string text) {
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) text.replace(at, 1, "\\n");
  return text;
}

struct Answers {
  std::string sample;
  std::string announced;
  std::string last;  // the second sub-account's answer
  std::string end;   // what the verdict says of it
  std::string first_account;
  std::string last_account;

  std::string read_first(const std::string& first) const {
    const std::string text = read(with_part(sample, announced + first + last));
    const std::string symbol = text.substr(0, text.find(':'));
    const auto begin = text.find(first_account + " ");
    EXPECT_TRUE(text.ends_with(", " + last_account + " " + end)) << text;
    if (begin == std::string::npos) return text;
    const auto status = text.substr(begin + first_account.size() + 1);
    return status.substr(0, status.find(','));
  }
};

const Answers kPublic{"public-buy-ok",
                      "Public 1: buying 1.0 of AAPL\n",
                      "buy 1.0 of AAPL in xxxxxxx3002: Success\n",
                      "submitted",
                      "xxxxxxx3001",
                      "xxxxxxx3002"};
const Answers kFennel{"fennel-buy-ok",
                      "Fennel 1: buying 1.0 of AAPL\n",
                      "Fennel 1: buy 1.0 of AAPL in Account 2: Success: True, Status: PENDING, ID: 2\n",
                      "submitted",
                      "Account 1",
                      "Account 2"};
const Answers kWebull{
    "webull-buy-ok", "Webull 1: buying 1.0 of AAPL\n", "Other Code trade.refused\n", "rejected", "xxxxxxx7001",
    "xxxxxxx7002"};
const Answers kRobinhood{"robinhood-buy-ok",
                         "Robinhood 1: buying 1.0 of AAPL\nStarting login process...\n",
                         "Starting login process...\nRobinhood 1: buy 1.0 of AAPL in xxxx8002: ['No']\n",
                         "rejected",
                         "xxxx8001",
                         "xxxx8002"};

TEST(RowTest, PublicByItsCodes) {
  const std::string error = "xxxxxxx3001: Error placing order: ";
  EXPECT_EQ(kPublic.read_first("buy 1.0 of AAPL in xxxxxxx3001: Success\n"), "submitted");
  for (const std::string code : {"400", "404"}) {
    EXPECT_EQ(kPublic.read_first(error + "API Error " + code + ": no\n"), "rejected") << code;
  }
  // An answer of the gateway: an earlier try may have come through.
  for (const std::string code : {"401", "403", "429", "500", "4000", "409"}) {
    EXPECT_EQ(kPublic.read_first(error + "API Error " + code + ": no\n"), "in_doubt") << code;
  }
  EXPECT_EQ(kPublic.read_first(error + "1 validation error for OrderResponse\norderId\n  Field required\n    For\n"),
            "in_doubt");
  EXPECT_EQ(kPublic.read_first("xxxxxxx3001: Skipping non-tradable account type: AccountType.HIGH_YIELD\n"),
            "not_sent");
  EXPECT_EQ(kPublic.read_first("buy 2.0 of AAPL in xxxxxxx3001: Success\n"), "in_doubt");
  EXPECT_EQ(kPublic.read_first("sell 1.0 of AAPL in xxxxxxx3001: Success\n"), "in_doubt");
  EXPECT_EQ(kPublic.read_first("DRY RUN: buy 1.0 of AAPL in xxxxxxx3001: Preflight check successful\n"), "in_doubt");
}

TEST(RowTest, FennelByItsAnswers) {
  const std::string answer = "Fennel 1: buy 1.0 of AAPL in Account 1: Success: ";
  const std::string error = "Fennel 1 Account 1: Error placing order: ";
  EXPECT_EQ(kFennel.read_first(answer + "True, Status: PENDING, ID: a-1\n"), "submitted");
  EXPECT_EQ(kFennel.read_first(answer + "False, Status: REJECTED, ID: \n"), "rejected");
  for (const std::string other : {"False, Status: , ID: \n", "True, Status: REJECTED, ID: a-1\n",
                                  "True, Status: PENDING, ID: \n", "False, Status: PENDING, ID: a-1\n"}) {
    EXPECT_EQ(kFennel.read_first(answer + other), "in_doubt") << other;
  }
  for (const std::string code : {"400", "401", "403", "404", "422", "429"}) {
    EXPECT_EQ(kFennel.read_first(error + "Order Request failed with status code " + code + ": a\nb\n"), "rejected");
  }
  for (const std::string code : {"408", "409", "500", "503"}) {
    EXPECT_EQ(kFennel.read_first(error + "Order Request failed with status code " + code + ": a\nb\n"), "in_doubt");
  }
  EXPECT_EQ(kFennel.read_first(error + "Wire format was corrupt\nTraceback\n"), "in_doubt");
}

TEST(RowTest, WebullNeverProvesASuccess) {
  const std::string error = "Webull 1 xxxxxxx7001: Error placing order: ";
  EXPECT_EQ(kWebull.read_first("Webull 1: buy 1.0 of AAPL in xxxxxxx7001: Success\n"), "in_doubt");
  EXPECT_EQ(kWebull.read_first("No buying power Code trade.no.power\n"), "rejected");
  EXPECT_EQ(kWebull.read_first("System busy Code system.busy\n"), "in_doubt");
  EXPECT_EQ(kWebull.read_first(error + "trade.check.failed: no\nTraceback\nException: trade.check.failed: no\n"),
            "rejected");
  EXPECT_EQ(kWebull.read_first(error + "'forward'\nTraceback\nKeyError: 'forward'\n"), "in_doubt");
  EXPECT_EQ(kWebull.read_first(error + "Could not find ticker for stock AAPL\nTraceback\n"), "not_sent");
  EXPECT_EQ(kWebull.read_first(error + "Could not find ticker for stock MSFT\nTraceback\n"), "in_doubt");
  EXPECT_EQ(kWebull.read_first("Webull 1: AAPL is not available for trading\n" + error +
                               "Webull 1: AAPL is not available for trading\nTraceback\n"),
            "not_sent");
  const std::string dance = "Buying 100 then selling 99.0 of AAPL\n";
  EXPECT_EQ(kWebull.read_first(dance + "Webull 1: sell 99.0 of AAPL in xxxxxxx7001: Success\n"), "in_doubt");
  EXPECT_EQ(kWebull.read_first(dance + "No Code trade.no\n" + error + "Error buying 100 of AAPL\nTraceback\n"),
            "in_doubt");
  EXPECT_EQ(kWebull.read_first(dance + error + "trade.check.failed: no\nTraceback\n"), "in_doubt");
  const std::string part = kWebull.announced + dance + "Webull 1: sell 99.0 of AAPL in xxxxxxx7001: Success\n";
  EXPECT_EQ(read(with_part("webull-buy-ok", part + kWebull.last)),
            "AAPL in_doubt [dance]: xxxxxxx7001 in_doubt, xxxxxxx7002 rejected");
}

TEST(RowTest, RobinhoodIsRefusedOnlyIfNoRequestMayHaveComeThrough) {
  const std::string busy = "Error in request_post: Received 429\n";
  const std::string lost = "Error in request_post: Read timed out.\n";
  const std::string second = "Robinhood 1: Error buying 1.0 of AAPL in xxxx8001, trying Limit Order\n";
  const std::string prices = "Ask: 190.0000, Bid: 189.0\n";
  const std::string failed = "Robinhood 1: Error buying 1.0 of AAPL in xxxx8001\n";
  const std::string limit = "Robinhood 1: buy 1.0 of AAPL in xxxx8001 @ 190.01: ";
  const std::string no_price = "Robinhood 1: Error getting price for AAPL\n";
  EXPECT_EQ(kRobinhood.read_first("Robinhood 1: buy 1.0 of AAPL in xxxx8001: Success\n"), "in_doubt");
  EXPECT_EQ(kRobinhood.read_first("Robinhood 1: buy 1.0 of AAPL in xxxx8001: ['No']\n"), "rejected");
  EXPECT_EQ(kRobinhood.read_first("Robinhood 1: buy 1.0 of AAPL in xxxx8001: []\n"), "in_doubt");
  EXPECT_EQ(kRobinhood.read_first(busy + second + prices + busy + failed), "rejected");
  EXPECT_EQ(kRobinhood.read_first(busy + second + prices + limit + "['No']\n"), "rejected");
  EXPECT_EQ(kRobinhood.read_first(busy + second + no_price), "rejected");
  for (const std::string& doubt :
       {busy + second + prices + limit + "Success\n", lost + second + prices + busy + failed,
        busy + second + prices + lost + failed, lost + second + no_price, lost + second + prices + limit + "['No']\n",
        lost + busy + second + prices + busy + failed, second + prices + failed, busy + "odd\n" + second + no_price,
        busy + second + "Robinhood 1 Error submitting order: list index out of range\nTraceback\n"}) {
    EXPECT_EQ(kRobinhood.read_first(doubt), "in_doubt") << doubt;
  }
  const std::string submitting = "Robinhood 1 Error submitting order: ";
  EXPECT_EQ(
      kRobinhood.read_first("Warning: AAPL is no ticker.\n" + submitting + "list index out of range\nTraceback\n"),
      "not_sent");
  EXPECT_EQ(kRobinhood.read_first(submitting + "'results'\nTraceback\n"), "in_doubt");
}

TEST(RowTest, AnotherOrderOfLinesProvesNothing) {
  for (const Answers& each : {kPublic, kFennel, kWebull, kRobinhood}) {
    for (const std::string& part :
         {each.last + each.announced, each.announced + each.last, each.announced + each.last + each.last + each.last,
          each.announced + each.announced + each.last, each.announced + "A line.\n" + each.last,
          each.announced + each.last + "Error with x: y\n" + each.last}) {
      const auto verdicts = read_run(with_part(each.sample, part));
      EXPECT_EQ(verdicts.at(0).status, ChildOrderStatus::in_doubt) << quoted(part) << "\n" << shape(verdicts);
    }
  }
}

// Whatever stands in the text of an answer that tells nothing, that sub-account is in doubt, and the other one is what
// it was or in doubt, at every cut.
TEST(RowTest, ATextWithLinesOfTheToolProvesNothing) {
  struct Hostile {
    const Answers& of;
    std::string error;               // the first sub-account's answer, up to its text
    std::vector<std::string> lines;  // of the tool
  };
  const std::vector<Hostile> all{
      {kPublic,
       "xxxxxxx3001: Error placing order: ",
       {"buy 1.0 of AAPL in xxxxxxx3001: Success\n", "xxxxxxx3001: Error placing order: API Error 400: x\n",
        "xxxxxxx3001: Skipping non-tradable account type: x\n", "xxxxxxx3002: Error placing order: API Error 400: x\n",
        "xxxxxxx3002: Skipping non-tradable account type: x\n", "All Public transactions complete\n"}},
      {kFennel,
       "Fennel 1 Account 1: Error placing order: ",
       {"Fennel 1: buy 1.0 of AAPL in Account 1: Success: True, Status: PENDING, ID: 1\n",
        "Fennel 1: buy 1.0 of AAPL in Account 2: Success: False, Status: REJECTED, ID: \n",
        "Fennel 1 Account 2: Error placing order: Shares must be greater than 0\n",
        "All Fennel transactions complete\n"}},
      {kWebull,
       "Webull 1 xxxxxxx7001: Error placing order: ",
       {"No Code trade.no\n", "Webull 1 xxxxxxx7001: Error placing order: trade.no: x\n",
        "Webull 1 xxxxxxx7002: Error placing order: Could not find ticker for stock AAPL\n",
        "All Webull transactions complete\n"}},
      {kRobinhood,
       "Robinhood 1 Error submitting order: ",
       {"Robinhood 1: buy 1.0 of AAPL in xxxx8001: ['No']\n", "Robinhood 1: buy 1.0 of AAPL in xxxx8002: ['No']\n",
        "Robinhood 1 Error submitting order: list index out of range\n", "All Robinhood transactions complete\n"}},
  };
  for (const auto& [of, error, lines] : all) {
    std::vector<std::string> texts = lines;
    texts.insert(texts.end(),
                 {of.announced, of.last, "All commands complete in all brokers\n", of.announced + of.last});
    const std::size_t singles = texts.size();
    for (std::size_t i = 0; i < singles; ++i) {
      for (std::size_t k = 0; k < singles; ++k) texts.push_back(texts[i] + texts[k]);
    }
    for (const std::string& text : texts) {
      const RunOutput whole = with_part(of.sample, of.announced + error + "x\n" + text + of.last);
      for (const std::string& prefix : prefixes(whole.out)) {
        RunOutput run = with_text(whole, prefix);
        if (prefix.size() < whole.out.size()) run.exit_code.reset();
        const auto verdicts = read_run(run);
        ASSERT_EQ(broken_promise(run, verdicts), "");
        if (verdicts.at(0).reason == "not_started") continue;
        ASSERT_EQ(verdicts.at(0).status, ChildOrderStatus::in_doubt) << prefix << shape(verdicts);
        if (verdicts.at(0).executions.empty()) continue;
        ASSERT_EQ(verdicts.at(0).executions.at(0).status, ExecutionStatus::in_doubt) << prefix << shape(verdicts);
        if (verdicts.at(0).executions.size() < 2) continue;
        const ExecutionStatus last = verdicts.at(0).executions.at(1).status;
        ASSERT_TRUE(last == ExecutionStatus::in_doubt || to_string(last) == of.end) << prefix << shape(verdicts);
      }
    }
  }
}

TEST(RowTest, TheEvidenceIsAllLinesOfTheSubAccount) {
  const auto verdicts = read_run(sample("robinhood-buy-timeout-after-accept-once").run);
  const ExecutionReport& report = verdicts.at(0).executions.at(0);
  EXPECT_EQ(report.evidence,
            "Error in request_post: HTTPSConnectionPool(host='api.robinhood.com', port=443): Read timed out. (read "
            "timeout=16)\n"
            "Robinhood 1: Error buying 1.0 of AAPL in xxxx8001, trying Limit Order\n"
            "Robinhood 1: buy 1.0 of AAPL in xxxx8001 @ 190.01: Success");
}

}  // namespace
}  // namespace tradeauto
