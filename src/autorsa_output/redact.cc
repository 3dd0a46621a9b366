#include "autorsa_output/redact.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tradeauto::autorsa_output {
namespace {

constexpr std::size_t kShown = 4;
constexpr std::array<std::string_view, 3> kBeforeAccounts{"/accounts/", "/trading/", "/account/"};

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

bool hides(std::string_view mask) { return mask.size() > kShown && (mask.front() == 'x' || mask.front() == '*'); }

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

std::string cleaned(std::string_view text, std::size_t limit) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const bool control =
        length == 1 && text[0] != '\n' && (static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F);
    if (clean.size() + std::max<std::size_t>(length, 1) > limit) break;
    if (length == 0 || control) {
      clean += text[0] == '\t' ? ' ' : '?';
    } else {
      clean += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

std::optional<std::string> mask_for(std::string_view word, std::string_view before,
                                    const std::vector<std::string>& masks) {
  if (word.size() <= kShown) return std::nullopt;
  const std::string_view end = word.substr(word.size() - kShown);
  for (const std::string& mask : masks) {
    if (word == mask) return std::nullopt;
    if (hides(mask) && mask.ends_with(end)) return mask;
  }
  for (const std::string_view path : kBeforeAccounts) {
    if (before.ends_with(path)) return std::string(word.size() - kShown, 'x') + std::string(end);
  }
  return std::nullopt;
}

}  // namespace

std::string masked(std::string_view account) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  // A name that a person gave ("Account 1", "IRA2024") is no number.
  const bool number = account.size() > kShown && !hides(account) && std::ranges::all_of(account, is_word) &&
                      std::ranges::count_if(account, is_digit) > static_cast<std::ptrdiff_t>(kShown);
  if (!number) return std::string(account);
  return std::string(account.size() - kShown, 'x') + std::string(account.substr(account.size() - kShown));
}

std::string presentable(std::string_view text, const std::vector<std::string>& masks, std::size_t limit) {
  // A little more than the limit is read, so that no number at the cut escapes its mask.
  std::string out;
  std::string_view rest = text.substr(0, limit + 256);
  std::size_t at = 0;
  while (at < rest.size()) {
    std::size_t end = at;
    while (end < rest.size() && is_word(rest[end])) ++end;
    if (end == at) {
      out += rest[at++];
      continue;
    }
    const std::string_view word = rest.substr(at, end - at);
    const auto mask = mask_for(word, rest.substr(0, at), masks);
    out += mask ? std::string_view(*mask) : word;
    at = end;
  }
  return cleaned(out, limit);
}

}  // namespace tradeauto::autorsa_output
