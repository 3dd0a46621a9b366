#include "executors/autorsa/cli_words.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace tradeauto {
namespace {

struct CliName {
  std::string_view word;
  std::string_view variable;
};

// By Brokerage's number.
constexpr std::array<CliName, 16> kNames = {{
    {"bbae", "BBAE"},
    {"chase", "CHASE"},
    {"dspac", "DSPAC"},
    {"fennel", "FENNEL"},
    {"fidelity", "FIDELITY"},
    {"firstrade", "FIRSTRADE"},
    {"public", "PUBLIC_BROKER"},
    {"robinhood", "ROBINHOOD"},
    {"schwab", "SCHWAB"},
    {"sofi", "SOFI"},
    {"tornado", "TORNADO"},
    {"tradier", "TRADIER"},
    {"tastytrade", "TASTYTRADE"},
    {"webull", "WEBULL"},
    {"vanguard", "VANGUARD"},
    {"wellsfargo", "WELLSFARGO"},
}};

// The CLI reads the amount as a double, which keeps fifteen digits whatever they are.
constexpr std::ptrdiff_t kExactDigits = 15;

Error refusal(std::string reason, std::string message) {
  return make_error(ErrorCode::unprocessable, std::move(reason), std::move(message));
}

Result<void> check_brokerage(Brokerage brokerage) {
  if (brokerage == Brokerage::paper) return refusal("unknown_brokerage", "AutoRSA does not know Paper");
  if (brokerage == Brokerage::sofi) {
    return refusal("brokerage_broken", "SoFi is broken in AutoRSA 2.2.0: its part of the tool never starts");
  }
  return {};
}

// What the field is when it is not set. Where the CLI demands the field, NA stands for "none".
std::string_view absent_value(Brokerage brokerage) {
  switch (brokerage) {
    case Brokerage::fidelity:
    case Brokerage::robinhood:
    case Brokerage::schwab: return "NA";
    default: return {};
  }
}

}  // namespace

std::string_view cli_brokerage(Brokerage brokerage) { return kNames.at(static_cast<std::size_t>(brokerage)).word; }
std::string_view cli_variable(Brokerage brokerage) { return kNames.at(static_cast<std::size_t>(brokerage)).variable; }

Result<std::vector<std::string>> order_words(const TransactionTask& task) {
  TRY_VOID(check_brokerage(task.brokerage));
  const bool never_buys = task.brokerage == Brokerage::bbae || task.brokerage == Brokerage::dspac;
  if (never_buys && task.side == Side::buy && !task.dry_run) {
    return refusal("buy_broken",
                   fmt::format("{} buys are broken in AutoRSA 2.2.0: it never sends one", to_string(task.brokerage)));
  }
  const Decimal quantity = task.quantity.decimal();
  std::string amount = quantity.to_string();
  if (!quantity.is_positive()) return refusal("bad_quantity", "a quantity is above 0");
  if (std::ranges::count_if(amount, [](char c) { return c >= '0' && c <= '9'; }) > kExactDigits) {
    return refusal("bad_quantity", fmt::format("AutoRSA keeps at most {} digits of a quantity", kExactDigits));
  }
  if (info(task.brokerage).whole_shares && !quantity.is_whole()) {
    return refusal("fraction_not_supported", fmt::format("{} takes whole shares only", to_string(task.brokerage)));
  }
  std::set<Symbol> symbols;
  for (const TaskChildOrder& child : task.child_orders) {
    const auto symbol = parse_symbol(child.symbol.str());
    if (!symbol.ok() || *symbol != child.symbol || !symbols.insert(child.symbol).second) {
      return refusal("bad_symbols", "symbols are upper-case and all differ");
    }
  }
  if (symbols.empty()) return refusal("bad_symbols", "an order has at least one symbol");
  std::string list;
  for (const Symbol& symbol : symbols) list += (list.empty() ? "" : ",") + symbol.str();
  return std::vector<std::string>{task.side == Side::buy ? "buy" : "sell", std::move(amount), std::move(list),
                                  std::string(cli_brokerage(task.brokerage)), task.dry_run ? "true" : "false"};
}

Result<std::vector<std::string>> holdings_words(Brokerage brokerage) {
  TRY_VOID(check_brokerage(brokerage));
  return std::vector<std::string>{"holdings", std::string(cli_brokerage(brokerage))};
}

SecretString login_text(Brokerage brokerage, const Credentials& checked) {
  std::string text;
  for (const CredentialField& field : info(brokerage).fields) {
    const SecretString* given = checked.find(field.name);
    std::string_view value = given != nullptr ? given->reveal() : absent_value(brokerage);
    // Any text there, "false" too, turns it on.
    if (field.name == "DEBUG") value = value == "true" ? "DEBUG" : "";
    if (value.empty()) continue;
    if (!text.empty()) text += ':';
    text += value;
  }
  return SecretString(std::move(text));
}

}  // namespace tradeauto
