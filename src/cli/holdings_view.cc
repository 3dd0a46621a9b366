#include "cli/holdings_view.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

bool is_true(const json::object& object, std::string_view key) { return text_of(object, key) == "true"; }

std::string state_of(const json::object& account) {
  return is_true(account, "refreshing") ? "refreshing" : text_of(account, "state");
}

// "failed: login_failed: the broker refused the log-in"
std::string with_reason(std::string text, const json::object& account) {
  const std::string reason = text_of(account, "reason");
  for (const std::string& more : {reason == "incomplete" ? std::string() : reason, text_of(account, "message")}) {
    if (!more.empty()) text += ": " + more;
  }
  return text;
}

std::string word_of_check(const json::object& check) {
  const std::string ok = text_of(check, "ok");
  if (ok.empty()) return "refreshing";
  return ok == "true" ? "ok" : "failed";
}

ExitCode exit_code_of_account(const json::object& account) {
  if (is_true(account, "refreshing")) return ExitCode::still_working;
  if (text_of(account, "state") == "ok" || is_true(account, "ok")) return ExitCode::good;
  return text_of(account, "reason") == "login_failed" ? ExitCode::failed : ExitCode::failed_unsent;
}

Column account_column() { return {.title = "ACCOUNT", .text = account_name}; }

Column sub_accounts_column() {
  return {.title = "SUB-ACCOUNTS",
          .text = [](const json::object& account) { return joined(account, "sub_accounts"); },
          .fit = Fit::wraps};
}

}  // namespace

std::string account_name(const json::object& account) {
  return fmt::format("{}/{}", text_of(account, "group"), text_of(account, "account"));
}

std::string describe_account(const json::object& account) {
  const std::string state = text_of(account, "state");
  if (is_true(account, "refreshing")) return "is being asked now";
  if (state == "never_asked") return "was not asked yet: what it holds is not known";
  if (state == "incomplete") return with_reason("incomplete, holdings may be missing", account);
  if (state != "failed") return state;
  if (!is_true(account, "stale")) return with_reason("failed, what it holds is not known", account);
  return with_reason(fmt::format("failed, shown is what it held at {}", text_of(account, "as_of")), account);
}

ExitCode exit_code_of_accounts(const json::array& accounts) {
  ExitCode worst = ExitCode::good;
  for (const json::value& item : accounts) {
    const json::object* account = item.if_object();
    // The numbers happen to be in the order of their weight: 7, 5, 1, 0.
    const ExitCode code = account == nullptr ? ExitCode::failed_unsent : exit_code_of_account(*account);
    worst = std::max(worst, code);
  }
  return worst;
}

Rows rows_of_accounts(const json::object& answer) {
  Rows rows{.json = answer, .items = {}, .columns = {}, .names = {}};
  for (const json::value& item : array_of(answer, "accounts")) {
    const json::object* account = item.if_object();
    if (account == nullptr) continue;
    rows.items.push_back(*account);
    rows.names.push_back(account_name(*account));
  }
  rows.columns = {account_column(),
                  member("BROKERAGE", "brokerage", Fit::extra),
                  {.title = "STATE", .text = state_of, .is_status = true},
                  sub_accounts_column(),
                  time_member("AS OF", "as_of", Fit::extra),
                  member("REASON", "reason", Fit::wraps),
                  member("MESSAGE", "message", Fit::wraps)};
  return rows;
}

Rows rows_of_holdings(const json::object& list) {
  Rows rows{.json = list, .items = {}, .columns = {}, .names = {}};
  for (const json::value& item : array_of(list, "items")) {
    const json::object* holding = item.if_object();
    if (holding == nullptr) continue;
    rows.items.push_back(*holding);
    rows.names.push_back(
        fmt::format("{}/{}/{}", account_name(*holding), text_of(*holding, "sub_account"), text_of(*holding, "symbol")));
  }
  rows.columns = {
      account_column(),
      member("SUB-ACCOUNT", "sub_account"),
      member("SYMBOL", "symbol"),
      member("QUANTITY", "quantity"),
      member("PRICE", "price", Fit::extra),
      member("VALUE", "value"),
      time_member("AS OF", "as_of"),
      {.title = "STALE", .text = [](const json::object& holding) { return is_true(holding, "stale") ? "stale" : ""; }}};
  return rows;
}

Rows rows_of_check(const json::object& check) {
  return {.json = check,
          .items = {check},
          .columns = {account_column(),
                      member("BROKERAGE", "brokerage", Fit::extra),
                      {.title = "LOG-IN", .text = word_of_check, .is_status = true},
                      sub_accounts_column(),
                      member("GUARANTEE", "guarantee"),
                      member("REASON", "reason", Fit::wraps),
                      member("MESSAGE", "message", Fit::wraps)},
          .names = {account_name(check)}};
}

}  // namespace tradeauto
