#include "http/legacy_request.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/parser.hpp>
#include <fmt/format.h>

#include "http/ascii.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 32;
constexpr std::array<std::string_view, 5> kTransaction = {"group_name", "method", "amount", "ticker", "dry"};

// The last one of a name, as there; nullptr when it is not there.
const std::string* find(const NameValues& query, std::string_view name) {
  const auto it = std::ranges::find(query.rbegin(), query.rend(), name, &NameValues::value_type::first);
  return it == query.rend() ? nullptr : &it->second;
}

const std::string* require(const NameValues& query, std::string_view name, LegacyFaults& faults) {
  const std::string* value = find(query, name);
  if (value == nullptr) faults.missing("query", name, nullptr);
  return value;
}

// A value that must be there, through the parser of the domain.
template <typename T>
std::optional<T> parsed(const NameValues& query, std::string_view name, Result<T> (*parse)(std::string_view),
                        LegacyFaults& faults) {
  const std::string* text = require(query, name, faults);
  if (text == nullptr) return std::nullopt;
  auto value = parse(*text);
  if (value.ok()) return std::move(value).value();
  faults.value_error({"query", name}, value.error().message, json::value(*text));
  return std::nullopt;
}

// FastAPI's list of choices: 'a', 'b' or 'c'.
std::string choices(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += fmt::format("'{}'", names[i]);
  }
  return text;
}

void no_choice(json::array location, const std::vector<std::string_view>& names, json::value input,
               LegacyFaults& faults) {
  const std::string expected = choices(names);
  faults.add("enum", std::move(location), "Input should be " + expected, std::move(input), {{"expected", expected}});
}

std::optional<Side> read_method(const NameValues& query, LegacyFaults& faults) {
  const std::string* text = require(query, "method", faults);
  if (text == nullptr) return std::nullopt;
  if (*text == "Buy") return Side::buy;
  if (*text == "Sell") return Side::sell;
  no_choice({"query", "method"}, {"Sell", "Buy"}, json::value(*text), faults);
  return std::nullopt;
}

std::optional<Quantity> read_amount(const NameValues& query, LegacyFaults& faults) {
  const std::string* text = require(query, "amount", faults);
  if (text == nullptr) return std::nullopt;
  const auto amount = Decimal::parse(*text);
  if (!amount.ok()) {
    faults.add("decimal_parsing", {"query", "amount"}, "Input should be a valid decimal", json::value(*text));
    return std::nullopt;
  }
  if (!amount->is_positive()) {
    faults.add("greater_than", {"query", "amount"}, "Input should be greater than 0", json::value(*text), {{"gt", 0}});
    return std::nullopt;
  }
  return Quantity(*amount);
}

// The words that the original's framework takes for a truth value.
bool read_dry(const NameValues& query, LegacyFaults& faults) {
  const std::string* text = find(query, "dry");
  if (text == nullptr) return false;
  const std::string word = lower(*text);
  for (const std::string_view yes : {"true", "1", "yes", "on", "t", "y"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "no", "off", "f", "n"}) {
    if (word == no) return false;
  }
  faults.add("bool_parsing", {"query", "dry"}, "Input should be a valid boolean, unable to interpret input",
             json::value(*text));
  return false;
}

// Only these, each at most once.
void refuse_others(const NameValues& query, LegacyFaults& faults) {
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : query) {
    if (std::ranges::find(kTransaction, name) == kTransaction.end()) {
      faults.add("extra_forbidden", {"query", name}, "Extra inputs are not permitted", json::value(value));
    } else if (std::ranges::find(seen, name) != seen.end()) {
      faults.value_error({"query", name}, "this stands there twice", json::value(value));
    }
    seen.push_back(name);
  }
}

