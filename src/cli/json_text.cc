#include "cli/json_text.h"

#include <boost/json/serialize.hpp>

namespace tradeauto {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  if (const json::string* text = value.if_string()) return std::string(text->data(), text->size());
  if (value.is_null() || value.is_object() || value.is_array()) return {};
  return json::serialize(value);
}

std::string text_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? std::string{} : text_of(*value);
}

json::array array_of(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::array* array = value == nullptr ? nullptr : value->if_array();
  return array == nullptr ? json::array{} : *array;
}

std::string joined(const json::object& object, std::string_view key, std::string_view separator) {
  std::string text;
  for (const json::value& item : array_of(object, key)) {
    if (!text.empty()) text += separator;
    text += text_of(item);
  }
  return text;
}

std::string printable(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // C1 controls (U+0080 to U+009F) are two bytes in UTF-8, and a terminal obeys them too.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (c1) ++i;
    if (c1 || byte < 0x20 || byte == 0x7F) {
      clean += kReplacement;
    } else {
      clean += text[i];
    }
  }
  return clean;
}

}  // namespace tradeauto
