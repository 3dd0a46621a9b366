#include "executors/paper/placement.h"

#include <charconv>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "executors/paper/json_fields.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::string_view kMask = "xxxx";

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(json::string(*text)) : json::value(nullptr);
}

Result<int> parse_label(std::string_view label) {
  int number = 0;
  if (label.starts_with(kMask)) {
    const char* end = label.data() + label.size();
    const auto [stop, error] = std::from_chars(label.data() + kMask.size(), end, number);
    if (error == std::errc() && stop == end && number >= 1) return number;
  }
  return corrupt_field("sub_account", "xxxx and a number");
}

Result<Decision> parse_decision(std::string_view text) {
  for (const Decision each : {Decision::accepted, Decision::rejected, Decision::duplicate}) {
    if (to_string(each) == text) return each;
  }
  return corrupt_field("decision", "accepted, rejected or duplicate");
}

Result<void> read_outcome(const json::object& object, Placement& placement) {
  TRY(const std::string decision, text_field(object, "decision"));
  TRY(placement.decision, parse_decision(decision));
  TRY(placement.reason, text_field(object, "reason"));
  TRY(placement.broker_order_id, optional_text_field(object, "broker_order_id"));
  TRY(const auto price, optional_text_field(object, "price"));
  if (price) {
    TRY(const Decimal value, Decimal::parse(*price));
    placement.price = Price(value);
  }
  TRY(const auto fills_at, optional_text_field(object, "fills_at"));
  if (fills_at) {
    TRY(placement.fills_at, parse_rfc3339(*fills_at));
  }
  if (placement.decision == Decision::accepted &&
      !(placement.broker_order_id && placement.price && placement.fills_at)) {
    return corrupt_field("an accepted order", "one with broker_order_id, price and fills_at");
  }
  return {};
}

}  // namespace

std::string_view to_string(Decision decision) {
  switch (decision) {
    case Decision::accepted: return "accepted";
    case Decision::rejected: return "rejected";
    case Decision::duplicate: return "duplicate";
  }
  return "rejected";
}

std::string sub_account_label(int sub_account) { return fmt::format("{}{:04}", kMask, sub_account); }

std::string to_line(const Placement& placement) {
  json::object object;
  object["at"] = to_rfc3339(placement.at);
  object["group"] = placement.account.group.str();
  object["account"] = placement.account.account.str();
  object["sub_account"] = sub_account_label(placement.sub_account);
  object["child_order_id"] = placement.child_order.str();
  object["side"] = std::string(to_string(placement.side));
  object["symbol"] = placement.symbol.str();
  object["quantity"] = placement.quantity.to_string();
  object["decision"] = std::string(to_string(placement.decision));
  object["reason"] = placement.reason;
  object["broker_order_id"] = text_or_null(placement.broker_order_id);
  object["price"] = placement.price ? json::value(placement.price->to_string()) : json::value(nullptr);
  object["fills_at"] = placement.fills_at ? json::value(to_rfc3339(*placement.fills_at)) : json::value(nullptr);
  return json::serialize(object);
}

Result<Placement> parse_placement(std::string_view line) {
  TRY(const json::object object, parse_json_object(line));
  Placement placement;
  TRY(const std::string at, text_field(object, "at"));
  TRY(placement.at, parse_rfc3339(at));
  TRY(std::string group, text_field(object, "group"));
  TRY(std::string account, text_field(object, "account"));
  placement.account = {.group = GroupName(std::move(group)), .account = AccountName(std::move(account))};
  TRY(const std::string label, text_field(object, "sub_account"));
  TRY(placement.sub_account, parse_label(label));
  TRY(std::string child_order, text_field(object, "child_order_id"));
  placement.child_order = ChildOrderId(std::move(child_order));
  TRY(const std::string side, text_field(object, "side"));
  const auto parsed_side = parse_side(side);
  if (!parsed_side) return corrupt_field("side", "buy or sell");
  placement.side = *parsed_side;
  TRY(std::string symbol, text_field(object, "symbol"));
  placement.symbol = Symbol(std::move(symbol));
  TRY(const std::string quantity, text_field(object, "quantity"));
  TRY(const Decimal shares, Decimal::parse(quantity));
  placement.quantity = Quantity(shares);
  TRY_VOID(read_outcome(object, placement));
  return placement;
}

}  // namespace tradeauto
