#include "cli/text_wrap.h"

#include <algorithm>

namespace tradeauto {
namespace {

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// How many bytes the first `width` columns of `text` are.
std::size_t bytes_of(std::string_view text, std::size_t width) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_code_point(text[i]) && ++columns > width) return i;
  }
  return text.size();
}

// Where the line that begins `text` ends: after its last blank or comma that fits.
std::size_t line_end(std::string_view text, std::size_t width) {
  const std::size_t fits = bytes_of(text, width);
  if (fits == text.size() || text[fits] == ' ') return fits;
  const auto last = text.substr(0, fits).find_last_of(" ,");
  return last == std::string_view::npos ? fits : last + 1;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_code_point));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  do {
    const std::size_t end = line_end(text, std::max<std::size_t>(width, 1));
    std::string line(text.substr(0, end));
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
    text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  } while (!text.empty());
  return lines;
}

}  // namespace tradeauto
