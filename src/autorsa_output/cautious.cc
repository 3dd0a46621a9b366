#include "autorsa_output/cautious.h"

#include <algorithm>

#include "autorsa_output/unsent.h"

namespace tradeauto::autorsa_output {
namespace {

constexpr std::size_t kMaxLines = 16;  // kept for a sub-account and symbol

// What stands in the part of the brokerage, or in all of the body if that part is not to be found.
std::pair<std::size_t, std::size_t> part_of(const RunText& text, Brokerage brokerage) {
  const auto section = find_section(text, brokerage);
  if (section) return {section->begin, section->end};
  return {std::min(text.body, text.lines.size()), text.lines.size()};
}

std::string_view doubt(const RunOutput& run, const RunText& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    const std::string_view line = text.lines[i];
    if (line.starts_with("Buying ") && line.find(" then selling ") != std::string_view::npos) return "dance";
    if (line.find("trying Limit Order") != std::string_view::npos ||
        line.find("Rejected Trying Limit") != std::string_view::npos ||
        line.find("retrying with legacy API") != std::string_view::npos ||
        line.find("Market order failed placing limit order.") != std::string_view::npos) {
      return "second_order";
    }
  }
  if (run.truncated) return "output_truncated";
  if (!text.finished) return "run_not_finished";
  return begin == end ? "no_line" : "unproven";
}

bool names(std::string_view line, std::string_view word) {
  const auto at = line.find(word);
  if (at == std::string_view::npos) return false;
  const auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  const std::size_t end = at + word.size();
  return (at == 0 || !is_part(line[at - 1])) && (end == line.size() || !is_part(line[end]));
}

// For each sub-account the lines that name it.
std::vector<std::vector<std::string_view>> lines_of(const RunText& text, const std::vector<std::string>& accounts,
                                                    std::size_t begin, std::size_t end) {
  std::vector<std::vector<std::string_view>> lines(accounts.size());
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t a = 0; a < accounts.size(); ++a) {
      if (lines[a].size() < kMaxLines && names(text.lines[i], accounts[a])) lines[a].push_back(text.lines[i]);
    }
  }
  return lines;
}

}  // namespace

std::vector<SymbolVerdict> read_cautiously(const RunOutput& run, const RunText& text, const AccountListing& listing) {
  const bool whole = text.finished && !run.truncated;
  const std::vector<std::string> accounts = listing.sound ? listing.accounts : std::vector<std::string>();
  if (!run.dry_run && whole) {
    if (auto unsent = read_unsent(run, text)) return std::move(*unsent);
  }
  const auto [begin, end] = part_of(text, run.brokerage);
  if (run.dry_run && !whole) {
    return same_for_all(run, accounts, ChildOrderStatus::denied,
                        run.truncated ? "output_truncated" : "run_not_finished");
  }
  Answer answer;
  answer.status = run.dry_run ? ExecutionStatus::dry_run : ExecutionStatus::in_doubt;
  answer.reason = doubt(run, text, begin, end);
  if (accounts.empty()) {
    return same_for_all(run, {}, run.dry_run ? ChildOrderStatus::dry_run : ChildOrderStatus::in_doubt, answer.reason);
  }
  const auto lines = lines_of(text, accounts, begin, end);
  std::vector<SymbolVerdict> verdicts;
  for (const Symbol& symbol : run.symbols) {
    std::vector<Answer> answers(accounts.size(), answer);
    for (std::size_t a = 0; a < accounts.size(); ++a) {
      for (const std::string_view line : lines[a]) {
        if (run.symbols.size() > 1 && !names(line, symbol.str())) continue;
        if (answers[a].message.empty()) answers[a].message = line.substr(0, kMaxMessage);
        if (!answers[a].evidence.empty()) answers[a].evidence += '\n';
        answers[a].evidence += line.substr(0, kMaxEvidence);
      }
    }
    verdicts.push_back(verdict_of(run, symbol, accounts, answers));
  }
  return verdicts;
}

}  // namespace tradeauto::autorsa_output
