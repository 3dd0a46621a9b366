#include "cli/output_table.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/text_wrap.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kGap = 2;
// Narrower than this words are no words any more.
constexpr std::size_t kNarrowest = 10;

std::string_view color_of(std::string_view status) {
  constexpr std::string_view kGreen = "\x1b[32m";
  constexpr std::string_view kYellow = "\x1b[33m";
  constexpr std::string_view kRed = "\x1b[31m";
  for (const std::string_view good :
       {"filled", "submitted", "settled", "dry_run", "serving", "active", "served", "ok"}) {
    if (status == good) return kGreen;
  }
  for (const std::string_view bad :
       {"in_doubt", "attention", "failed", "rejected", "mixed", "denied", "lost", "fail"}) {
    if (status == bad) return kRed;
  }
  return kYellow;
}

// "2026-01-02T03:04:05Z" of one with a fraction: a person does not read microseconds.
std::string brief_time(std::string text) {
  const auto dot = text.find('.');
  if (dot != std::string::npos && text.ends_with('Z')) text.erase(dot, text.size() - dot - 1);
  return text;
}

}  // namespace

TableLayout::TableLayout(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& lines,
                         const OutputSettings& settings)
    : columns_(columns), settings_(settings), shown_(columns.size()) {
  std::iota(shown_.begin(), shown_.end(), std::size_t{0});
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = std::max(columns_[i].least_width, settings_.headers ? width_of(columns_[i].title) : 0);
    for (const auto& line : lines) width = std::max(width, width_of(line[i]));
    widths_.push_back(width);
  }
  if (settings_.width == 0) return;
  leave_out();
  narrow();
}

std::size_t TableLayout::least(std::size_t column) const {
  if (columns_[column].fit != Fit::wraps) return widths_[column];
  const std::size_t title = settings_.headers ? width_of(columns_[column].title) : 0;
  return std::min(widths_[column], std::max(title, kNarrowest));
}

std::size_t TableLayout::total(bool at_least) const {
  std::size_t sum = 0;
  for (const std::size_t i : shown_) sum += (at_least ? least(i) : widths_[i]) + (sum == 0 ? 0 : kGap);
  return sum;
}

void TableLayout::leave_out() {
  while (total(/*at_least=*/true) > settings_.width) {
    const auto extra =
        std::find_if(shown_.rbegin(), shown_.rend(), [this](std::size_t i) { return columns_[i].fit == Fit::extra; });
    if (extra == shown_.rend()) return;
    left_out_.insert(left_out_.begin(), columns_[*extra].title);
    shown_.erase(std::next(extra).base());
  }
}

void TableLayout::narrow() {
  while (total(/*at_least=*/false) > settings_.width) {
    std::size_t widest = columns_.size();
    for (const std::size_t i : shown_) {
      if (widths_[i] <= least(i)) continue;
      if (widest == columns_.size() || widths_[i] > widths_[widest]) widest = i;
    }
    if (widest == columns_.size()) return;
    --widths_[widest];
  }
}

std::string TableLayout::titles() const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string out;
  append_line(out, titles, /*color=*/false);
  return out;
}

std::string TableLayout::row(const std::vector<std::string>& cells) {
  std::vector<std::vector<std::string>> columns(cells.size());
  std::size_t height = 1;
  for (const std::size_t i : shown_) {
    if (columns_[i].fit == Fit::wraps && settings_.width > 0) {
      columns[i] = wrapped(cells[i], widths_[i]);
    } else {
      columns[i] = {cells[i]};
      widths_[i] = std::max(widths_[i], width_of(cells[i]));
    }
    height = std::max(height, columns[i].size());
  }
  std::string out;
  for (std::size_t line = 0; line < height; ++line) {
    std::vector<std::string> texts(cells.size());
    for (const std::size_t i : shown_) texts[i] = line < columns[i].size() ? columns[i][line] : "";
    append_line(out, texts, settings_.color);
  }
  return out;
}

void TableLayout::append_line(std::string& out, const std::vector<std::string>& cells, bool color) const {
  std::string text;
  for (const std::size_t i : shown_) {
    if (color && columns_[i].is_status && !cells[i].empty()) {
      text += fmt::format("{}{}\x1b[0m", color_of(cells[i]), cells[i]);
    } else {
      text += cells[i];
    }
    if (i != shown_.back()) text.append(widths_[i] - std::min(widths_[i], width_of(cells[i])) + kGap, ' ');
  }
  text.erase(text.find_last_not_of(' ') + 1);
  out += text + "\n";
}

std::vector<std::string> table_cells(const std::vector<Column>& columns, const json::object& item) {
  std::vector<std::string> cells;
  for (const Column& column : columns) {
    std::string text = printable(column.text(item));
    cells.push_back(column.is_time ? brief_time(std::move(text)) : std::move(text));
  }
  return cells;
}

}  // namespace tradeauto
