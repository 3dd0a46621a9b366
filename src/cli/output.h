#pragma once

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace tradeauto {

enum class OutputFormat { table, json, yaml, csv, name };

std::optional<OutputFormat> parse_output_format(std::string_view text);

struct OutputSettings {
  OutputFormat format = OutputFormat::table;
  bool headers = true;
  bool color = false;  // of table cells that hold a status; the word itself always stands there too
};

// One column of a table or CSV; `text` makes the cell.
struct Column {
  std::string title;
  std::function<std::string(const boost::json::object&)> text;
  bool is_status = false;
};

// The column of a member that is shown as it is.
Column member(std::string title, std::string key);

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

// Indented by two; members in the order in which they came.
std::string to_pretty_json(const boost::json::value& value);
// YAML 1.2, block style; every string that could be read as something else is quoted.
std::string to_yaml(const boost::json::value& value);

// Writes and flushes. Error: internal / output_failed, e.g. a full disk or a closed pipe.
Result<void> write_all(std::FILE* file, std::string_view text);

}  // namespace tradeauto
