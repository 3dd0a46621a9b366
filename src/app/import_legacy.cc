#include "app/import_legacy.h"

#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "app/import_judge.h"
#include "domain/legacy_credentials.h"

namespace tradeauto {
namespace {

std::string_view value_of(const std::map<std::string, std::string>& state, const std::string& field) {
  const auto found = state.find(field);
  return found == state.end() ? std::string_view() : std::string_view(found->second);
}

// By the number of the legacy contract; Paper is not on its wire.
std::optional<Brokerage> brokerage_of(std::string_view digits) {
  unsigned number = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = bad == std::errc{} && end == digits.data() + digits.size();
  if (!whole || number >= static_cast<unsigned>(Brokerage::paper)) return std::nullopt;
  return static_cast<Brokerage>(number);
}

// Only what the original had active is let to trade.
void take_status(ImportAccount& item, std::string_view status) {
  item.enabled = status == "1";
  if (item.enabled) return;
  item.detail = status == "0" ? "disabled, as its status there is 0"
                              : "disabled, as its status there is neither 1 (active) nor 0";
}

void convert(ImportAccount& item, const LegacyRedisAccount& account, ImportJudge& judge) {
  if (!account.faults.empty()) {
    const LegacyKeyFault& fault = account.faults.front();
    return leave(item, "unreadable_key", fmt::format("{} {}", fault.key, fault.why));
  }
  if (account.state.empty()) {
    return leave(item, "no_account", fmt::format("there is no hash {}, so its brokerage is not known", item.origin));
  }
  const auto brokerage = brokerage_of(value_of(account.state, "brokerage"));
  if (!brokerage) return leave(item, "unknown_brokerage", "its brokerage is no number from 0 to 15");
  item.brokerage = to_string(*brokerage);
  if (account.groups.empty()) return leave(item, "no_group", "it is in no group");
  if (account.details.empty()) {
    return leave(item, "no_credentials", fmt::format("there is no log-in: no hash Account:Details:{}", item.account));
  }
  auto credentials = take_legacy_credentials(*brokerage, account.details);
  if (!credentials.ok()) return leave(item, credentials.error().reason, credentials.error().message);
  take_status(item, value_of(account.state, "status"));
  judge.judge(item, *brokerage, std::move(credentials).value());
}

}  // namespace

ImportContents import_of_legacy(LegacyRedisContents contents) {
  ImportContents out;
  ImportJudge judge;
  for (const LegacyKeyFault& fault : contents.faults) {
    ImportAccount& item = out.accounts.emplace_back();
    item.origin = fault.key;
    leave(item, "unreadable_key", fmt::format("{} {}", fault.key, fault.why));
  }
  for (const auto& [name, account] : contents.accounts) {
    std::set<std::string> groups = account.groups;
    if (groups.empty()) groups.emplace();  // told once all the same
    for (const std::string& group : groups) {
      ImportAccount& item = out.accounts.emplace_back();
      item.origin = "Account:" + name;
      item.group = group;
      item.account = name;
      convert(item, account, judge);
    }
  }
  return out;
}

}  // namespace tradeauto
