#include "http/json_reader.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t kMaxDepth = 32;
constexpr double kMaxExact = 9007199254740992.0;  // 2^53: up to it a double has every whole number

// RFC 6901.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

// Boost.JSON's own document keeps the last of two equal keys without a word. This walks the text and only looks at
// keys.
struct DuplicateFinder {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  struct Level {
    std::set<std::string> keys;
    std::string current;
  };
  std::vector<Level> levels;
  std::string key;
  std::string found;  // pointer of the first one

  std::string pointer() const {
    std::string text;
    for (const Level& level : levels) text += "/" + escaped(level.current);
    return text;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    levels.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    levels.pop_back();
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t, error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    key += std::string_view(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, error_code&) {
    key += std::string_view(part);
    Level& level = levels.back();
    level.current = std::exchange(key, {});
    if (!level.keys.insert(level.current).second && found.empty()) found = pointer();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
  bool on_double(double, json::string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }
};

// Empty when there is none. (Members of arrays have no place of their own in it: no request of ours has any.)
std::string duplicate_key(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<DuplicateFinder> parser(options);
  error_code error;
  parser.write_some(false, text.data(), text.size(), error);
  return parser.handler().found;
}

}  // namespace

Result<json::object> parse_object(std::string_view text, std::string_view what) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error == json::error::too_deep) {
    return make_error(ErrorCode::invalid_argument, "bad_json",
                      fmt::format("{} is nested more than 32 levels deep", what));
  }
  if (error) {
    return make_error(ErrorCode::invalid_argument, "bad_json",
                      fmt::format("{} is not JSON: {}", what, error.message()));
  }
  if (const std::string pointer = duplicate_key(text); !pointer.empty()) {
    Error twice = make_error(ErrorCode::invalid_argument, "duplicate_key",
                             fmt::format("a key stands twice in one object of {}", what));
    twice.fields.push_back({.pointer = pointer, .code = "duplicate_key", .detail = "this field stands twice"});
    return twice;
  }
  if (!value.is_object()) {
    return make_error(ErrorCode::invalid_argument, "not_an_object", fmt::format("{} must be a JSON object", what));
  }
  return std::move(value.get_object());
}

const json::value* ObjectReader::find(std::string_view name) {
  known_.emplace_back(name);
  return object_.if_contains(name);
}

bool ObjectReader::is_null(std::string_view name) {
  const json::value* value = find(name);
  return value != nullptr && value->is_null();
}

std::optional<std::string> ObjectReader::text(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* found = value->if_string()) return std::string(*found);
  syntax_fault(name, "wrong_type", fmt::format("{} is a string", name));
  return std::nullopt;
}

std::optional<bool> ObjectReader::boolean(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const bool* found = value->if_bool()) return *found;
  syntax_fault(name, "wrong_type", fmt::format("{} is true or false", name));
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const std::int64_t* found = value->if_int64()) return *found;
  // To a JSON Schema 10.0 is a whole number too, and there are clients that write it so.
  if (const double* found = value->if_double(); found != nullptr && std::abs(*found) <= kMaxExact) {
    if (*found == std::trunc(*found)) return static_cast<std::int64_t>(*found);
  }
  syntax_fault(name, "wrong_type", fmt::format("{} is a whole number", name));
  return std::nullopt;
}

std::optional<std::vector<std::string>> ObjectReader::texts(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> items;
  const json::array* array = value->if_array();
  if (array != nullptr && std::ranges::all_of(*array, [](const json::value& item) { return item.is_string(); })) {
    for (const json::value& item : *array) items.emplace_back(item.get_string());
    return items;
  }
  syntax_fault(name, "wrong_type", fmt::format("{} is a list of strings", name));
  return std::nullopt;
}

const json::object* ObjectReader::object(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) return nullptr;
  if (const json::object* found = value->if_object()) return found;
  syntax_fault(name, "wrong_type", fmt::format("{} is an object", name));
  return nullptr;
}

void ObjectReader::require(std::string_view name) {
  if (!object_.contains(name)) syntax_fault(name, "required", fmt::format("{} is required", name));
}

void ObjectReader::syntax_fault(std::string_view name, std::string code, std::string detail) {
  syntax_ = true;
  fault(name, std::move(code), std::move(detail));
}

void ObjectReader::fault(std::string_view name, std::string code, std::string detail) {
  faults_.push_back({.pointer = "/" + escaped(name), .code = std::move(code), .detail = std::move(detail)});
}

void ObjectReader::item_fault(std::string_view name, std::size_t index, std::string code, std::string detail) {
  faults_.push_back(
      {.pointer = fmt::format("/{}/{}", escaped(name), index), .code = std::move(code), .detail = std::move(detail)});
}

void ObjectReader::nested_syntax_fault(std::string_view name, std::string_view field, std::string code,
                                       std::string detail) {
  syntax_ = true;
  faults_.push_back({.pointer = fmt::format("/{}/{}", escaped(name), escaped(field)),
                     .code = std::move(code),
                     .detail = std::move(detail)});
}

void ObjectReader::fault(std::string_view name, const Error& error) { fault(name, error.reason, error.message); }

void ObjectReader::refuse_unknown(std::string (*hint)(std::string_view name)) {
  for (const auto& item : object_) {
    const std::string_view name(item.key());
    if (std::ranges::find(known_, name) != known_.end()) continue;
    std::string detail = fmt::format("{} is no field of this request", name.substr(0, 64));
    if (hint != nullptr) detail += hint(name);
    syntax_fault(name, "unknown_field", std::move(detail));
  }
}

Error ObjectReader::error() && {
  std::string detail = faults_.front().detail;
  if (faults_.size() > 1) detail += fmt::format("; and {} more, see errors", faults_.size() - 1);
  Error error = make_error(syntax_ ? ErrorCode::invalid_argument : ErrorCode::unprocessable,
                           faults_.size() == 1 ? faults_.front().code : "bad_request", std::move(detail));
  error.fields = std::move(faults_);
  return error;
}

}  // namespace tradeauto
