#include "executors/paper/json_fields.h"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace json = boost::json;

Error corrupt_field(std::string_view name, std::string_view wanted) {
  return make_error(ErrorCode::internal, "paper_ledger_corrupt", fmt::format("{} must be {}", name, wanted));
}

Result<json::object> parse_json_object(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return corrupt_field("the text", fmt::format("JSON ({})", error.message()));
  if (!value.is_object()) return corrupt_field("the text", "a JSON object");
  return std::move(value.as_object());
}

Result<std::string> text_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr || !value->is_string()) return corrupt_field(name, "a text");
  return std::string(value->get_string().data(), value->get_string().size());
}

Result<std::optional<std::string>> optional_text_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value != nullptr && value->is_null()) return std::optional<std::string>();
  TRY(std::string text, text_field(object, name));
  return std::optional(std::move(text));
}

Result<std::int64_t> int_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr || !value->is_int64()) return corrupt_field(name, "a whole number");
  return value->get_int64();
}

}  // namespace tradeauto
