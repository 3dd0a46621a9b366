#include "http/legacy_reply.h"

#include <string>
#include <utility>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/utf8.h"

namespace tradeauto {

namespace json = boost::json;

namespace {

// A fault quotes what stands in the query, and %FF there is any byte.
std::string written(const json::value& value) { return as_utf8(json::serialize(value)); }

}  // namespace

ApiReply legacy_text(unsigned status, std::string_view text) {
  return {.status = status, .headers = {}, .body = written(json::value(text))};
}

ApiReply legacy_detail(unsigned status, std::string_view detail) {
  return {.status = status, .headers = {}, .body = written(json::object{{"detail", detail}})};
}

ApiReply legacy_outcome(bool status, json::value message) {
  return {.headers = {}, .body = written(json::object{{"status", status}, {"message", std::move(message)}})};
}

ApiReply legacy_redirect(std::string location) {
  return {.status = 307, .content_type = {}, .headers = {{"Location", std::move(location)}}, .body = {}};
}

void LegacyFaults::add(std::string_view type, json::array location, std::string_view message, json::value input,
                       json::object context) {
  json::object fault{{"type", type}, {"loc", std::move(location)}, {"msg", message}, {"input", std::move(input)}};
  if (!context.empty()) fault["ctx"] = std::move(context);
  faults_.push_back(std::move(fault));
}

void LegacyFaults::missing(std::string_view place, std::string_view name, json::value input) {
  add("missing", {place, name}, "Field required", std::move(input));
}

void LegacyFaults::value_error(json::array location, std::string_view message, json::value input) {
  add("value_error", std::move(location), fmt::format("Value error, {}", message), std::move(input));
}

ApiReply LegacyFaults::reply() const {
  return {.status = 422, .headers = {}, .body = written(json::object{{"detail", faults_}})};
}

}  // namespace tradeauto
