#include "http/holdings_json.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "domain/brokerage.h"
#include "http/name_list.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// Below every character that a name may have, so that items stay together by account.
constexpr char kBetween = '\x1f';

struct Item {
  std::string place;  // in the list; the same in the next page, whatever was refreshed in between
  const AccountHoldings* account = nullptr;
  const Holding* holding = nullptr;
};

bool is_stale(const AccountHoldings& account) { return account.report && account.failure; }

std::string_view state_of(const AccountHoldings& account) {
  if (account.failure) return "failed";
  if (!account.report) return "never_asked";
  return account.report->complete ? "ok" : "incomplete";
}

json::value value_of(const Holding& holding) {
  if (!holding.price) return nullptr;
  const auto value = holding.quantity.decimal().multiply(holding.price->decimal());
  return value.ok() ? json::value(value->to_string()) : json::value(nullptr);
}

json::object to_json(const Item& item) {
  const Holding& holding = *item.holding;
  return {{"group", item.account->ref.group.str()},
          {"account", item.account->ref.account.str()},
          {"brokerage", to_string(item.account->brokerage)},
          {"sub_account", holding.sub_account},
          {"symbol", holding.symbol.str()},
          {"quantity", holding.quantity.to_string()},
          {"price", holding.price ? json::value(holding.price->to_string()) : json::value(nullptr)},
          {"value", value_of(holding)},
          {"as_of", to_rfc3339(item.account->report->as_of)},
          {"stale", is_stale(*item.account)}};
}

json::array cash_of(const HoldingsReport& report) {
  json::array cash;
  for (const auto& [sub_account, amount] : report.cash) {
    cash.push_back(json::object{{"sub_account", sub_account}, {"amount", amount.to_string()}});
  }
  return cash;
}

void add_report(json::object& out, const HoldingsReport& report, Timestamp now) {
  out["as_of"] = to_rfc3339(report.as_of);
  out["age_seconds"] = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - report.as_of).count());
  json::array sub_accounts;
  for (const std::string& sub_account : report.sub_accounts) sub_accounts.emplace_back(sub_account);
  out["sub_accounts"] = std::move(sub_accounts);
  out["cash"] = cash_of(report);
  if (!report.complete) out["reason"] = "incomplete";
  if (!report.message.empty()) out["message"] = report.message;
}

json::object to_json(const AccountHoldings& account, Timestamp now) {
  json::object out{{"group", account.ref.group.str()},
                   {"account", account.ref.account.str()},
                   {"brokerage", to_string(account.brokerage)},
                   {"guarantee", to_string(info(account.brokerage).guarantee)},
                   {"enabled", account.enabled},
                   {"state", state_of(account)},
                   {"refreshing", account.refreshing},
                   {"stale", is_stale(account)},
                   {"as_of", nullptr},
                   {"age_seconds", nullptr},
                   {"sub_accounts", json::array()},
                   {"cash", json::array()},
                   {"reason", nullptr},
                   {"message", nullptr},
                   {"failed_at", nullptr}};
  if (account.report) add_report(out, *account.report, now);
  if (account.failure) {
    out["reason"] = account.failure->reason;
    out["message"] = account.failure->message;
    out["failed_at"] = to_rfc3339(account.failure->at);
  }
  return out;
}

json::array to_json(const std::vector<AccountHoldings>& accounts, Timestamp now) {
  json::array out;
  for (const AccountHoldings& account : accounts) out.push_back(to_json(account, now));
  return out;
}

// Two sub-accounts may have the same mask: the number tells their holdings apart.
std::vector<Item> items_of(const std::vector<AccountHoldings>& accounts, const HoldingsQuery& query) {
  std::vector<Item> items;
  std::map<std::string, std::size_t> seen;
  for (const AccountHoldings& account : accounts) {
    if (!account.report) continue;
    for (const Holding& holding : account.report->holdings) {
      if (query.symbol && holding.symbol != *query.symbol) continue;
      std::string place = fmt::format("{}{}{}{}{}{}{}", account.ref.group, kBetween, account.ref.account, kBetween,
                                      holding.sub_account, kBetween, holding.symbol);
      place += fmt::format("{}{:06}", kBetween, seen[place]++);
      items.push_back({.place = std::move(place), .account = &account, .holding = &holding});
    }
  }
  return items;
}

}  // namespace

std::string render_holdings(const std::vector<AccountHoldings>& accounts, const HoldingsQuery& query, Timestamp now) {
  json::object page = page_by_name(
      items_of(accounts, query), query.page, [](const Item& item) { return item.place; },
      [](const Item& item) { return to_json(item); });
  page["accounts"] = to_json(accounts, now);
  return json::serialize(page);
}

std::string render_refresh(const std::vector<AccountHoldings>& accounts, Timestamp now) {
  return json::serialize(json::object{{"accounts", to_json(accounts, now)}});
}

std::string render_check(const AccountHoldings& account, Timestamp now) {
  const json::object known = to_json(account, now);
  json::object out;
  for (const char* member : {"group", "account", "brokerage", "guarantee"}) out[member] = known.at(member);
  out["ok"] = account.refreshing ? json::value(nullptr) : json::value(state_of(account) == "ok");
  for (const char* member : {"refreshing", "sub_accounts", "as_of", "reason", "message"}) {
    out[member] = known.at(member);
  }
  return json::serialize(out);
}

}  // namespace tradeauto
