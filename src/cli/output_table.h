#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/output.h"

namespace tradeauto {

// Which columns a table has, and how wide each is. Where the terminal is too narrow columns that are `extra` are left
// out, from the right, and what `wraps` gets narrower, the widest first. What then is still too wide stays so.
class TableLayout {
 public:
  // `lines`: cells as they are to be shown.
  TableLayout(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& lines,
              const OutputSettings& settings);

  // Titles of what was left out.
  const std::vector<std::string>& left_out() const { return left_out_; }
  std::string titles() const;
  // One row, with as many lines as its tallest cell; a column that is too narrow for a cell grows, unless it wraps.
  std::string row(const std::vector<std::string>& cells);

 private:
  std::size_t least(std::size_t column) const;
  std::size_t total(bool at_least) const;
  void leave_out();
  void narrow();
  void append_line(std::string& out, const std::vector<std::string>& cells, bool color) const;

  const std::vector<Column> columns_;
  const OutputSettings settings_;
  std::vector<std::size_t> shown_;   // indices of columns
  std::vector<std::size_t> widths_;  // of each column, shown or not
  std::vector<std::string> left_out_;
};

// The cells of an item as a table shows them.
std::vector<std::string> table_cells(const std::vector<Column>& columns, const boost::json::object& item);

}  // namespace tradeauto
