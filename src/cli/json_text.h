#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace tradeauto {

// Reading answers of a server that may be newer than we are: what is not there, or of another type, is empty.

// Strings as they are, numbers and true/false in their JSON form; empty for null, objects and arrays.
std::string text_of(const boost::json::object& object, std::string_view key);
std::string text_of(const boost::json::value& value);
boost::json::array array_of(const boost::json::object& object, std::string_view key);
// The texts of an array, joined.
std::string joined(const boost::json::object& object, std::string_view key, std::string_view separator = ", ");

// `text` as it may be shown on a terminal: a control character becomes U+FFFD, so that a broker's message cannot move
// the cursor or imitate a line of ours.
std::string printable(std::string_view text);

}  // namespace tradeauto
