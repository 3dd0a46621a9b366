#include "cli/output.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/output_table.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, OutputFormat>, 5> kFormats = {{{"table", OutputFormat::table},
                                                                                {"json", OutputFormat::json},
                                                                                {"yaml", OutputFormat::yaml},
                                                                                {"csv", OutputFormat::csv},
                                                                                {"name", OutputFormat::name}}};

using Cells = std::vector<std::vector<std::string>>;

Cells cells_of(const Rows& rows) {
  Cells cells;
  for (const json::object& item : rows.items) {
    auto& line = cells.emplace_back();
    for (const Column& column : rows.columns) line.push_back(column.text(item));
  }
  return cells;
}

TableLayout layout_of(const Rows& rows, const OutputSettings& settings, Cells& cells) {
  std::vector<Column> columns = rows.columns;
  for (Column& column : columns) column.least_width = 0;
  for (const json::object& item : rows.items) cells.push_back(table_cells(columns, item));
  return {columns, cells, settings};
}

std::string render_table(const Rows& rows, const OutputSettings& settings) {
  Cells cells;
  TableLayout layout = layout_of(rows, settings, cells);
  std::string out = settings.headers ? layout.titles() : std::string();
  for (const auto& line : cells) out += layout.row(line);
  return out;
}

// RFC 4180, with a newline as end of line. A spreadsheet would run a cell that begins like a formula, so it gets a `'`
// before.
std::string csv_cell(std::string text) {
  const auto is_number = [&text] { return text.find_first_not_of("+-.0123456789") == std::string::npos; };
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos && !is_number()) {
    text.insert(text.begin(), '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string render_csv(const Rows& rows, const OutputSettings& settings) {
  std::string out;
  const auto append = [&out](const std::vector<std::string>& line) {
    for (std::size_t i = 0; i < line.size(); ++i) out += (i == 0 ? "" : ",") + csv_cell(line[i]);
    out += "\n";
  };
  if (settings.headers) {
    std::vector<std::string> titles;
    for (const Column& column : rows.columns) {
      std::string title = column.title;
      std::ranges::transform(title, title.begin(), [](char c) {
        if (c == ' ' || c == '-') return '_';
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      titles.push_back(std::move(title));
    }
    append(titles);
  }
  for (const auto& line : cells_of(rows)) append(line);
  return out;
}

}  // namespace

std::optional<OutputFormat> parse_output_format(std::string_view text) {
  for (const auto& [name, format] : kFormats) {
    if (name == text) return format;
  }
  return std::nullopt;
}

Column member(std::string title, std::string key, Fit fit) {
  Column column{.title = std::move(title),
                .text = [key = std::move(key)](const json::object& item) { return text_of(item, key); }};
  column.fit = fit;
  return column;
}

Column time_member(std::string title, std::string key, Fit fit) {
  Column column = member(std::move(title), std::move(key), fit);
  column.is_time = true;
  return column;
}

std::vector<std::string> left_out(const Rows& rows, const OutputSettings& settings) {
  if (settings.format != OutputFormat::table) return {};
  Cells cells;
  return layout_of(rows, settings, cells).left_out();
}

std::string render(const Rows& rows, const OutputSettings& settings) {
  switch (settings.format) {
    case OutputFormat::table: return render_table(rows, settings);
    case OutputFormat::json: return to_pretty_json(rows.json) + "\n";
    case OutputFormat::yaml: return to_yaml(rows.json);
    case OutputFormat::csv: return render_csv(rows, settings);
    case OutputFormat::name: break;
  }
  std::string out;
  for (const std::string& name : rows.names) out += printable(name) + "\n";
  return out;
}

RowStream::RowStream(OutputSettings settings, std::vector<Column> columns, std::string name_key)
    : settings_(settings), columns_(std::move(columns)), name_key_(std::move(name_key)) {}

RowStream::~RowStream() = default;

std::string RowStream::next(const json::object& item) {
  const bool first = !std::exchange(begun_, true);
  switch (settings_.format) {
    case OutputFormat::json: return json::serialize(item) + "\n";
    case OutputFormat::yaml: return to_yaml(json::array{item});
    case OutputFormat::name: return printable(text_of(item, name_key_)) + "\n";
    case OutputFormat::table: return table_row(item);
    case OutputFormat::csv: break;
  }
  const Rows one{.json = nullptr, .items = {item}, .columns = columns_, .names = {}};
  return render_csv(one, {.format = settings_.format, .headers = settings_.headers && first});
}

std::string RowStream::table_row(const json::object& item) {
  const auto cells = table_cells(columns_, item);
  if (layout_) return layout_->row(cells);
  layout_ = std::make_unique<TableLayout>(columns_, Cells{cells}, settings_);
  return (settings_.headers ? layout_->titles() : std::string()) + layout_->row(cells);
}

Result<void> write_all(std::FILE* file, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0) return {};
  return make_error(ErrorCode::internal, "output_failed",
                    fmt::format("the answer could not be written: {}", std::generic_category().message(errno)));
}

}  // namespace tradeauto
