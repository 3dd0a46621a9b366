#include "http/target.h"

#include <algorithm>
#include <charconv>

#include "http/ascii.h"

namespace tradeauto {
namespace {

Error bad_target(std::string detail) {
  return make_error(ErrorCode::invalid_argument, "bad_target", std::move(detail));
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// `plus` is what a '+' means: itself in a path, a space in a query.
Result<std::string> decode(std::string_view text, char plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? plus : text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low) return bad_target("a % in the target is followed by two hexadecimal digits");
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

Result<NameValues> parse_query(std::string_view text) {
  NameValues query;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    TRY(std::string name, decode(pair.substr(0, equals), ' '));
    TRY(std::string value,
        decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), ' '));
    query.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  if (std::ranges::any_of(target, [](char c) { return c <= ' ' || c > '~'; })) {
    return bad_target("the target is printable ASCII; other characters are escaped with %");
  }
  if (target.find('#') != std::string_view::npos) return bad_target("a target has no fragment");
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  if (!target.starts_with('/')) return bad_target("the target begins with /");
  const auto question = target.find('?');
  std::string_view path = target.substr(1, question == std::string_view::npos ? question : question - 1);
  Target out;
  while (true) {
    const auto slash = path.find('/');
    TRY(std::string segment, decode(path.substr(0, slash), '+'));
    out.path.push_back(std::move(segment));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  if (question != std::string_view::npos) {
    TRY(out.query, parse_query(target.substr(question + 1)));
  }
  return out;
}

std::optional<std::uint32_t> parse_prefer_wait(std::string_view prefer) {
  while (!prefer.empty()) {
    const auto end = prefer.find(',');
    const std::string_view preference = prefer.substr(0, end);
    prefer.remove_prefix(end == std::string_view::npos ? prefer.size() : end + 1);
    const std::string_view pair = preference.substr(0, preference.find(';'));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(trimmed(pair.substr(0, equals)), "wait")) continue;
    std::string_view value = trimmed(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    std::uint32_t seconds = 0;
    const auto [rest, bad] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (bad != std::errc{} || rest != value.data() + value.size()) return std::nullopt;
    return seconds;  // the first one counts
  }
  return std::nullopt;
}

}  // namespace tradeauto
