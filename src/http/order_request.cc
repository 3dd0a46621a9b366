#include "http/order_request.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "http/accounts_request.h"
#include "http/field_values.h"
#include "http/json_reader.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxSymbols = 50;
constexpr std::int64_t kMaxDeadlineSeconds = 86'400;
constexpr std::array<std::string_view, 3> kOverrides = {"same_order_again", "in_doubt_open", "dance"};

std::string hint(std::string_view name) {
  if (name == "qty" || name == "shares" || name == "amount") return "; did you mean quantity?";
  if (name == "symbol" || name == "ticker" || name == "tickers") return "; did you mean symbols?";
  if (name == "account") return "; did you mean accounts?";
  if (name == "idempotency_key" || name == "client_id") return "; did you mean client_order_id?";
  return {};
}

void read_client_order_id(ObjectReader& reader, std::string_view key, ClientOrderId& out) {
  auto id = parsed<ClientOrderId>(reader, "client_order_id", &parse_client_order_id);
  if (key.empty()) {
    reader.require("client_order_id");
  } else if (auto named = parse_client_order_id(key); !named.ok()) {
    reader.fault("client_order_id", "bad_client_order_id", "in the header Idempotency-Key: " + named.error().message);
  } else if (id && *id != *named) {
    reader.syntax_fault("client_order_id", "conflicting_client_order_id",
                        "the header Idempotency-Key is another name of client_order_id, and says something else");
  } else {
    id = std::move(named).value();
  }
  if (id) out = std::move(*id);
}

void read_side(ObjectReader& reader, OrderRequest& out) {
  reader.require("side");
  const auto text = reader.text("side");
  if (!text) return;
  if (const auto side = parse_side(*text)) {
    out.side = *side;
  } else {
    reader.fault("side", "bad_side", "side is buy or sell");
  }
}

void read_quantity(ObjectReader& reader, OrderRequest& out) {
  reader.require("quantity");
  const auto quantity = parsed<Decimal>(reader, "quantity", &Decimal::parse);
  if (!quantity) return;
  if (quantity->is_positive()) {
    out.quantity = Quantity(*quantity);
  } else {
    reader.fault("quantity", "out_of_range", "quantity is above 0; it is bought or sold in each sub-account");
  }
}

// Market orders of the day are what every executor can place.
void read_kind(ObjectReader& reader) {
  const auto type = reader.text("type");
  if (type == "limit") {
    reader.fault("type", "limit_not_supported", "no executor places limit orders yet; type is market");
  } else if (type && *type != "market") {
    reader.fault("type", "bad_type", "type is market");
  }
  if (reader.text("limit_price") && type != "limit") {
    reader.fault("limit_price", "limit_not_supported", "only a limit order has a limit_price");
  }
  if (const auto time = reader.text("time_in_force"); time && *time != "day") {
    reader.fault("time_in_force", "bad_time_in_force", "time_in_force is day");
  }
}

void read_deadline(ObjectReader& reader, OrderRequest& out) {
  out.deadline = parsed<Timestamp>(reader, "deadline", &parse_rfc3339);
  const auto seconds = reader.integer("deadline_seconds");
  if (!seconds) return;
  if (*seconds < 1 || *seconds > kMaxDeadlineSeconds) {
    reader.fault("deadline_seconds", "out_of_range",
                 fmt::format("deadline_seconds is a whole number from 1 to {}", kMaxDeadlineSeconds));
  } else if (reader.has("deadline")) {
    reader.fault("deadline_seconds", "two_deadlines", "an order has a deadline or deadline_seconds, not both");
  } else {
    out.deadline_within = std::chrono::seconds(*seconds);
  }
}

void read_overrides(ObjectReader& reader, OrderRequest& out) {
  const auto words = reader.texts("override");
  if (!words) return;
  std::set<std::string> known;
  for (std::size_t i = 0; i < words->size(); ++i) {
    if (std::ranges::find(kOverrides, (*words)[i]) == kOverrides.end()) {
      reader.item_fault("override", i, "unknown_override",
                        fmt::format("an override is one of: {}", fmt::join(kOverrides, ", ")));
    } else {
      known.insert((*words)[i]);
    }
  }
  out.overrides.assign(known.begin(), known.end());
}

json::array array_of(const auto& items, auto text_of) {
  json::array array;
  for (const auto& item : items) array.emplace_back(text_of(item));
  return array;
}

// All but the client_order_id.
Result<OrderRequest> read_order(ObjectReader& reader, OrderRequest request) {
  read_group_or_accounts(reader, request.group, request.accounts);
  read_side(reader, request);
  read_quantity(reader, request);
  reader.require("symbols");
  request.symbols = parsed_list<Symbol>(reader, "symbols", kMaxSymbols, &parse_symbol);
  request.dry_run = reader.boolean("dry_run").value_or(false);
  read_kind(reader);
  read_deadline(reader, request);
  read_overrides(reader, request);
  reader.refuse_unknown(&hint);
  if (!reader.ok()) return std::move(reader).error();
  request.canonical = canonical_form(request);
  return request;
}

}  // namespace

Result<OrderRequest> parse_order_request(std::string_view body, std::string_view idempotency_key) {
  TRY(const json::object object, parse_object(body));
  ObjectReader reader(object);
  OrderRequest request;
  read_client_order_id(reader, idempotency_key, request.client_order_id);
  return read_order(reader, std::move(request));
}

Result<OrderRequest> parse_preview_request(std::string_view body) {
  TRY(const json::object object, parse_object(body));
  ObjectReader reader(object);
  OrderRequest request;
  if (reader.has("client_order_id")) read_client_order_id(reader, {}, request.client_order_id);
  return read_order(reader, std::move(request));
}

Result<RetryRequest> parse_retry_request(std::string_view body, std::string_view idempotency_key) {
  TRY(const json::object object, parse_object(body));
  ObjectReader reader(object);
  RetryRequest request;
  read_client_order_id(reader, idempotency_key, request.client_order_id);
  request.include_rejected = reader.boolean("include_rejected").value_or(false);
  reader.refuse_unknown(&hint);
  if (!reader.ok()) return std::move(reader).error();
  return request;
}

std::string canonical_form(const OrderRequest& request) {
  json::object form;
  if (request.group) form["group"] = request.group->str();
  if (!request.accounts.empty()) {
    form["accounts"] = array_of(request.accounts, [](const AccountRef& account) {
      return fmt::format("{}/{}", account.group, account.account);
    });
  }
  form["side"] = to_string(request.side);
  form["quantity"] = request.quantity.to_string();
  form["symbols"] = array_of(request.symbols, [](const Symbol& symbol) { return symbol.str(); });
  form["dry_run"] = request.dry_run;
  if (request.deadline) form["deadline"] = to_rfc3339(*request.deadline);
  if (request.deadline_within) form["deadline_seconds"] = request.deadline_within->count();
  if (!request.overrides.empty()) {
    form["override"] = array_of(request.overrides, [](const std::string& word) { return word; });
  }
  return json::serialize(form);
}

}  // namespace tradeauto
