#include "app/import_dotenv.h"

#include <optional>
#include <utility>

namespace tradeauto {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_newline(char c) { return c == '\n' || c == '\r'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }
bool is_space(char c) { return is_newline(c) || is_blank(c); }

// What a backslash and `c` stand for between quotes `quote`; nothing if they stay two characters.
std::optional<char> unescaped(char c, char quote) {
  if (c == '\\' || c == '\'') return c;
  if (quote == '\'') return std::nullopt;
  switch (c) {
    case '"': return '"';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return std::nullopt;
  }
}

SecretString decode(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size());  // it never grows, so no copy stays behind
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = text[i] == '\\' && i + 1 < text.size() ? unescaped(text[i + 1], quote) : std::nullopt;
    out += c.value_or(text[i]);
    if (c) ++i;
  }
  return SecretString(std::move(out));
}

class DotenvReader {
 public:
  explicit DotenvReader(std::string_view text) : text_(text) {}

  bool next(DotenvEntry& entry) {
    skip(&is_space);
    if (at_end()) return false;
    entry.line = line_of(at_);
    entry.readable = read(entry);
    if (!entry.readable) {
      entry.name.clear();
      entry.value = SecretString();
      skip([](char c) { return !is_newline(c); });
    }
    return true;
  }

 private:
  bool read(DotenvEntry& entry) {
    skip_export();
    if (!read_name(entry.name)) return false;
    skip(&is_blank);
    if (peek() == '=') {
      ++at_;
      skip(&is_blank);
      if (!read_value(entry.value)) return false;
    }
    skip(&is_blank);
    if (peek() == '#') skip([](char c) { return !is_newline(c); });
    return at_end() || is_newline(peek());
  }

  void skip_export() {
    constexpr std::string_view kExport = "export";
    const std::size_t after = at_ + kExport.size();
    if (!text_.substr(at_).starts_with(kExport) || after >= text_.size() || !is_blank(text_[after])) return;
    at_ = after;
    skip(&is_blank);
  }

  // A line that begins with '#' is a statement without a name.
  bool read_name(std::string& name) {
    if (peek() == '#') return true;
    if (peek() == '\'') {
      const std::size_t end = text_.find('\'', at_ + 1);
      if (end == std::string_view::npos || end == at_ + 1) return false;
      name = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return true;
    }
    const std::size_t begin = at_;
    skip([](char c) { return c != '=' && c != '#' && !is_space(c); });
    name = text_.substr(begin, at_ - begin);
    return !name.empty();
  }

  bool read_value(SecretString& value) {
    if (peek() == '\'' || peek() == '"') return read_quoted(value, peek());
    const std::size_t begin = at_;
    skip([](char c) { return !is_newline(c); });
    std::string_view line = text_.substr(begin, at_ - begin);
    for (std::size_t i = 1; i < line.size(); ++i) {
      if (line[i] == '#' && is_blank(line[i - 1])) line = line.substr(0, i);
    }
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    value = SecretString(std::string(line));
    return true;
  }

  // As python-dotenv's expression matches: a quote behind a backslash ends the value only if no other one does.
  bool read_quoted(SecretString& value, char quote) {
    const std::size_t begin = at_ + 1;
    std::size_t end = std::string_view::npos;
    for (std::size_t i = begin; i < text_.size(); ++i) {
      const bool escaped = text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] == quote;
      if (escaped) ++i;
      if (text_[i] != quote) continue;
      end = i;
      if (!escaped) break;
    }
    if (end == std::string_view::npos) return false;
    value = decode(text_.substr(begin, end - begin), quote);
    at_ = end + 1;
    return true;
  }

  // Counts on from the last time.
  std::size_t line_of(std::size_t position) {
    for (; counted_ < position; ++counted_) {
      const bool pair = text_[counted_] == '\r' && counted_ + 1 < text_.size() && text_[counted_ + 1] == '\n';
      if (is_newline(text_[counted_]) && !pair) ++line_;
    }
    return line_;
  }

  template <typename Predicate>
  void skip(Predicate wanted) {
    while (!at_end() && wanted(text_[at_])) ++at_;
  }
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::vector<DotenvEntry> parse_dotenv(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  DotenvReader reader(text);
  std::vector<DotenvEntry> entries;
  for (DotenvEntry entry; reader.next(entry); entry = DotenvEntry()) {
    if (!entry.readable || !entry.name.empty()) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace tradeauto
