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

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<std::string_view, OutputFormat>, 5> kFormats = {{{"table", OutputFormat::table},
                                                                                {"json", OutputFormat::json},
                                                                                {"yaml", OutputFormat::yaml},
                                                                                {"csv", OutputFormat::csv},
                                                                                {"name", OutputFormat::name}}};

using Cells = std::vector<std::vector<std::string>>;

// Code points, which is near enough to columns for names and numbers.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view color_of(std::string_view status) {
  constexpr std::string_view kGreen = "\x1b[32m";
  constexpr std::string_view kYellow = "\x1b[33m";
  constexpr std::string_view kRed = "\x1b[31m";
  for (const std::string_view good :
       {"filled", "submitted", "settled", "dry_run", "serving", "active", "served", "ok"}) {
    if (status == good) return kGreen;
  }
  for (const std::string_view bad : {"in_doubt", "attention", "failed", "rejected", "mixed", "denied", "lost"}) {
    if (status == bad) return kRed;
  }
  return kYellow;
}

Cells cells_of(const Rows& rows) {
  Cells cells;
  for (const json::object& item : rows.items) {
    auto& line = cells.emplace_back();
    for (const Column& column : rows.columns) line.push_back(column.text(item));
  }
  return cells;
}

void append_table_line(std::string& out, const std::vector<std::string>& line, const std::vector<std::size_t>& widths,
                       const Rows& rows, bool color) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const std::size_t padding = i + 1 < line.size() ? widths[i] - width_of(line[i]) + 2 : 0;
    if (color && rows.columns[i].is_status && !line[i].empty()) {
      text += fmt::format("{}{}\x1b[0m", color_of(line[i]), line[i]);
    } else {
      text += line[i];
    }
    text.append(padding, ' ');
  }
  text.erase(text.find_last_not_of(' ') + 1);
  out += text + "\n";
}

std::string render_table(const Rows& rows, const OutputSettings& settings) {
  Cells cells = cells_of(rows);
  for (auto& line : cells) {
    for (std::string& cell : line) cell = printable(cell);
  }
  std::vector<std::string> titles;
  for (const Column& column : rows.columns) titles.push_back(column.title);
  std::vector<std::size_t> widths(titles.size(), 0);
  if (settings.headers) std::ranges::transform(titles, widths.begin(), width_of);
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string out;
  if (settings.headers) append_table_line(out, titles, widths, rows, false);
  for (const auto& line : cells) append_table_line(out, line, widths, rows, settings.color);
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

Column member(std::string title, std::string key) {
  return {.title = std::move(title),
          .text = [key = std::move(key)](const json::object& item) { return text_of(item, key); }};
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
    : settings_(settings),
      rows_{.json = nullptr, .items = {}, .columns = std::move(columns), .names = {}},
      name_key_(std::move(name_key)) {
  for (const Column& column : rows_.columns) {
    widths_.push_back(std::max(column.least_width, settings_.headers ? width_of(column.title) : 0));
  }
}

std::string RowStream::next(const json::object& item) {
  const bool first = !std::exchange(begun_, true);
  switch (settings_.format) {
    case OutputFormat::json: return json::serialize(item) + "\n";
    case OutputFormat::yaml: return to_yaml(json::array{item});
    case OutputFormat::name: return printable(text_of(item, name_key_)) + "\n";
    case OutputFormat::table: break;
    case OutputFormat::csv: {
      rows_.items = {item};
      return render_csv(rows_, {.format = settings_.format, .headers = settings_.headers && first, .color = false});
    }
  }
  std::string text;
  if (first && settings_.headers) {
    std::vector<std::string> titles;
    for (const Column& column : rows_.columns) titles.push_back(column.title);
    append_table_line(text, titles, widths_, rows_, false);
  }
  return text + table_line(item);
}

std::string RowStream::table_line(const json::object& item) {
  std::vector<std::string> line;
  for (std::size_t i = 0; i < rows_.columns.size(); ++i) {
    line.push_back(printable(rows_.columns[i].text(item)));
    widths_[i] = std::max(widths_[i], width_of(line.back()));
  }
  std::string text;
  append_table_line(text, line, widths_, rows_, settings_.color);
  return text;
}

Result<void> write_all(std::FILE* file, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0) return {};
  return make_error(ErrorCode::internal, "output_failed",
                    fmt::format("the answer could not be written: {}", std::generic_category().message(errno)));
}

}  // namespace tradeauto
