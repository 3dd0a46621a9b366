#include "cli/output.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

Rows rows_of(const std::string& text) {
  Rows rows{.json = json::parse(text),
            .items = {},
            .columns = {member("NAME", "name"), member("STATE", "state")},
            .names = {}};
  for (const json::value& item : array_of(rows.json.as_object(), "items")) {
    rows.items.push_back(item.as_object());
    rows.names.push_back(text_of(item.as_object(), "name"));
  }
  return rows;
}

const char* const kTwo = R"({"items":[{"name":"ä","state":"on"},{"name":"bcd","state":null}]})";

TEST(OutputTest, ATableAlignsCodePointsAndEndsLinesWithoutBlanks) {
  EXPECT_EQ(render(rows_of(kTwo), {}), "NAME  STATE\nä     on\nbcd\n");
  EXPECT_EQ(render(rows_of(kTwo), {.format = OutputFormat::table, .headers = false, .color = false}), "ä    on\nbcd\n");
}

// An order as a terminal of `width` columns shows it.
std::string shown(std::size_t width, std::string detail = "the broker said that it is closed today") {
  Rows rows;
  rows.columns = {member("ID", "id"), time_member("CREATED", "at", Fit::extra), member("STATUS", "status"),
                  member("WORKER", "worker", Fit::extra), member("DETAIL", "detail", Fit::wraps)};
  rows.columns[2].is_status = true;
  rows.items = {{{"id", "0192"},
                 {"at", "2026-01-02T03:04:05.678901Z"},
                 {"status", "denied"},
                 {"worker", "w1"},
                 {"detail", std::move(detail)}}};
  OutputSettings settings;
  settings.width = width;
  std::string text = render(rows, settings);
  for (const std::string& title : left_out(rows, settings)) text += "-" + title;
  return text;
}

TEST(OutputTest, ATableFitsItsTerminal) {
  const std::string whole =
      "ID    CREATED               STATUS  WORKER  DETAIL\n"
      "0192  2026-01-02T03:04:05Z  denied  w1      the broker said that it is closed today\n";
  EXPECT_EQ(shown(0), whole);
  EXPECT_EQ(shown(83), whole);
  EXPECT_EQ(shown(70),
            "ID    CREATED               STATUS  WORKER  DETAIL\n"
            "0192  2026-01-02T03:04:05Z  denied  w1      the broker said that it is\n"
            "                                            closed today\n");
  EXPECT_EQ(shown(50),
            "ID    CREATED               STATUS  DETAIL\n"
            "0192  2026-01-02T03:04:05Z  denied  the broker\n"
            "                                    said that it\n"
            "                                    is closed\n"
            "                                    today\n-WORKER");
  EXPECT_EQ(shown(30, "short"),
            "ID    STATUS  DETAIL\n"
            "0192  denied  short\n-CREATED-WORKER");
}

TEST(OutputTest, WhatIsNeverCutMayBeTooWide) {
  EXPECT_EQ(shown(10, "abcdefghijkl"),
            "ID    STATUS  DETAIL\n"
            "0192  denied  abcdefghij\n"
            "              kl\n-CREATED-WORKER");
}

TEST(OutputTest, RowsThatComeOneByOneKeepTheirColumns) {
  Column name = member("NAME", "name");
  name.least_width = 6;
  OutputSettings settings;
  RowStream rows(settings, {name, member("STATE", "state")}, "name");
  EXPECT_EQ(rows.next({{"name", "a"}, {"state", "on"}}), "NAME    STATE\na       on\n");
  EXPECT_EQ(rows.next({{"name", "longer than that"}, {"state", "on"}}), "longer than that  on\n");
  EXPECT_EQ(rows.next({{"name", "b"}, {"state", "off"}}), "b                 off\n");
}

TEST(OutputTest, JsonAndYamlAreTheAnswer) {
  EXPECT_EQ(json::parse(render(rows_of(kTwo), {.format = OutputFormat::json})), json::parse(kTwo));
  EXPECT_EQ(render(rows_of(kTwo), {.format = OutputFormat::yaml}),
            "items:\n  -\n    name: \"ä\"\n    state: \"on\"\n  -\n    name: bcd\n    state: null\n");
}

TEST(OutputTest, YamlQuotesWhatCouldBeReadAsSomethingElse) {
  EXPECT_EQ(to_yaml(json::parse(R"({"a":"no","b":"1","c":"x: y","d":[],"e":{},"f":true,"g":"a b"})")),
            "a: \"no\"\nb: \"1\"\nc: \"x: y\"\nd: []\ne: {}\nf: true\ng: \"a b\"\n");
}

TEST(OutputTest, CsvQuotesAndNeverStartsAFormula) {
  const auto rows = rows_of(R"({"items":[{"name":"a,\"b\"","state":"=1+1"},{"name":"-5","state":"-x\n"}]})");
  EXPECT_EQ(render(rows, {.format = OutputFormat::csv}), "name,state\n\"a,\"\"b\"\"\",'=1+1\n-5,\"'-x\n\"\n");
}

TEST(OutputTest, NamesAreOneALine) { EXPECT_EQ(render(rows_of(kTwo), {.format = OutputFormat::name}), "ä\nbcd\n"); }

TEST(OutputTest, OnlyKnownFormatsParse) {
  EXPECT_EQ(parse_output_format("yaml"), OutputFormat::yaml);
  EXPECT_FALSE(parse_output_format("xml").has_value());
  EXPECT_FALSE(parse_output_format("").has_value());
}

TEST(JsonTextTest, WhatIsMissingOrOfAnotherTypeIsEmpty) {
  const json::object object = json::parse(R"({"a":1,"b":null,"c":{},"d":["x",2],"e":true})").as_object();
  EXPECT_EQ(text_of(object, "a"), "1");
  EXPECT_EQ(text_of(object, "b"), "");
  EXPECT_EQ(text_of(object, "c"), "");
  EXPECT_EQ(text_of(object, "e"), "true");
  EXPECT_EQ(text_of(object, "nothing"), "");
  EXPECT_TRUE(array_of(object, "a").empty());
  EXPECT_EQ(joined(object, "d"), "x, 2");
}

TEST(JsonTextTest, PrintableHasNoControlCharacters) {
  EXPECT_EQ(printable("a\x1b[2J\n\x7f"), "a\xEF\xBF\xBD[2J\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(printable("\xC2\x9B"
                      "ä"),
            "\xEF\xBF\xBDä");
  EXPECT_EQ(printable("\xC2"), "\xC2");
}

}  // namespace
}  // namespace tradeauto
