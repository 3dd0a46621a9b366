#include "executors/autorsa/redactor.h"

#include <algorithm>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::string_view kMask = "[redacted]";
// What is shorter says nothing, and is everywhere by chance.
constexpr std::size_t kLeast = 4;
constexpr std::size_t kLeastName = 6;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// As it stands inside quotes of JSON or Python.
std::string backslashed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void replace_all(std::string& text, std::string_view value) {
  for (std::size_t at = 0; (at = text.find(value, at)) != std::string::npos; at += kMask.size()) {
    text.replace(at, value.size(), kMask);
  }
}

// The parser cuts long texts.
void replace_cut_off(std::string& text, std::string_view value) {
  for (const std::string_view mark : {std::string_view(), std::string_view("…"), std::string_view("...")}) {
    if (!std::string_view(text).ends_with(mark)) continue;
    const std::string_view body(text.data(), text.size() - mark.size());
    for (std::size_t size = std::min(value.size() - 1, body.size()); size >= kLeast; --size) {
      if (!body.ends_with(value.substr(0, size))) continue;
      text.replace(body.size() - size, size, kMask);
      return;
    }
  }
}

}  // namespace

Redactor::Redactor(Brokerage brokerage, const Credentials& credentials) {
  for (const CredentialField& field : info(brokerage).fields) {
    const SecretString* value = credentials.find(field.name);
    if (value == nullptr || field.name == "DEBUG" || field.name == "PHONE_LAST_FOUR") continue;
    const std::string_view text = value->reveal();
    if (text.size() < (field.secret ? kLeast : kLeastName)) continue;
    values_.push_back(*value);
    if (std::string encoded = percent_encoded(text); encoded != text) values_.emplace_back(std::move(encoded));
    if (std::string quoted = backslashed(text); quoted != text) values_.emplace_back(std::move(quoted));
  }
  std::ranges::sort(values_, std::ranges::greater(), [](const SecretString& value) { return value.reveal().size(); });
}

std::string Redactor::clean(std::string text) const {
  for (const SecretString& value : values_) replace_all(text, value.reveal());
  for (const SecretString& value : values_) replace_cut_off(text, value.reveal());
  return text;
}

void Redactor::clean(ChildOrderReport& report) const {
  report.detail = clean(std::move(report.detail));
  for (ExecutionReport& execution : report.executions) {
    execution.sub_account = clean(std::move(execution.sub_account));
    execution.message = clean(std::move(execution.message));
    execution.evidence = clean(std::move(execution.evidence));
  }
}

}  // namespace tradeauto
