#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"

namespace tradeauto {

// Readers for the lines and files of this room. Failure: internal (paper_ledger_corrupt) that names the field.

Result<boost::json::object> parse_json_object(std::string_view text);
Result<std::string> text_field(const boost::json::object& object, std::string_view name);
// Empty for null.
Result<std::optional<std::string>> optional_text_field(const boost::json::object& object, std::string_view name);
Result<std::int64_t> int_field(const boost::json::object& object, std::string_view name);

Error corrupt_field(std::string_view name, std::string_view wanted);

}  // namespace tradeauto