bool is_json(std::string_view content_type) {
  std::string type = lower(content_type.substr(0, content_type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  return type.empty() || type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

std::optional<json::value> parse_body(std::string_view text, LegacyFaults& faults) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::parser parser({}, options);
  boost::system::error_code error;
  const std::size_t at = parser.write_some(text.data(), text.size(), error);
  if (!error && at < text.size()) error = json::error::extra_data;
  if (!error) return parser.release();
  faults.add("json_invalid", {"body", at}, "JSON decode error", json::object(), {{"error", error.message()}});
  return std::nullopt;
}

void wipe(json::value& value) {
  if (json::string* text = value.if_string()) explicit_bzero(text->data(), text->size());
}

// The body as a fault may quote it: a log-in may stand in any field that is not one of the three plain ones, misspelt.
json::object masked(const json::object& body) {
  json::object shown;
  for (const auto& item : body) {
    const std::string_view name(item.key());
    const bool plain = name == "group_name" || name == "account_name" || name == "brokerage";
    shown[name] = plain && item.value().is_primitive() ? item.value() : json::value(kMasked);
  }
  return shown;
}

// Reads the fields of the body; faults quote its masked form.
class BodyReader {
 public:
  BodyReader(json::object body, LegacyFaults& faults)
      : body_(std::move(body)), shown_(masked(body_)), faults_(faults) {}

  // The string of this name, or nothing and a fault.
  const json::string* text(std::string_view name) {
    const json::value* value = require(name);
    if (value == nullptr) return nullptr;
    if (const json::string* text = value->if_string()) return text;
    faults_.add("string_type", {"body", name}, "Input should be a valid string", shown_.at(name));
    return nullptr;
  }

  template <typename T>
  std::optional<T> parsed(std::string_view name, Result<T> (*parse)(std::string_view)) {
    const json::string* given = text(name);
    if (given == nullptr) return std::nullopt;
    auto value = parse(*given);
    if (value.ok()) return std::move(value).value();
    faults_.value_error({"body", name}, value.error().message, *given);
    return std::nullopt;
  }

  std::optional<Brokerage> brokerage() {
    const json::value* value = require("brokerage");
    if (value == nullptr) return std::nullopt;
    if (const json::string* name = value->if_string()) {
      if (const auto brokerage = parse_brokerage(*name); brokerage.ok()) return *brokerage;
    }
    std::vector<std::string_view> names;
    for (const BrokerageInfo& each : all_brokerages()) names.push_back(each.name);
    no_choice({"body", "brokerage"}, names, shown_.at("brokerage"), faults_);
    return std::nullopt;
  }

  // Takes the values out of the document, and leaves zeros there.
  Credentials credentials() {
    Credentials taken;
    if (require("cred") == nullptr) return taken;
    json::object* fields = body_.at("cred").if_object();
    if (fields == nullptr) {
      wipe(body_.at("cred"));
      faults_.add("dict_type", {"body", "cred"}, "Input should be a valid dictionary", json::value(kMasked));
      return taken;
    }
    for (auto& item : *fields) {
      const std::string_view name(item.key());
      if (const json::string* text = item.value().if_string()) {
        taken.set(std::string(name), SecretString(std::string(*text)));
        wipe(item.value());
      } else {
        faults_.add("string_type", {"body", "cred", name}, "Input should be a valid string", json::value(kMasked));
      }
    }
    return taken;
  }

 private:
  const json::value* require(std::string_view name) {
    const json::value* value = body_.if_contains(name);
    if (value == nullptr) faults_.missing("body", name, json::value(shown_));
    return value;
  }

  json::object body_;
  const json::object shown_;
  LegacyFaults& faults_;
};

}  // namespace

std::optional<GroupName> parse_legacy_group(const NameValues& query, LegacyFaults& faults) {
  return parsed<GroupName>(query, "group_name", &parse_group_name, faults);
}

std::optional<AccountRef> parse_legacy_account(const NameValues& query, LegacyFaults& faults) {
  auto group = parse_legacy_group(query, faults);
  auto account = parsed<AccountName>(query, "account_name", &parse_account_name, faults);
  if (!group || !account) return std::nullopt;
  return AccountRef{.group = std::move(*group), .account = std::move(*account)};
}

std::optional<LegacyActivation> parse_legacy_activation(const SecretString& body, std::string_view content_type,
                                                        LegacyFaults& faults) {
  if (body.empty()) {
    faults.add("missing", {"body"}, "Field required", nullptr);
    return std::nullopt;
  }
  std::optional<json::value> value;
  if (is_json(content_type)) {
    value = parse_body(body.reveal(), faults);
    if (!value) return std::nullopt;
  }
  if (!value || !value->is_object()) {
    faults.add("model_attributes_type", {"body"}, "Input should be a valid dictionary or object to extract fields from",
               json::value(kMasked));
    return std::nullopt;
  }
  BodyReader reader(std::move(value->get_object()), faults);
  auto group = reader.parsed<GroupName>("group_name", &parse_group_name);
  auto account = reader.parsed<AccountName>("account_name", &parse_account_name);
  const auto brokerage = reader.brokerage();
  Credentials credentials = reader.credentials();
  if (!faults.empty()) return std::nullopt;
  return LegacyActivation{.account = {.group = std::move(*group), .account = std::move(*account)},
                          .brokerage = *brokerage,
                          .credentials = std::move(credentials)};
}

std::optional<LegacyTransaction> parse_legacy_transaction(const NameValues& query, bool default_order,
                                                          LegacyFaults& faults) {
  refuse_others(query, faults);
  LegacyTransaction out;
  if (auto group = parse_legacy_group(query, faults)) out.group = std::move(*group);
  const bool names_none =
      find(query, "method") == nullptr && find(query, "amount") == nullptr && find(query, "ticker") == nullptr;
  if (default_order && names_none) {
    out.quantity = Quantity(Decimal::parse("1").value());
    out.symbol = Symbol("AAPL");
  } else {
    out.side = read_method(query, faults).value_or(Side::buy);
    out.quantity = read_amount(query, faults).value_or(Quantity());
    out.symbol = parsed<Symbol>(query, "ticker", &parse_symbol, faults).value_or(Symbol());
  }
  out.dry_run = read_dry(query, faults);
  if (!faults.empty()) return std::nullopt;
  return out;
}

}  // namespace tradeauto
