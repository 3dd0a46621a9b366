#include <algorithm>

#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"
#include "cli/suggest.h"

namespace tradeauto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class WordsTest : public CliBench {
 protected:
  // Wrong usage: exit 2, a word on stderr, nothing on stdout, no request.
  void refuses(const std::vector<std::string>& words, const std::string& text) {
    const Outcome done = run(words);
    EXPECT_EQ(done.code, 2) << ::testing::PrintToString(words);
    EXPECT_THAT(done.err, HasSubstr(text));
    EXPECT_EQ(done.out, "");
    EXPECT_TRUE(requests().empty());
  }
};

TEST_F(WordsTest, UnknownWordsGetTheNearestOne) {
  refuses({"ordr", "list"}, "ordr is no command; did you mean order?");
  refuses({"order", "lsit"}, "did you mean list?");
  refuses({"order", "hold", "1", "AAPL"}, "hold is no command; allowed are buy, sell");
  refuses({"order", "buy", "1", "AAPL", "--grop", "demo"}, "--grop is no flag of this command; did you mean --group?");
  refuses({"order", "list", "--ouput=json"}, "did you mean --output?");
  refuses({"--server", "ordr", "ordr"}, "did you mean order?");
  refuses({"-o", "json", "nothing"}, "nothing is no command; allowed are");
}

TEST_F(WordsTest, WrongUsageSaysWhereHelpIs) {
  refuses({"order", "list", "-o", "xml"}, "json");
  refuses({"order", "buy", "1"}, "See: tradeauto order buy --help");
  refuses({"order"}, "order needs a command: buy, sell, list");
  refuses({"order"}, "See: tradeauto order --help");
  refuses({"order", "buy", "1", "AAPL", "--grop", "x"}, "See: tradeauto order buy --help");
  refuses({"order", "lsit"}, "See: tradeauto order --help");
  refuses({"order", "list", "--limit", "many"}, "--limit");
  refuses({"order", "show", "a", "b"}, "b");
  refuses({"order", "list", "-z"}, "-z");
  refuses({"order", "list", "--server", "ftp://x"}, "https://HOST:PORT");
}

TEST_F(WordsTest, WithoutWordsHelpIsShownAndItIsWrongUsage) { refuses({}, "Usage: tradeauto"); }

TEST_F(WordsTest, ValuesMayLookLikeWords) {
  on("GET /v1/groups/order", 200, R"({"name":"order","state":"idle"})");
  EXPECT_EQ(run({"group", "show", "order"}).code, 0);
  on("GET /v1/groups/list", 200, R"({"name":"list","state":"idle"})");
  EXPECT_EQ(run({"group", "show", "list"}).code, 0);
}

TEST_F(WordsTest, EveryHelpBeginsWithExamplesAndFitsAScreen) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{},
                                                                                     {"order"},
                                                                                     {"order", "buy"},
                                                                                     {"order", "list"},
                                                                                     {"order", "cancel"},
                                                                                     {"order", "retry"},
                                                                                     {"order", "resolve"},
                                                                                     {"group"},
                                                                                     {"account", "add"},
                                                                                     {"brokerage"},
                                                                                     {"worker", "list"},
                                                                                     {"version"}}) {
    auto help = words;
    help.emplace_back("--help");
    const Outcome done = run(help);
    EXPECT_EQ(done.code, 0);
    EXPECT_EQ(done.err, "");
    const auto lines = std::ranges::count(done.out, '\n');
    EXPECT_GE(lines, 3);
    EXPECT_LE(lines, 60) << done.out;
    EXPECT_LT(done.out.find("Examples:\n  tradeauto"), done.out.find("Usage:")) << done.out;
  }
}

TEST_F(WordsTest, AHelpEndsWithItsOwnFlagsAndThoseOfEveryCommand) {
  EXPECT_THAT(run({"order", "wait", "--help"}).out,
              HasSubstr("\n  0 every child order is good\n\nFlags of every command"));
  for (const char* verb : {"wait", "list"}) {
    EXPECT_THAT(run({"order", verb, "--help"}).out, HasSubstr("\n\nFlags of every command (see: tradeauto --help):\n"));
  }
  EXPECT_THAT(run({"worker", "list", "--help"}).out, Not(HasSubstr("its settings"))) << "those are of the server";
}

TEST_F(WordsTest, ListsOfCommandsHaveOneLineEach) {
  const std::string help = run({"order", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("\n  buy                           buy in every account of a group\n"));
}

TEST(SuggestTest, FindsTheNearestAndNothingFar) {
  const std::vector<std::string> known = {"order", "group", "account"};
  EXPECT_EQ(nearest("ordr", known), "order");
  EXPECT_EQ(nearest("oredr", known), "order");
  EXPECT_EQ(nearest("acount", known), "account");
  EXPECT_EQ(nearest("holdings", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace tradeauto
