#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace tradeauto {

// Strict JSON: UTF-8, depth at most 32, no duplicate keys, an object at the top.
// Error: invalid_argument (bad_json, duplicate_key, not_an_object); only the names of keys are quoted, values may be
// secret. `what` is what the text is called there.
Result<boost::json::object> parse_object(std::string_view text, std::string_view what = "the body");

// Reads the fields of one object and collects every fault, so that a client learns of all of them at once.
class ObjectReader {
 public:
  // `object` is the whole request, and outlives the reader.
  explicit ObjectReader(const boost::json::object& object) : object_(object) {}

  // The field, or nothing; a fault when it is there and is something else, null included.
  std::optional<std::string> text(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name);
  const boost::json::object* object(std::string_view name);

  bool has(std::string_view name) const { return object_.contains(name); }
  // True when the field is there and is null: for those that may be.
  bool is_null(std::string_view name);
  // A fault when the field is missing.
  void require(std::string_view name);
  // What makes the request unreadable (400), and what only breaks a rule (422).
  void syntax_fault(std::string_view name, std::string code, std::string detail);
  void fault(std::string_view name, std::string code, std::string detail);
  // Of one member of a list.
  void item_fault(std::string_view name, std::size_t index, std::string code, std::string detail);
  // Of a field of the object `name`.
  void nested_syntax_fault(std::string_view name, std::string_view field, std::string code, std::string detail);
  // What a domain parser said of the field.
  void fault(std::string_view name, const Error& error);
  // Call last: every field that nobody asked for is a fault. `hint` may say more of one, or nothing.
  void refuse_unknown(std::string (*hint)(std::string_view name) = nullptr);

  bool ok() const { return faults_.empty(); }
  // 400 if anything could not be read, 422 if all that is wrong is a rule.
  Error error() &&;

 private:
  const boost::json::value* find(std::string_view name);

  const boost::json::object& object_;
  std::vector<std::string> known_;
  std::vector<FieldError> faults_;
  bool syntax_ = false;
};

}  // namespace tradeauto
