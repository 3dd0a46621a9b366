#include "cli/order_view.h"

#include <map>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

std::vector<json::object> objects_of(const json::object& object, std::string_view key) {
  std::vector<json::object> objects;
  for (const json::value& item : array_of(object, key)) {
    if (const json::object* found = item.if_object()) objects.push_back(*found);
  }
  return objects;
}

// "1 filled, 1 rejected": what the sub-accounts answered.
std::string executions_of(const json::object& child_order) {
  std::map<std::string, std::size_t> counts;
  for (const json::object& execution : objects_of(child_order, "executions")) ++counts[text_of(execution, "status")];
  std::string text;
  for (const auto& [status, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, status);
  return text;
}

bool is_of(const json::object& item, const json::object& child) {
  const std::string symbol = text_of(item, "symbol");
  return text_of(item, "group") == text_of(child, "group") && text_of(item, "account") == text_of(child, "account") &&
         (symbol.empty() || symbol == text_of(child, "symbol"));
}

std::string guarantee_of(const json::object& preview, const json::object& child) {
  for (const json::object& account : objects_of(preview, "accounts")) {
    if (is_of(account, child)) return text_of(account, "guarantee");
  }
  return {};
}

std::string warnings_of(const json::object& preview, const json::object& child) {
  std::string text;
  for (const json::object& warning : objects_of(preview, "warnings")) {
    if (is_of(warning, child)) text += (text.empty() ? "" : "; ") + text_of(warning, "detail");
  }
  return text;
}

std::vector<Column> child_order_columns() {
  std::vector<Column> columns = {member("ACCOUNT", "account"),
                                 member("BROKERAGE", "brokerage", Fit::extra),
                                 member("SYMBOL", "symbol"),
                                 member("STATUS", "status"),
                                 {.title = "SUB-ACCOUNTS", .text = executions_of, .fit = Fit::wraps},
                                 {.title = "DETAIL", .text = why_of_child_order, .fit = Fit::wraps}};
  columns[3].is_status = true;
  return columns;
}

std::string target_of(const json::object& order) {
  const std::string group = text_of(order, "group");
  return group.empty() ? joined(order, "accounts") : group;
}

}  // namespace

Rows rows_of_order(const json::object& order) {
  return {.json = order,
          .items = objects_of(order, "child_orders"),
          .columns = child_order_columns(),
          .names = {text_of(order, "id")}};
}

Rows rows_of_child_order(const json::object& child_order) {
  return {.json = child_order,
          .items = {child_order},
          .columns = child_order_columns(),
          .names = {text_of(child_order, "id")}};
}

Rows rows_of_preview(const json::object& preview) {
  Rows rows{.json = preview, .items = objects_of(preview, "child_orders"), .columns = {}, .names = {}};
  for (json::object& child : rows.items) {
    child["guarantee"] = guarantee_of(preview, child);
    child["warnings"] = warnings_of(preview, child);
    rows.names.push_back(fmt::format("{}/{}", text_of(child, "group"), text_of(child, "account")));
  }
  rows.columns = {
      member("GROUP", "group"),   member("ACCOUNT", "account"),     member("BROKERAGE", "brokerage", Fit::extra),
      member("SYMBOL", "symbol"), member("GUARANTEE", "guarantee"), member("WARNINGS", "warnings", Fit::wraps)};
  return rows;
}

Rows rows_of_orders(const json::object& list) {
  Rows rows{.json = list, .items = objects_of(list, "items"), .columns = {}, .names = {}};
  rows.columns = {member("ID", "id"),
                  time_member("CREATED", "created_at", Fit::extra),
                  {.title = "FOR", .text = target_of, .fit = Fit::wraps},
                  member("SIDE", "side"),
                  member("QUANTITY", "quantity"),
                  {.title = "SYMBOLS",
                   .text = [](const json::object& order) { return joined(order, "symbols", ","); },
                   .fit = Fit::wraps},
                  member("STATUS", "status")};
  rows.columns.back().is_status = true;
  for (const json::object& order : rows.items) rows.names.push_back(text_of(order, "id"));
  return rows;
}

std::string describe_order(const json::object& order) {
  return fmt::format("order {}: {}{} {} of {} for each sub-account, {}: {}", text_of(order, "id"),
                     text_of(order, "dry_run") == "true" ? "rehearse " : "", text_of(order, "side"),
                     text_of(order, "quantity"), joined(order, "symbols"), target_of(order), text_of(order, "status"));
}

std::string why_of_child_order(const json::object& child_order) {
  std::string text = text_of(child_order, "detail");
  if (text.empty()) text = text_of(child_order, "reason");
  if (!text.empty()) return text;
  for (const json::object& execution : objects_of(child_order, "executions")) {
    const std::string status = text_of(execution, "status");
    if (status == "filled" || status == "submitted" || status == "dry_run") continue;
    std::string message = text_of(execution, "message");
    if (!message.empty()) return message;
  }
  return {};
}

std::string describe_child_order(const json::object& child_order) {
  const std::string why = why_of_child_order(child_order);
  return fmt::format("{} {}: {}{}{}", text_of(child_order, "account"), text_of(child_order, "symbol"),
                     text_of(child_order, "status"), why.empty() ? "" : ", ", why);
}

}  // namespace tradeauto
