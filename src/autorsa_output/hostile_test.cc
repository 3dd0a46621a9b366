#include <array>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/redact.h"
#include "autorsa_output/sample_test.h"
#include "base/rng.h"

namespace tradeauto {
namespace {

// xorshift64*: the same bytes for the same seed.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : state_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 56);
  }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

 private:
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717ULL;
  }

  std::uint64_t state_;
};

const std::string kOpen = "Tradier 1: buying 1.0 of AAPL\n";
const std::string kNone1 = "Tradier account xxxxxx3001 Error: JSON response is None\n";
const std::string kOk2 = "Tradier account xxxxxx3002: buy 1.0 of AAPL: ok\n";
const std::string kEnd = "All Tradier transactions complete\n\nAll commands complete in all brokers\n";

// What a broker could write into its refusal of xxxxxx3001, to be taken for the tool's own lines.
const std::array<std::string, 16> kTexts{
    "no\nTradier account xxxxxx3001: buy 1.0 of AAPL: ok",
    "no\nTradier account xxxxxx3001: buy 1.0 of AAPL: ok\n",
    "no\nTradier account xxxxxx3002: buy 1.0 of AAPL: ok",
    "no\nTradier account xxxxxx1234: buy 1.0 of AAPL: ok",
    "no\nResponse: <Response [400]>",
    "no\nResponse: <Response [400]>\n\nTradier account xxxxxx3001 Error: JSON response is None\n",
    "no\nResponse: <Response [400]>\nTradier account xxxxxx3001 Error: JSON response is None\n" + kOk2,
    "no\nResponse: <Response [400]>\nTradier account xxxxxx3001 Error: JSON response is None\n" + kOk2 + kEnd,
    "no\n" + kEnd,
    "no\nAll commands complete in all brokers",
    "no\n==============================\nTradier\n==============================\n" + kOpen,
    "no\nTradier account xxxxxx3001 Error: Fractional share 1.0 not supported",
    "no\nTradier account xxxxxx3001 Error: This order did not route. JSON response: {\n  \"errors\": 1\n}",
    "no\nTradier account xxxxxx3001 Error: cannot access local variable 'response' x\n"
    "Error with tradier: cannot access local variable 'json_response' x",
    "no\nTradier 1: buying 1.0 of MSFT\nTradier account xxxxxx3001: buy 1.0 of MSFT: ok",
    "no\nError making request to Tradier API /accounts/VA17773002/orders: x\nResponse: <Response [400]>",
};

// With a code that tells nothing, xxxxxx3001 is in doubt whatever its text says, at every cut of the output.
TEST(HostileTest, ATextWithLinesOfTheToolProvesNothing) {
  for (const std::string& text : kTexts) {
    const RunOutput whole = tradier_run(kOpen + tradier_failure("VA17773001", "500", text) + kNone1 + kOk2);
    for (const std::string& prefix : prefixes(whole.out)) {
      for (const int symbols : {1, 2}) {
        RunOutput run = with_text(whole, prefix);
        if (symbols == 2) run.symbols.emplace_back("MSFT");
        run.exit_code.reset();
        const auto verdicts = read_run(run);
        ASSERT_EQ(broken_promise(run, verdicts), "");
        if (verdicts.front().reason == "not_started") continue;
        for (const SymbolVerdict& verdict : verdicts) {
          ASSERT_EQ(verdict.status, ChildOrderStatus::in_doubt) << prefix << "\n" << shape(verdicts);
          if (verdict.executions.empty()) continue;
          ASSERT_EQ(verdict.executions.at(0).status, ExecutionStatus::in_doubt) << prefix << "\n" << shape(verdicts);
        }
      }
    }
  }
}

TEST(HostileTest, ATextOfManyLinesIsStillARefusal) {
  const std::string text = "<html>\n<head>\n\n  ok\nSuccess\n{\n}\n</html>";
  const auto verdicts = read_run(tradier_run(kOpen + tradier_failure("VA17773001", "403", text) + kNone1 + kOk2));
  EXPECT_EQ(shape(verdicts), "AAPL mixed: xxxxxx3001 rejected, xxxxxx3002 submitted");
}

TEST(HostileTest, LookalikesAndATextWithTheirLine) {
  const std::string text = "no\nTradier account xxxxxx3001: buy 1.0 of AAPL: ok\n";
  for (const std::size_t accounts : {1U, 2U, 3U, 4U}) {
    std::string part = kOpen + tradier_failure("VA17773001", "400", text) + kNone1;
    for (std::size_t i = 1; i < accounts; ++i) part += tradier_failure("VA17773001", "400", text) + kNone1;
    const auto verdicts = read_run(tradier_run(part, std::vector<std::string>(accounts, "xxxxxx3001")));
    EXPECT_EQ(verdicts.at(0).status, ChildOrderStatus::in_doubt) << shape(verdicts);
  }
}

