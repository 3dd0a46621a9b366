#include <algorithm>
#include <string>
#include <string_view>

#include <boost/json/serialize.hpp>

#include "cli/output.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

void append_json(std::string& out, const json::value& value, std::size_t depth) {
  const std::string inner(2 * (depth + 1), ' ');
  const std::string outer(2 * depth, ' ');
  if (const json::object* object = value.if_object(); object != nullptr && !object->empty()) {
    std::string_view separator = "{\n";
    for (const auto& [key, item] : *object) {
      out += separator;
      out += inner + json::serialize(json::string_view(key)) + ": ";
      append_json(out, item, depth + 1);
      separator = ",\n";
    }
    out += "\n" + outer + "}";
  } else if (const json::array* array = value.if_array(); array != nullptr && !array->empty()) {
    std::string_view separator = "[\n";
    for (const json::value& item : *array) {
      out += separator;
      out += inner;
      append_json(out, item, depth + 1);
      separator = ",\n";
    }
    out += "\n" + outer + "]";
  } else {
    out += json::serialize(value);
  }
}

// A plain scalar must begin with a letter and hold nothing that YAML gives a meaning; a word such as `no` must be
// quoted. A JSON string is a valid double-quoted YAML scalar.
std::string yaml_text(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_plain = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '/'; };
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::string_view kWords[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  const bool plain = !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, is_plain) &&
                     std::ranges::find(kWords, lower) == std::end(kWords);
  return plain ? std::string(text) : json::serialize(json::string_view(text));
}

void append_yaml(std::string& out, const json::value& value, std::size_t depth);

// What follows `key:` or `-`.
void append_yaml_item(std::string& out, const json::value& value, std::size_t depth) {
  const bool block =
      (value.is_object() && !value.get_object().empty()) || (value.is_array() && !value.get_array().empty());
  if (block) {
    out += "\n";
    append_yaml(out, value, depth);
  } else if (const json::string* text = value.if_string()) {
    out += " " + yaml_text({text->data(), text->size()}) + "\n";
  } else {
    out += " " + json::serialize(value) + "\n";
  }
}

void append_yaml(std::string& out, const json::value& value, std::size_t depth) {
  const std::string indent(2 * depth, ' ');
  if (const json::object* object = value.if_object()) {
    for (const auto& [key, item] : *object) {
      out += indent + yaml_text(key) + ":";
      append_yaml_item(out, item, depth + 1);
    }
  } else if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) {
      out += indent + "-";
      append_yaml_item(out, item, depth + 1);
    }
  }
}

}  // namespace

std::string to_pretty_json(const json::value& value) {
  std::string out;
  append_json(out, value, 0);
  return out;
}

std::string to_yaml(const json::value& value) {
  const bool block =
      (value.is_object() && !value.get_object().empty()) || (value.is_array() && !value.get_array().empty());
  if (!block) return json::serialize(value) + "\n";
  std::string out;
  append_yaml(out, value, 0);
  return out;
}

}  // namespace tradeauto
