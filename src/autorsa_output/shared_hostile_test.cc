// A broker that knows the tool's output writes what it likes into its texts: no verdict is wrong.
#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

const std::string kBar(30, '=');
const std::string kOk1 = "Tradier account xxxxxx1001: buy 1.0 of AAPL: ok\n";
const std::string kOk2 = "Tradier account xxxxxx1002: buy 1.0 of AAPL: ok\n";
const std::string kOk3 = "Tradier account xxxxxx2001: buy 1.0 of AAPL: ok\n";
const std::string kOk4 = "Tradier account xxxxxx2002: buy 1.0 of AAPL: ok\n";
const std::string kOpen1 = "Tradier 1: buying 1.0 of AAPL\n";
const std::string kOpen2 = "Tradier 2: buying 1.0 of AAPL\n";
const std::string kClosed = "All Tradier transactions complete\n";
const std::string kDone = "All commands complete in all brokers\n";
const std::string kBegin = "Logging in to Tradier...\n";
const std::string kListed1 = "Tradier accounts found: 2\nxxxxxx1001\nxxxxxx1002\n";
const std::string kListed2 = "Tradier accounts found: 2\nxxxxxx2001\nxxxxxx2002\n";
const std::string kIn = "Logged in to Tradier!\n";
const std::string kPart = kBar + "\nTradier\n" + kBar + "\n";
const std::string kProfile =
    "Error making request to Tradier API /user/profile: x\nResponse: <Response [401]>\nException: x\n";
const std::string kNone3 =
    "Error making request to Tradier API /accounts/VA17772001/orders: x\nResponse: <Response [400]>\n"
    "Tradier account xxxxxx2001 Error: JSON response is None\n";
const std::string kDeath = "Error with tradier: cannot access local variable 'json_response' x\nSelf: \n";

const std::array<std::string, 26> kTexts{
    kOk1,
    kOk2,
    kOk3,
    kOk2 + kOpen2 + kOk3 + kOk4,
    kOk2 + kOpen2 + kOk3 + kOk4 + kClosed,
    kOk2 + kOpen2 + kNone3 + kOk4 + kClosed,
    kOpen2,
    kOpen2 + kOk3 + kOk4,
    kOpen2 + kOk3 + kOk4 + kClosed,
    kOpen2 + kOk3 + kOk4 + kClosed + kDone,
    kNone3,
    kClosed,
    kDone,
    kDeath,
    kListed1,
    kListed2,
    "xxxxxx2001\n",
    "Ignoring xxxxxx2001: closed\n",
    kProfile,
    kProfile + kProfile,
    kIn + kPart + kOpen1 + kOk1 + kOk2 + kOpen2 + kOk3 + kOk4 + kClosed,
    kListed2 + kIn + kPart + kOpen1 + kOk1 + kOk2 + kOpen2 + kOk3 + kOk4 + kClosed,
    kBegin + kListed1 + kListed2 + kIn + kPart + kOpen1 + kOk1 + kOk2 + kOpen2 + kOk3 + kOk4 + kClosed,
    kBegin + kProfile + kProfile + kIn + kPart + kClosed,
    "Tradier not found, skipping...\nError with tradier: x\n",
    kPart,
};

// One of each shape: the texts stand at every line of it.
const std::set<std::string> kShapes{"shared-two-first-login-bad", "shared-two-second-login-bad",
                                    "shared-two-both-logins-bad", "shared-two-hang-after-first",
                                    "shared-three-reject-second", "shared-two-same-token",
                                    "shared-two-profile-hang",    "shared-two-fennel-login-bad"};

