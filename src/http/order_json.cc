#include "http/order_json.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "http/order_filter.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

template <typename Id>
json::value id_or_null(const std::optional<Id>& id) {
  return id ? json::value(id->str()) : json::value(nullptr);
}

json::object to_json(const ExecutionReport& report) {
  return {{"sub_account", report.sub_account},
          {"status", to_string(report.status)},
          {"broker_order_id", report.broker_order_id ? json::value(*report.broker_order_id) : json::value(nullptr)},
          {"quantity", report.quantity.to_string()},
          {"price", report.price ? json::value(report.price->to_string()) : json::value(nullptr)},
          {"message", report.message},
          {"evidence", report.evidence},
          {"at", to_rfc3339(report.at)}};
}

json::object to_json(const ChildOrder& child) {
  json::array executions;
  for (const ExecutionReport& report : child.executions) executions.push_back(to_json(report));
  return {{"id", child.id.str()},
          {"order_id", child.order_id.str()},
          {"group", child.account.group.str()},
          {"account", child.account.account.str()},
          {"brokerage", to_string(child.brokerage)},
          {"symbol", child.symbol.str()},
          {"status", to_string(child.status)},
          {"reason", text_or_null(child.reason)},
          {"detail", text_or_null(child.detail)},
          {"sent", to_string(sent(child.status))},
          {"worker", id_or_null(child.worker)},
          {"updated_at", to_rfc3339(child.updated_at)},
          {"executions", std::move(executions)}};
}

// Each account of the order once, with what its brokerage lets us promise.
json::array previewed_accounts(const Order& order) {
  json::array accounts;
  std::set<AccountRef> known;
  for (const ChildOrder& child : order.child_orders) {
    if (!known.insert(child.account).second) continue;
    accounts.push_back({{"group", child.account.group.str()},
                        {"account", child.account.account.str()},
                        {"brokerage", to_string(child.brokerage)},
                        {"guarantee", to_string(info(child.brokerage).guarantee)}});
  }
  return accounts;
}

json::array previewed_child_orders(const Order& order) {
  json::array child_orders;
  for (const ChildOrder& child : order.child_orders) {
    child_orders.push_back({{"group", child.account.group.str()},
                            {"account", child.account.account.str()},
                            {"brokerage", to_string(child.brokerage)},
                            {"symbol", child.symbol.str()}});
  }
  return child_orders;
}

json::object to_json(const OrderPreview::Warning& warning) {
  return {{"code", warning.code},
          {"detail", warning.detail},
          {"group", warning.account.group.str()},
          {"account", warning.account.account.str()},
          {"symbol", id_or_null(warning.symbol)}};
}

json::object counts_of(const std::vector<ChildOrder>& child_orders) {
  std::map<ChildOrderStatus, std::size_t> counts;
  for (const ChildOrder& child : child_orders) ++counts[child.status];
  json::object object;
  for (const auto& [status, count] : counts) object[to_string(status)] = count;
  return object;
}

json::value accounts_of(const Order& order) {
  if (order.group) return nullptr;
  json::array accounts;
  for (const AccountRef& account : order.accounts) {
    accounts.emplace_back(fmt::format("{}/{}", account.group, account.account));
  }
  return accounts;
}

json::object to_json(const Order& order) {
  json::array symbols;
  for (const Symbol& symbol : order.symbols) symbols.emplace_back(symbol.str());
  json::array child_orders;
  for (const ChildOrder& child : order.child_orders) child_orders.push_back(to_json(child));
  return {{"id", order.id.str()},
          {"client_order_id", order.client_order_id.str()},
          {"group", id_or_null(order.group)},
          {"accounts", accounts_of(order)},
          {"side", to_string(order.side)},
          {"quantity", order.quantity.to_string()},
          {"symbols", std::move(symbols)},
          {"dry_run", order.dry_run},
          {"status", to_string(derive_status(order.child_orders))},
          {"created_at", to_rfc3339(order.created_at)},
          {"deadline", to_rfc3339(order.deadline)},
          {"retry_of", id_or_null(order.retry_of)},
          {"counts", counts_of(order.child_orders)},
          {"child_orders", std::move(child_orders)}};
}

}  // namespace

std::string render_order(const Order& order) { return json::serialize(to_json(order)); }

std::string render_orders(const std::vector<Order>& orders, std::size_t limit) {
  json::array items;
  for (const Order& order : orders) items.push_back(to_json(order));
  json::value next = nullptr;
  if (!orders.empty() && orders.size() >= limit) next = order_cursor(orders.back().id);
  return json::serialize(json::object{{"items", std::move(items)}, {"next_cursor", std::move(next)}});
}

std::string render_preview(const OrderPreview& preview) {
  const Order& order = preview.order;
  json::array symbols;
  for (const Symbol& symbol : order.symbols) symbols.emplace_back(symbol.str());
  json::array warnings;
  for (const OrderPreview::Warning& warning : preview.warnings) warnings.push_back(to_json(warning));
  return json::serialize(json::object{{"side", to_string(order.side)},
                                      {"quantity", order.quantity.to_string()},
                                      {"symbols", std::move(symbols)},
                                      {"dry_run", order.dry_run},
                                      {"deadline", to_rfc3339(order.deadline)},
                                      {"accounts", previewed_accounts(order)},
                                      {"child_orders", previewed_child_orders(order)},
                                      {"warnings", std::move(warnings)}});
}

std::string render_child_order(const ChildOrder& child_order) { return json::serialize(to_json(child_order)); }

}  // namespace tradeauto
