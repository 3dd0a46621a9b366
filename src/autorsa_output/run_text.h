#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/run_output.h"

namespace tradeauto::autorsa_output {

inline constexpr std::string_view kLastLine = "All commands complete in all brokers";

// One run's stdout as lines, and the marks that every brokerage has in common. Views into the text it was made from.
//
// A line counts only with its newline (save the last line of the run): half a line is no proof. Blank lines are left
// out.
struct RunText {
  explicit RunText(std::string_view out);

  bool blank() const { return lines.empty(); }

  // A text of this header, the lines [begin, end), and the run's last line if it is finished.
  RunText part(std::size_t begin, std::size_t end) const;

  std::vector<std::string_view> lines;
  std::size_t body = 0;           // index of the first line after the header: from there on texts are not ours
  std::vector<std::size_t> bars;  // indexes of the lines that are only `=`
  bool has_header = false;        // it begins as the CLI begins
  bool finished = false;          // the run's last line stands at the end, and only there
  std::optional<bool> dry;        // what the header's one `DRY:` says
  bool asked = false;          // it asked for the enter key: what a buffered pipe showed after that is lost with a kill
  bool known_version = false;  // the header names the contract's version
  bool other_version = false;  // the header names another
};

// Lower case without blanks: "Wells Fargo" and "WELLSFARGO" are one name.
std::string plain_name(std::string_view name);
bool names_brokerage(std::string_view text, Brokerage brokerage);

// The part of one brokerage in an order's output: lines [begin, end), after its bar; end is that of the closing line
// "All … transactions complete" if there is one.
struct Section {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool closed = false;
};

// Does the line close this brokerage's orders?
bool is_closing(std::string_view line, Brokerage brokerage);

// Only if the text has exactly one bar, with this brokerage's name between its two lines.
std::optional<Section> find_section(const RunText& text, Brokerage brokerage);

}  // namespace tradeauto::autorsa_output
