#include "app/import_dotenv.h"

#include <random>
#include <string>

#include <gmock/gmock.h>

namespace tradeauto {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// Name -> value; what cannot be read as "line N".
std::vector<std::pair<std::string, std::string>> read(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const DotenvEntry& entry : parse_dotenv(text)) {
    out.emplace_back(entry.readable ? entry.name : "line " + std::to_string(entry.line), entry.value.reveal());
  }
  return out;
}

TEST(ImportDotenvTest, ReadsPlainQuotedAndExportedValues) {
  EXPECT_THAT(read("A=1\nexport B = two words  \nC='it is'\nD=\"x y\"\n'E'=5\nexport=6"),
              ElementsAre(Pair("A", "1"), Pair("B", "two words"), Pair("C", "it is"), Pair("D", "x y"), Pair("E", "5"),
                          Pair("export", "6")));
}

TEST(ImportDotenvTest, CommentsEndAValueOnlyBehindABlank) {
  EXPECT_THAT(read("# one\n  # two\nA=a#b\nB=a #b\nC=\"a #b\" # c\nD=#d\nE= #e\n"),
              ElementsAre(Pair("A", "a#b"), Pair("B", "a"), Pair("C", "a #b"), Pair("D", "#d"), Pair("E", "#e")));
}

TEST(ImportDotenvTest, EscapesAreThoseOfTheQuotes) {
  EXPECT_THAT(read(R"(A="a\"b\n\\c\q")"), ElementsAre(Pair("A", "a\"b\n\\c\\q")));
  EXPECT_THAT(read(R"(A='a\'b\n\\c')"), ElementsAre(Pair("A", "a'b\\n\\c")));
  EXPECT_THAT(read(R"(A=a\nb)"), ElementsAre(Pair("A", "a\\nb")));
  EXPECT_THAT(read(R"(A="a\")"), ElementsAre(Pair("A", "a\\"))) << "the last quote ends it if no other one does";
}

TEST(ImportDotenvTest, EmptyAndMissingValuesAreEmpty) {
  EXPECT_THAT(read("A=\nB\nC=''\nD=  \n"), ElementsAre(Pair("A", ""), Pair("B", ""), Pair("C", ""), Pair("D", "")));
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read("\n \r\n\t").empty());
}

TEST(ImportDotenvTest, EveryEndOfLineAndTheByteOrderMarkAreTaken) {
  EXPECT_THAT(read("\xEF\xBB\xBF"
                   "A=1\r\nB=2\rC=3\n"),
              ElementsAre(Pair("A", "1"), Pair("B", "2"), Pair("C", "3")));
}

TEST(ImportDotenvTest, AQuotedValueMaySpanLinesAndLinesAreCounted) {
  const auto entries = parse_dotenv("\r\nA=\"1\n2\"\n\nB=3\n");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].value.reveal(), "1\n2");
  EXPECT_EQ(entries[0].line, 2U);
  EXPECT_EQ(entries[1].line, 5U);
}

TEST(ImportDotenvTest, WhatCannotBeReadCostsItsLineOnly) {
  EXPECT_THAT(read("A=1\nno statement\n=x\nB='open\nC=\"a\" b\nD=2\n"),
              ElementsAre(Pair("A", "1"), Pair("line 2", ""), Pair("line 3", ""), Pair("line 4", ""),
                          Pair("line 5", ""), Pair("D", "2")));
}

TEST(ImportDotenvTest, EveryStatementOfARepeatedVariableIsThere) {
  EXPECT_THAT(read("A=1\nA=2\n"), ElementsAre(Pair("A", "1"), Pair("A", "2")));
}

TEST(ImportDotenvTest, AnyBytesComeToAnEnd) {
  constexpr std::string_view kAlphabet("A=\"'\\#\n\r \texport$\xFF\0", 19);
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = random() % 24; i > 0; --i) text += kAlphabet[random() % kAlphabet.size()];
    for (const DotenvEntry& entry : parse_dotenv(text)) {
      EXPECT_GE(entry.line, 1U);
      EXPECT_LE(entry.value.reveal().size(), text.size());
    }
  }
}

}  // namespace
}  // namespace tradeauto
