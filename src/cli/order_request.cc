#include "cli/order_request.h"

#include <algorithm>
#include <set>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

namespace json = boost::json;

// Plain digits above zero; how many of them there may be is the server's to say.
bool is_quantity(std::string_view text) {
  const auto point = text.find('.');
  const auto is_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!is_digits(text.substr(0, point))) return false;
  if (point != std::string_view::npos && !is_digits(text.substr(point + 1))) return false;
  return text.find_first_not_of("0.") != std::string_view::npos;
}

bool is_symbol(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> symbols_of(const OrderFlags& flags, std::vector<FieldError>& faults) {
  std::vector<std::string> symbols;
  for (const std::string& word : flags.symbols) {
    for (std::string& symbol : split(word, ',')) {
      if (!is_symbol(symbol)) {
        faults.push_back(
            {.pointer = "symbol",
             .code = "bad_symbol",
             .detail = fmt::format("\"{}\" is no symbol; allowed are AAPL, AAPL,MSFT and AAPL MSFT", symbol)});
      }
      symbols.push_back(std::move(symbol));
    }
  }
  return symbols;
}

// The accounts by their full names.
std::vector<std::string> accounts_of(const OrderFlags& flags, std::vector<FieldError>& faults) {
  std::vector<std::string> accounts;
  for (const std::string& name : flags.accounts) {
    const auto slash = name.find('/');
    const bool is_full = slash != std::string::npos;
    if ((!is_full && flags.group.empty()) || slash == 0 || name.ends_with('/')) {
      faults.push_back({.pointer = "--account",
                        .code = "bad_account",
                        .detail = fmt::format("\"{}\" is no account; allowed is GROUP/ACCOUNT", name)});
    } else if (is_full && !flags.group.empty() && name.substr(0, slash) != flags.group) {
      faults.push_back({.pointer = "--account",
                        .code = "bad_account",
                        .detail = fmt::format("\"{}\" is not in the group \"{}\"", name, flags.group)});
    } else {
      accounts.push_back(is_full ? name : flags.group + "/" + name);
    }
  }
  return accounts;
}

json::array to_array(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::string join(const auto& texts, std::string_view separator) {
  return fmt::format("{}", fmt::join(texts, separator));
}

// The group, or the accounts, for whom it is.
void address(OrderPlan& plan, const OrderFlags& flags, const std::vector<std::string>& accounts) {
  if (accounts.empty()) {
    plan.body["group"] = flags.group;
    plan.confirm_word = flags.group;
    plan.text += fmt::format(", group {}", flags.group);
    return;
  }
  plan.body["accounts"] = to_array(accounts);
  std::set<std::string> groups;
  for (const std::string& account : accounts) groups.insert(account.substr(0, account.find('/')));
  plan.confirm_word = join(groups, ",");
  plan.text += fmt::format(", accounts {}", join(accounts, ", "));
}

}  // namespace

Result<OrderPlan> plan_order(const OrderFlags& flags, std::string client_order_id) {
  std::vector<FieldError> faults;
  if (!is_quantity(flags.quantity)) {
    faults.push_back(
        {.pointer = "quantity",
         .code = "bad_quantity",
         .detail = fmt::format("\"{}\" is no quantity; allowed are plain numbers above 0, such as 1 or 0.5",
                               flags.quantity)});
  }
  const auto symbols = symbols_of(flags, faults);
  const auto accounts = accounts_of(flags, faults);
  if (flags.group.empty() && flags.accounts.empty()) {
    faults.push_back(
        {.pointer = "--group", .code = "required", .detail = "name the group, or accounts with --account"});
  }
  if (!faults.empty()) {
    Error error = make_error(ErrorCode::invalid_argument, "bad_order", "the order cannot be read; nothing was sent");
    error.fields = std::move(faults);
    return error;
  }
  OrderPlan plan;
  plan.body["client_order_id"] = flags.client_order_id.empty() ? std::move(client_order_id) : flags.client_order_id;
  plan.body["side"] = flags.side;
  plan.body["quantity"] = flags.quantity;
  plan.body["symbols"] = to_array(symbols);
  plan.text = fmt::format("{}{} {} of {} for each sub-account", flags.dry_run ? "rehearse: " : "", flags.side,
                          flags.quantity, join(symbols, ", "));
  address(plan, flags, accounts);
  if (flags.dry_run) plan.body["dry_run"] = true;
  if (flags.deadline_seconds) plan.body["deadline_seconds"] = *flags.deadline_seconds;
  if (!flags.overrides.empty()) plan.body["override"] = to_array(flags.overrides);
  return plan;
}

}  // namespace tradeauto
