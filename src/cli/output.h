#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace tradeauto {

class TableLayout;

enum class OutputFormat { table, json, yaml, csv, name };

std::optional<OutputFormat> parse_output_format(std::string_view text);

struct OutputSettings {
  OutputFormat format = OutputFormat::table;
  bool headers = true;
  bool color = false;     // of table cells that hold a status; the word itself always stands there too
  std::size_t width = 0;  // of the terminal on which a table is to fit; 0: a line is as long as it is
};

// What a table does with a column when the terminal is too narrow.
enum class Fit {
  whole,  // an id, a name, a number: never cut
  wraps,  // words, which go on in the next line
  extra,  // what can be done without is left out
};

// One column of a table or CSV; `text` makes the cell.
struct Column {
  std::string title;
  std::function<std::string(const boost::json::object&)> text;
  bool is_status = false;
  Fit fit = Fit::whole;
  bool is_time = false;         // a table shows it to the second
  std::size_t least_width = 0;  // of a table whose rows come one by one
};

// The column of a member that is shown as it is.
Column member(std::string title, std::string key, Fit fit = Fit::whole);
// The same of a time.
Column time_member(std::string title, std::string key, Fit fit = Fit::whole);

// The rows of an answer: `json` is the answer as the server gave it (for json and yaml), the rest is for people and
// spreadsheets.
struct Rows {
  boost::json::value json;
  std::vector<boost::json::object> items;
  std::vector<Column> columns;
  std::vector<std::string> names;  // what -o name prints, one a line
};

// Pure: the whole text in the chosen format, ending with a newline unless it is empty.
std::string render(const Rows& rows, const OutputSettings& settings);
// Titles of the columns that have no room there.
std::vector<std::string> left_out(const Rows& rows, const OutputSettings& settings);

// Rows of which each is written when it comes. As table and CSV they have their first line first; as JSON each is one
// line, as YAML an item of one list. Pure.
class RowStream {
 public:
  RowStream(OutputSettings settings, std::vector<Column> columns, std::string name_key);
  ~RowStream();
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  // The text of one row more.
  std::string next(const boost::json::object& item);

 private:
  std::string table_row(const boost::json::object& item);

  const OutputSettings settings_;
  const std::vector<Column> columns_;
  const std::string name_key_;
  bool begun_ = false;
  std::unique_ptr<TableLayout> layout_;  // made for the first row
};

// Indented by two; members in the order in which they came.
std::string to_pretty_json(const boost::json::value& value);
// YAML 1.2, block style; every string that could be read as something else is quoted.
std::string to_yaml(const boost::json::value& value);

// Writes and flushes. Error: internal / output_failed, e.g. a full disk or a closed pipe.
Result<void> write_all(std::FILE* file, std::string_view text);

}  // namespace tradeauto
