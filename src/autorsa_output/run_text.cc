#include "autorsa_output/run_text.h"

#include <algorithm>

namespace tradeauto::autorsa_output {
namespace {

constexpr std::string_view kVersion = "2.2.0";
constexpr std::string_view kConfirm = "If correct, press enter to continue...";
constexpr std::string_view kOrExit = "Otherwise, press ctrl+c to exit";

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

bool is_bar(std::string_view line) {
  return line.size() >= 10 && line.find_first_not_of('=') == std::string_view::npos;
}

// Whole lines; what follows the last newline goes to `rest`.
std::vector<std::string_view> split(std::string_view text, std::string_view* rest) {
  std::vector<std::string_view> lines;
  while (true) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;
    const std::string_view line = text.substr(0, end);
    if (!is_blank(line)) lines.push_back(line);
    text.remove_prefix(end + 1);
  }
  *rest = text;
  return lines;
}

// The header ends where a log-in or a brokerage's part begins, whatever that looks like.
std::size_t end_of_header(const std::vector<std::string_view>& lines) {
  bool confirmed = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (line.starts_with("Logging in") || is_bar(line)) return i;
    if (confirmed && line != kOrExit) return i;
    confirmed = confirmed || line == kConfirm;
  }
  return lines.size();
}

}  // namespace

RunText::RunText(std::string_view out) {
  std::string_view rest;
  lines = split(out, &rest);
  if (rest == kLastLine) lines.push_back(rest);
  body = end_of_header(lines);
  has_header = !lines.empty() && lines.front().starts_with("Python version: ");
  finished = !lines.empty() && lines.back() == kLastLine && std::ranges::count(lines, kLastLine) == 1;
  asked = rest == kOrExit;
  int dry_lines = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (is_bar(line)) bars.push_back(i);
    if (i >= body) continue;
    asked = asked || line == kOrExit;
    if (line.starts_with("RSA Version: ")) (line.substr(13) == kVersion ? known_version : other_version) = true;
    if (!line.starts_with("DRY: ")) continue;
    ++dry_lines;
    if (line == "DRY: True") dry = true;
    if (line == "DRY: False") dry = false;
  }
  if (dry_lines != 1) dry.reset();
}

RunText RunText::part(std::size_t begin, std::size_t end) const {
  RunText part = *this;
  part.lines.assign(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(body));
  part.lines.insert(part.lines.end(), lines.begin() + static_cast<std::ptrdiff_t>(begin),
                    lines.begin() + static_cast<std::ptrdiff_t>(end));
  part.bars.clear();
  for (std::size_t i = body; i < part.lines.size(); ++i) {
    if (is_bar(part.lines[i])) part.bars.push_back(i);
  }
  if (finished) part.lines.push_back(kLastLine);
  return part;
}

std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == ' ') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

bool names_brokerage(std::string_view text, Brokerage brokerage) {
  return text.size() <= 32 && plain_name(text) == plain_name(to_string(brokerage));
}

bool is_closing(std::string_view line, Brokerage brokerage) {
  constexpr std::string_view kAll = "All ";
  constexpr std::string_view kComplete = " transactions complete";
  return line.size() > kAll.size() + kComplete.size() && line.starts_with(kAll) && line.ends_with(kComplete) &&
         names_brokerage(line.substr(kAll.size(), line.size() - kAll.size() - kComplete.size()), brokerage);
}

std::optional<Section> find_section(const RunText& text, Brokerage brokerage) {
  if (text.bars.size() != 2 || text.bars[1] != text.bars[0] + 2) return std::nullopt;
  if (!names_brokerage(text.lines[text.bars[0] + 1], brokerage)) return std::nullopt;
  Section section{.begin = text.bars[1] + 1, .end = text.lines.size(), .closed = false};
  for (std::size_t i = section.begin; i < text.lines.size(); ++i) {
    const std::string_view line = text.lines[i];
    if (line == kLastLine) section.end = std::min(section.end, i);
    if (!is_closing(line, brokerage)) continue;
    section.end = i;
    // Closed only if nothing but the run's last line follows: a text that imitates the closing line closes nothing.
    section.closed = i + 2 == text.lines.size() && text.finished;
    break;
  }
  return section;
}

}  // namespace tradeauto::autorsa_output

namespace tradeauto {

bool logged_in(std::string_view out_so_far) {
  std::string_view rest;
  auto lines = autorsa_output::split(out_so_far, &rest);
  if (!autorsa_output::is_blank(rest)) lines.push_back(rest);
  return autorsa_output::end_of_header(lines) < lines.size();
}

}  // namespace tradeauto
