#include "cli/completion.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "cli/command_set.h"
#include "cli/words.h"

namespace tradeauto {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// A tree as the program's: nouns with verbs, flags of every command, settings that help hides.
class CompletionTest : public testing::Test {
 protected:
  CompletionTest() {
    one_of(*app_.add_option("-o,--output", text_, "how data is written"), {"table", "json"});
    app_.add_option("--http-port", text_, "a setting")->group("");
    CLI::App* order = app_.add_subcommand("order", "place orders\nand more");
    order->alias("orders");
    order->add_subcommand("cancel", "cancel it");
    CLI::App* buy = order->add_subcommand("buy", "buy it");
    buy->add_option("--group", text_, "all its accounts");
    buy->add_flag("--dry-run")->description("rehearse");
    app_.add_subcommand("version", "what it is")->group("");
  }

  std::vector<std::string> words(const std::vector<std::string>& line) const {
    std::vector<std::string> out;
    for (const Candidate& candidate : complete(app_, line)) out.push_back(candidate.word);
    return out;
  }

  CLI::App app_{"test"};
  std::string text_;
};

TEST_F(CompletionTest, OffersNounsThenVerbs) {
  EXPECT_THAT(words({"o"}), ElementsAre("order"));
  EXPECT_THAT(words({"order", ""}), ElementsAre("cancel", "buy"));
  EXPECT_THAT(words({"orders", "ca"}), ElementsAre("cancel"));
  EXPECT_EQ(complete(app_, {"o"}).at(0).help, "place orders") << "one line";
}

TEST_F(CompletionTest, HidesWhatOnlyScriptsCall) { EXPECT_THAT(words({"v"}), IsEmpty()); }

TEST_F(CompletionTest, OffersTheFlagsOfACommandAndOfItsParents) {
  EXPECT_THAT(words({"order", "buy", "--"}), Contains("--dry-run"));
  EXPECT_THAT(words({"order", "buy", "--"}), Contains("--output"));
  EXPECT_THAT(words({"order", "cancel", "--"}), Not(Contains("--dry-run")));
}

TEST_F(CompletionTest, OffersSettingsOnceALetterIsTyped) {
  EXPECT_THAT(words({"--"}), Not(Contains("--http-port")));
  EXPECT_THAT(words({"--h"}), Contains("--http-port"));
}

TEST_F(CompletionTest, OffersTheChoicesOfAFlag) {
  EXPECT_THAT(words({"order", "buy", "-o", ""}), ElementsAre("table", "json"));
  EXPECT_THAT(words({"order", "buy", "--output", "j"}), ElementsAre("json"));
  EXPECT_THAT(words({"order", "buy", "--output=j"}), ElementsAre("--output=json"));
  EXPECT_THAT(words({"-o", "json", "order", "b"}), ElementsAre("buy"));
}

TEST_F(CompletionTest, OffersNothingThatOnlyThePersonKnows) {
  EXPECT_THAT(words({}), IsEmpty());
  EXPECT_THAT(words({"nonsense", ""}), IsEmpty());
  EXPECT_THAT(words({"order", "buy", "--group", ""}), IsEmpty());
  EXPECT_THAT(words({"order", "buy", "--", "--"}), IsEmpty());
}

TEST_F(CompletionTest, EachShellHasAScriptOfItsOwn) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_NE(completion_script(shell).find("completion reply"), std::string_view::npos) << shell;
  }
  EXPECT_NE(completion_script("bash"), completion_script("zsh"));
}

}  // namespace
}  // namespace tradeauto