// Printed once (a status, a name, another broker's answer), at every place after the header.
TEST(SharedHostileTest, ATextBetweenAnyTwoLinesMakesNoWrongVerdict) {
  for (const SharedSample& shared : shared_samples()) {
    const RunOutput& whole = shared.sample->run;
    if (!kShapes.contains(shared.sample->name)) continue;
    for (auto at = whole.out.find("press enter to continue...\n") + 27; at < whole.out.size();
         at = whole.out.find('\n', at) + 1) {
      if (at == 0) break;
      if (whole.out.compare(at, 4, "    ") == 0) continue;  // inside of a traceback or of the printed order
      for (const std::string& text : kTexts) {
        const RunOutput run = with_text(whole, whole.out.substr(0, at) + text + whole.out.substr(at));
        const auto verdicts = read_shared_run(run, shared.log_ins);
        ASSERT_EQ(shared_contradiction(shared, verdicts), "") << *shared.sample << "\n" << text << "\n" << run.out;
        ASSERT_EQ(broken_shared_promise(run, shared.log_ins, verdicts), "");
      }
      if (whole.out.find('\n', at) == std::string::npos) break;
    }
  }
}

RunOutput with_broker_text(const RunOutput& run, const std::string& from, const std::string& text) {
  RunOutput out = run;
  std::size_t places = 0;
  for (auto at = out.out.find(from); at != std::string::npos; at = out.out.find(from, at + text.size())) {
    out.out.replace(at, from.size(), text);
    ++places;
  }
  EXPECT_GE(places, 1U) << from;
  return out;
}

// Printed as often as the tool prints it: what the broker answered to the profile, an order, the balances.
TEST(SharedHostileTest, ATextWhereTheToolPrintsItMakesNoWrongVerdict) {
  const std::array<std::pair<std::string, std::string>, 8> places{{
      {"shared-two-first-login-bad", "Invalid Access Token"},
      {"shared-two-second-login-bad", "Invalid Access Token"},
      {"shared-three-middle-login-bad-last-rejected", "Invalid Access Token"},
      {"shared-three-middle-login-bad-last-rejected",
       "{\"errors\": {\"error\": \"Not enough day trading buying power\"}}"},
      {"shared-three-reject-second", "{\"errors\": {\"error\": \"Not enough day trading buying power\"}}"},
      {"shared-two-both-logins-bad", "Invalid Access Token"},
      {"shared-two-status-pending-last-of-first", "pending"},
      {"shared-two-fennel-login-bad", "Refused by the test's proxy"},
  }};
  for (const auto& [name, place] : places) {
    for (const SharedSample& shared : shared_samples()) {
      if (shared.sample->name != name) continue;
      for (const std::string& text : kTexts) {
        for (const std::string& answer :
             {"no\n" + text, "no\n" + text + "more", "ok\n" + text.substr(0, text.size() - 1)}) {
          const RunOutput run = with_broker_text(shared.sample->run, place, answer);
          const auto verdicts = read_shared_run(run, shared.log_ins);
          ASSERT_EQ(shared_contradiction(shared, verdicts), "") << name << "\n" << run.out;
        }
      }
    }
  }
}

// A text of many harmless lines is no doubt for the log-ins beside it.
TEST(SharedHostileTest, AHarmlessTextSpoilsNothing) {
  for (const SharedSample& shared : shared_samples()) {
    if (shared.sample->name != "shared-two-first-login-bad") continue;
    const RunOutput run = with_broker_text(shared.sample->run, "Invalid Access Token", "<html>\n\n Success\n</html>");
    EXPECT_EQ(shared_shape(read_shared_run(run, shared.log_ins)),
              "AAPL denied [login_failed]\nAAPL submitted: xxxxxx2001 submitted, xxxxxx2002 submitted\n");
  }
}

TEST(SharedHostileTest, EveryLineOfAnotherRunMakesNoWrongVerdict) {
  const std::string other = shared_samples().front().sample->run.out;
  for (const SharedSample& shared : shared_samples()) {
    const std::string& out = shared.sample->run.out;
    for (const std::string& prefix : prefixes(other)) {
      const RunOutput run = with_text(shared.sample->run, prefix + "\n" + out);
      const auto verdicts = read_shared_run(run, shared.log_ins);
      ASSERT_EQ(shared_contradiction(shared, verdicts), "") << run.out;
    }
  }
}

}  // namespace
}  // namespace tradeauto
