#include "autorsa_output/unsent.h"

#include <algorithm>
#include <string>

#include "autorsa_output/line_match.h"
#include "autorsa_output/redact.h"

namespace tradeauto::autorsa_output {
namespace {

// How the CLI writes a brokerage's name at the start of a line; empty: its rows are not read here.
std::string_view line_name(Brokerage brokerage) {
  switch (brokerage) {
    case Brokerage::bbae: return "BBAE";
    case Brokerage::dspac: return "DSPAC";
    default: return {};
  }
}

// "BBAE 1: Buy 1.0 of AAPL in xxxx3001: execute_buy called without validation_response." and its kin.
bool read_bbae(std::string_view line, std::string_view name, const OrderWords& asked, std::string_view* account) {
  std::optional<Decimal> quantity;
  std::string_view ticker;
  LineMatch buy(line);
  buy.literal(name).literal(" ").digits().literal(": Buy ").number(&quantity).literal(" of ").ticker(&ticker);
  buy.literal(" in ").account(account).literal(": execute_buy called without validation_response.");
  if (buy.matched()) return asked.side == Side::buy && quantity == asked.quantity && ticker == asked.ticker;

  LineMatch few(line);
  few.literal(name).literal(" ").digits().literal(" ").account(account).literal(": Not enough shares to sell ");
  few.number(&quantity).literal(" of ").ticker(&ticker);
  // The ticker takes the sentence's full stop along.
  few.literal(" Available: ").number();
  if (few.matched() && ticker.ends_with('.')) {
    ticker.remove_suffix(1);
    return asked.side == Side::sell && quantity == asked.quantity && ticker == asked.ticker;
  }
  for (const std::string_view refusal :
       {std::string_view(": Validation failed for buying "), std::string_view(": Validation failed for selling "),
        std::string_view(": Error checking holdings: ")}) {
    LineMatch match(line);
    match.literal(name).literal(" ").digits().literal(" ").account(account).literal(refusal).anything();
    if (match.matched()) return true;
  }
  return false;
}

struct Group {
  std::size_t symbol = 0;
  std::vector<std::string> accounts;
  std::vector<Answer> answers;
};

std::optional<Group> open_group(const RunOutput& run, std::string_view line) {
  OrderWords words;
  LineMatch match(line);
  if (!match.literal(line_name(run.brokerage)).literal(" ").digits().literal(": ").announcement(&words).matched()) {
    return std::nullopt;
  }
  if (words.side != run.side || words.quantity != run.quantity.decimal()) return std::nullopt;
  const auto symbol = std::ranges::find(run.symbols, words.ticker, &Symbol::str);
  if (symbol == run.symbols.end()) return std::nullopt;
  return Group{.symbol = static_cast<std::size_t>(symbol - run.symbols.begin()), .accounts = {}, .answers = {}};
}

std::optional<std::vector<Group>> read_groups(const RunOutput& run, const RunText& text, const Section& section) {
  std::vector<Group> groups;
  for (std::size_t i = section.begin; i < section.end; ++i) {
    const std::string_view line = text.lines[i];
    if (auto group = open_group(run, line)) {
      groups.push_back(std::move(*group));
      continue;
    }
    if (groups.empty()) return std::nullopt;
    Group& group = groups.back();
    const OrderWords asked{run.side, run.quantity.decimal(), run.symbols[group.symbol].str()};
    std::string_view account;
    if (!read_bbae(line, line_name(run.brokerage), asked, &account)) return std::nullopt;
    group.accounts.push_back(masked(account));
    group.answers.push_back(Answer{.status = ExecutionStatus::not_sent,
                                   .reason = "not_sent",
                                   .message = std::string(line.substr(0, kMaxMessage)),
                                   .evidence = std::string(line.substr(0, kMaxEvidence))});
  }
  return groups;
}

}  // namespace

std::optional<std::vector<SymbolVerdict>> read_unsent(const RunOutput& run, const RunText& text) {
  if (line_name(run.brokerage).empty()) return std::nullopt;
  const auto section = find_section(text, run.brokerage);
  if (!section || !section->closed) return std::nullopt;
  auto groups = read_groups(run, text, *section);
  if (!groups) return std::nullopt;
  std::vector<Group> by_symbol(run.symbols.size());
  for (Group& group : *groups) {
    // They list no sub-accounts: each log-in has one, and an announcement of its own.
    if (group.accounts.size() != 1) return std::nullopt;
    Group& whole = by_symbol[group.symbol];
    std::ranges::move(group.accounts, std::back_inserter(whole.accounts));
    std::ranges::move(group.answers, std::back_inserter(whole.answers));
  }
  std::vector<SymbolVerdict> verdicts;
  for (std::size_t i = 0; i < run.symbols.size(); ++i) {
    if (by_symbol[i].accounts.empty()) return std::nullopt;
    verdicts.push_back(verdict_of(run, run.symbols[i], by_symbol[i].accounts, by_symbol[i].answers));
  }
  return verdicts;
}

}  // namespace tradeauto::autorsa_output
