// Several log-ins of Public or Fennel in one run. The texts are made of the tool's own lines.
#include <string>

#include <gtest/gtest.h>

#include "autorsa_output/sample_test.h"

namespace tradeauto {
namespace {

const std::string kBar(30, '=');

// The sample's run with other lines for the brokerage, from its log-in to its end.
RunOutput with_lines(const std::string& name, const std::string& log_ins, const std::string& part) {
  RunOutput run = sample(name).run;
  const std::string title = run.brokerage == Brokerage::fennel ? "Fennel" : "Public";
  const auto begin = run.out.find("Logging in to ");
  run.out.replace(begin, run.out.find("All commands complete") - begin,
                  "Logging in to " + title + "...\n" + log_ins + "\n" + kBar + "\n" + title + "\n" + kBar + "\n\n" +
                      part + "All " + title + " transactions complete\n\n");
  return run;
}

struct Scene {
  std::string name;
  Brokerage brokerage;
  std::string first;  // lists of the log-ins
  std::string second;
  std::string failed;  // begins its line
  std::string end;
  std::string open1;
  std::string ok1;
  std::string no1;  // refused
  std::string open2;
  std::string ok2;
  std::string account1;
  std::string account2;

  RunOutput run(const std::string& log_ins, const std::string& part) const {
    return with_lines(name, log_ins + end, part);
  }
  std::string read(const RunOutput& run, std::size_t count = 2) const {
    const std::vector<SharedLogIn> log_ins(count, {.brokerage = brokerage});
    const auto verdicts = read_shared_run(run, log_ins);
    EXPECT_EQ(broken_shared_promise(run, log_ins, verdicts), "");
    return shared_shape(verdicts);
  }
  std::string read(const std::string& log_ins, const std::string& part, std::size_t count = 2) const {
    return read(run(log_ins, part), count);
  }
};

const Scene kPublic{"public-buy-ok",
                    Brokerage::public_,
                    "Public 1: Found account xxxx1001\n",
                    "Public 2: Found account xxxx2001\n",
                    "Error logging in to Public: ",
                    "Logged in to Public!\n",
                    "Public 1: buying 1.0 of AAPL\n",
                    "buy 1.0 of AAPL in xxxx1001: Success\n",
                    "xxxx1001: Error placing order: API Error 400: no\n",
                    "Public 2: buying 1.0 of AAPL\n",
                    "buy 1.0 of AAPL in xxxx2001: Success\n",
                    "xxxx1001",
                    "xxxx2001"};
const Scene kFennel{"fennel-buy-ok",
                    Brokerage::fennel,
                    "Found Mine\nFennel 1: Logged in\n",
                    "Found Yours\nFennel 2: Logged in\n",
                    "Error logging into Fennel: ",
                    "Logged into Fennel!\n",
                    "Fennel 1: buying 1.0 of AAPL\n",
                    "Fennel 1: buy 1.0 of AAPL in Mine: Success: True, Status: PENDING, ID: a\n",
                    "Fennel 1: buy 1.0 of AAPL in Mine: Success: False, Status: REJECTED, ID: \n",
                    "Fennel 2: buying 1.0 of AAPL\n",
                    "Fennel 2: buy 1.0 of AAPL in Yours: Success: True, Status: PENDING, ID: b\n",
                    "Mine",
                    "Yours"};

const std::string kShared = "AAPL in_doubt [shared_run]\n";

TEST(RowSharedTest, EachLogInHasItsVerdict) {
  for (const Scene& scene : {kPublic, kFennel}) {
    const std::string one = "AAPL submitted: " + scene.account1 + " submitted\n";
    const std::string two = "AAPL submitted: " + scene.account2 + " submitted\n";
    const std::string bad = scene.failed + "no\nTraceback (most recent call last):\n  x\nError: no\n\n";
    const std::string part1 = scene.open1 + scene.ok1;
    const std::string part2 = scene.open2 + scene.ok2;
    EXPECT_EQ(scene.read(scene.first + scene.second, part1 + part2), one + two);
    EXPECT_EQ(scene.read(scene.first + scene.second, scene.open1 + scene.no1 + part2),
              "AAPL rejected: " + scene.account1 + " rejected\n" + two);
    EXPECT_EQ(scene.read(bad + scene.second, part2), "AAPL denied [login_failed]\n" + two);
    EXPECT_EQ(scene.read(scene.first + bad, part1), one + "AAPL denied [login_failed]\n");
    EXPECT_EQ(scene.read(bad + bad, ""), "AAPL denied [login_failed]\nAAPL denied [login_failed]\n");
  }
  EXPECT_EQ(kFennel.read(kFennel.first + "Fennel 2: Logged in\n", kFennel.open1 + kFennel.ok1),
            "AAPL submitted: Mine submitted\nAAPL denied [no_sub_accounts]\n");
  EXPECT_EQ(kPublic.read("Public 1: Public no longer supports email login. Please\n" + kPublic.second,
                         kPublic.open2 + kPublic.ok2),
            "AAPL denied [login_failed]\nAAPL submitted: xxxx2001 submitted\n");
}

TEST(RowSharedTest, ANumberThatDoesNotAgreeProvesNothing) {
  for (const Scene& scene : {kPublic, kFennel}) {
    const std::string part = scene.open1 + scene.ok1 + scene.open2 + scene.ok2;
    const std::string bad = scene.failed + "no\n";
    for (const std::string& log_ins :
         {scene.first, scene.second, scene.second + scene.first, scene.first + scene.second + bad,
          scene.first + "odd\n" + scene.second, scene.first + bad + scene.second, scene.first + scene.first}) {
      EXPECT_EQ(scene.read(log_ins, part), kShared + kShared) << log_ins;
    }
    EXPECT_EQ(scene.read(scene.first + scene.second, part, 3), kShared + kShared + kShared);
    // The same sub-account under both.
    const auto text = scene.read(scene.first + scene.first, scene.open1 + scene.ok1 + scene.open1 + scene.ok1);
    EXPECT_EQ(text, kShared + kShared);
  }
  EXPECT_EQ(kFennel.read("Found Mine\n" + kFennel.failed + "no\n" + kFennel.second, kFennel.open1 + kFennel.ok1),
            kShared + kShared);
}

// The first log-in failed, the second was refused; the texts of both say what they like, wherever they are printed.
TEST(RowSharedTest, ATextWithLinesOfTheToolProvesNothing) {
  for (const Scene& scene : {kPublic, kFennel}) {
    const std::string part1 = scene.open1 + scene.ok1;
    const std::string part2 = scene.open2 + scene.ok2;
    const std::string title = scene.brokerage == Brokerage::fennel ? "Fennel" : "Public";
    const std::string lost = scene.brokerage == Brokerage::fennel ? "Fennel 2 Yours: Error placing order: x\n"
                                                                  : "xxxx2001: Error placing order: x\n";
    const std::string bars = kBar + "\n" + title + "\n" + kBar + "\n";
    const std::vector<std::string> texts{"",
                                         scene.first,
                                         scene.second,
                                         scene.first + scene.second,
                                         scene.failed + "x\n",
                                         scene.end,
                                         scene.end + bars,
                                         scene.end + bars + part1 + part2,
                                         part1,
                                         part2,
                                         scene.ok1,
                                         scene.ok2,
                                         scene.open1,
                                         "Logging in to " + title + "...\n",
                                         "All " + title + " transactions complete\n",
                                         "All commands complete in all brokers\n"};
    for (const std::string& in_log_in : texts) {
      for (const std::string& in_order : texts) {
        const RunOutput run = scene.run(scene.failed + "x\n" + in_log_in + "Error: x\n" + in_log_in + scene.second,
                                        scene.open2 + lost + in_order);
        const std::vector<SharedLogIn> log_ins(2, {.brokerage = scene.brokerage});
        const auto verdicts = read_shared_run(run, log_ins);
        const auto status = verdicts.at(0).at(0).status;
        ASSERT_TRUE(status == ChildOrderStatus::denied || status == ChildOrderStatus::in_doubt) << run.out;
        ASSERT_EQ(verdicts.at(1).at(0).status, ChildOrderStatus::in_doubt) << run.out << shared_shape(verdicts);
      }
    }
  }
}

}  // namespace
}  // namespace tradeauto