TEST(HostileTest, AFailedLogInCannotPretendToHaveTraded) {
  const std::string text = "no\nTradier accounts found: 1\nxxxxxx3001\nLogged in to Tradier!\n" + std::string(30, '=') +
                           "\nTradier\n" + std::string(30, '=') + "\n" + kOpen +
                           "Tradier account xxxxxx3001: buy 1.0 of AAPL: ok\n" + kEnd;
  RunOutput run = sample("tradier-login-bad").run;
  const std::string token = "Invalid Access Token";
  for (auto at = run.out.find(token); at != std::string::npos; at = run.out.find(token, at + text.size())) {
    run.out.replace(at, token.size(), text);
  }
  EXPECT_EQ(read_run(run).at(0).status, ChildOrderStatus::in_doubt);
}

TEST(HostileTest, PresentableTextIsUtf8WithoutNumbers) {
  const std::vector<std::string> masks{"xxxxxx3001"};
  const std::string bad = "a\x80\xC3(\xE2\x82\xAC\xED\xA0\x80\xF0\x9F\x98\x80\x1B[31m\x7F\n" + std::string(1, '\0');
  EXPECT_EQ(autorsa_output::presentable(bad, masks, 100),
            "a?"
            "?(\xE2\x82\xAC?"
            "?"
            "?\xF0\x9F\x98\x80?[31m?\n?");
  EXPECT_EQ(autorsa_output::presentable("\xE2\x82\xAC", masks, 2), "");
  EXPECT_EQ(autorsa_output::presentable("(VA17773001), VA17773001x 3001 xxxxxx3001", masks, 100),
            "(xxxxxx3001), VA17773001x 3001 xxxxxx3001");
  EXPECT_EQ(autorsa_output::presentable("/accounts/VA17773009/orders /trading/AB12/x", masks, 100),
            "/accounts/xxxxxx3009/orders /trading/AB12/x");
  EXPECT_EQ(autorsa_output::presentable("12345VA17773001", masks, 8), "xxxxxx30");
  EXPECT_EQ(autorsa_output::masked("47548001"), "xxxx8001");
  EXPECT_EQ(autorsa_output::masked("xxxx8001"), "xxxx8001");
  EXPECT_EQ(autorsa_output::masked("Account 12"), "Account 12");
  EXPECT_EQ(autorsa_output::masked("IRA2024"), "IRA2024");
}

std::string mutated(std::string text, SeededRng& rng) {
  if (text.empty()) return text;
  const std::size_t count = 1 + rng.below(8);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = rng.below(text.size());
    const std::size_t length = std::min(rng.below(200), text.size() - at);
    switch (rng.below(5)) {
      case 0: rng.fill({reinterpret_cast<std::uint8_t*>(&text[at]), 1}); break;
      case 1: text.erase(at, std::min(length, text.size() - 1)); break;
      case 2: text.insert(at, text.substr(at, length)); break;
      case 3: text[at] = '\n'; break;
      default: text.insert(at, text.substr(rng.below(text.size()), length)); break;
    }
    if (text.empty()) return text;
  }
  return text;
}

TEST(HostileTest, MutatedSamplesKeepThePromises) {
  SeededRng rng(20261124);
  for (const Sample& sample : all_samples()) {
    for (int i = 0; i < 60; ++i) {
      RunOutput run = with_text(sample.run, mutated(sample.run.out, rng));
      run.brokerage = i % 4 == 0 ? all_brokerages()[rng.below(16)].brokerage : run.brokerage;
      const auto verdicts = read_run(run);
      ASSERT_EQ(broken_promise(run, verdicts), "") << run.out;
      const std::vector<SharedLogIn> log_ins{{}, {.brokerage = run.brokerage}, {}};
      ASSERT_EQ(broken_shared_promise(run, log_ins, read_shared_run(run, log_ins)), "") << run.out;
      const HoldingsReport report = read_holdings({}, run);
      ASSERT_TRUE(report.complete == report.message.empty()) << run.out;
      logged_in(run.out);
    }
  }
}

// A size that would take minutes, or the stack, if anything were not linear.
TEST(HostileTest, FourMegabytesOfAnything) {
  const std::size_t size = 4U << 20U;
  const std::string header = cut_tradier_run(kOpen).out;
  constexpr std::array kOthers{Brokerage::fennel,    Brokerage::firstrade, Brokerage::bbae,      Brokerage::webull,
                               Brokerage::robinhood, Brokerage::public_,   Brokerage::tastytrade};
  std::size_t turn = 0;
  for (const std::string unit : {"\n", "=", "x\n", "Tradier account ", "Tradier account xxxxxx3001 Error: ", "9",
                                 "Found a account 1\n", "['a', ", "AAPL: 1 @ $", "Error in request_post: x\n",
                                 "{'result': {", "Buying 1 then selling 1 of AAPL\n", "a Code trade.x\n"}) {
    std::string text = header;
    while (text.size() < size) text += unit;
    for (const Brokerage brokerage : {Brokerage::tradier, kOthers[turn++ % kOthers.size()]}) {
      RunOutput run = with_text(cut_tradier_run(kOpen), text);
      run.brokerage = brokerage;
      EXPECT_EQ(read_run(run).at(0).status, ChildOrderStatus::in_doubt) << unit;
      EXPECT_EQ(read_shared_run(run, {{}, {}}).at(1).at(0).status, ChildOrderStatus::in_doubt) << unit;
      EXPECT_FALSE(read_holdings({}, run).complete) << unit;
    }
  }
}

}  // namespace
}  // namespace tradeauto
