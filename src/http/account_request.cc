#include "http/account_request.h"

#include <string.h>

#include <charconv>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "http/json_reader.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

std::string hint(std::string_view name) {
  if (name == "broker") return "; did you mean brokerage?";
  if (name == "credential" || name == "login") return "; did you mean credentials?";
  return {};
}

// Takes the values out of the document, and leaves zeros there.
Credentials take_credentials(ObjectReader& reader, json::object& object) {
  Credentials credentials;
  if (reader.object("credentials") == nullptr) return credentials;
  for (auto& [key, value] : object.at("credentials").get_object()) {
    json::string* text = value.if_string();
    if (text == nullptr) {
      reader.nested_syntax_fault("credentials", key, "wrong_type", "a credential is a string");
      continue;
    }
    credentials.set(std::string(key), SecretString(std::string(*text)));
    explicit_bzero(text->data(), text->size());
  }
  return credentials;
}

}  // namespace

Result<AccountRequest> parse_account_request(const SecretString& body) {
  TRY(json::object object, parse_object(body.reveal()));
  ObjectReader reader(object);
  AccountRequest request;
  reader.require("brokerage");
  if (const auto name = reader.text("brokerage")) {
    const auto brokerage = parse_brokerage(*name);
    if (brokerage.ok()) {
      request.brokerage = *brokerage;
    } else {
      reader.fault("brokerage", brokerage.error());
    }
  }
  request.credentials = take_credentials(reader, object);
  request.enabled = reader.boolean("enabled").value_or(true);
  reader.refuse_unknown(&hint);
  if (!reader.ok()) return std::move(reader).error();
  return request;
}

Result<bool> parse_account_patch(std::string_view body) {
  TRY(const json::object object, parse_object(body));
  ObjectReader reader(object);
  reader.require("enabled");
  const auto enabled = reader.boolean("enabled");
  reader.refuse_unknown();
  if (!reader.ok()) return std::move(reader).error();
  return enabled.value();
}

Result<void> parse_empty_request(std::string_view body) {
  if (body.empty()) return {};
  TRY(const json::object object, parse_object(body));
  ObjectReader reader(object);
  reader.refuse_unknown();
  if (!reader.ok()) return std::move(reader).error();
  return {};
}

Result<Preconditions> parse_preconditions(std::string_view if_match, std::string_view if_none_match) {
  Preconditions out;
  if (!if_none_match.empty()) {
    if (if_none_match != "*" || !if_match.empty()) {
      return make_error(ErrorCode::invalid_argument, "bad_precondition",
                        "the one If-None-Match is *, and then without an If-Match");
    }
    out.version = 0;
    return out;
  }
  if (if_match.empty()) return out;
  out.must_exist = true;
  if (if_match == "*") return out;
  if (if_match.starts_with("W/") || if_match.find(',') != std::string_view::npos) {
    return make_error(ErrorCode::invalid_argument, "bad_precondition", "If-Match is one strong entity tag, or *");
  }
  if (if_match.size() < 2 || if_match.front() != '"' || if_match.back() != '"') {
    return make_error(ErrorCode::invalid_argument, "bad_precondition",
                      "If-Match is an ETag as it was given, with its quotes");
  }
  std::uint64_t version = 0;
  const char* const last = if_match.data() + if_match.size() - 1;
  const auto [end, bad] = std::from_chars(if_match.data() + 1, last, version);
  if (bad != std::errc{} || end != last || version == 0) {
    return make_error(ErrorCode::precondition_failed, "version_changed", "this is not the present version");
  }
  out.version = version;
  return out;
}

std::string entity_tag(std::uint64_t version) { return fmt::format("\"{}\"", version); }

}  // namespace tradeauto
