#include "autorsa_output/strict.h"

#include <set>
#include <utility>

namespace tradeauto::autorsa_output {
namespace {

// Of two sub-accounts that look the same nobody can say which line is whose, unless their lines say the same.
void doubt_lookalikes(const std::vector<std::string>& accounts, std::vector<Answer>& answers) {
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    for (std::size_t k = i + 1; k < accounts.size(); ++k) {
      if (accounts[i] != accounts[k] || answers[i].status == answers[k].status) continue;
      for (Answer* answer : {&answers[i], &answers[k]}) {
        answer->status = ExecutionStatus::in_doubt;
        answer->reason = "ambiguous_account";
      }
    }
  }
}

// In a rehearsal nothing is sent, so that a missing answer is no doubt about an order.
void settle_rehearsal(std::vector<Answer>& answers) {
  for (Answer& answer : answers) {
    if (answer.status == ExecutionStatus::in_doubt && answer.reason != "dry_mismatch") {
      answer.status = ExecutionStatus::not_sent;
    }
  }
}

std::vector<Answer> final_answers(const RunOutput& run, const OrderedPart& part, std::size_t symbol,
                                  const std::vector<std::string>& accounts) {
  std::vector<Answer> answers = part.answers(symbol);
  doubt_lookalikes(accounts, answers);
  if (run.dry_run) settle_rehearsal(answers);
  return answers;
}

void read_lines(const RunText& text, std::size_t begin, OrderedPart& part) {
  for (std::size_t i = begin; i < text.lines.size(); ++i) part.read(text.lines[i]);
}

// Two log-ins that show the same sub-account may be one: the CLI then numbers both as the first.
bool overlap(const std::vector<LogIn>& log_ins) {
  std::set<std::string_view> seen;
  for (const LogIn& log_in : log_ins) {
    for (const std::string& account : log_in.accounts) {
      if (seen.contains(account)) return true;
    }
    seen.insert(log_in.accounts.begin(), log_in.accounts.end());
  }
  return false;
}

// The verdicts of the log-in whose sub-accounts are [begin, begin + its own) of all.
std::vector<SymbolVerdict> verdicts_of(const RunOutput& run, const LogIn& log_in, std::size_t begin,
                                       const std::vector<std::vector<Answer>>& by_symbol, const OrderedPart& part) {
  if (log_in.accounts.empty()) {
    if (!part.complete()) return same_for_all(run, {}, ChildOrderStatus::in_doubt, "unreadable");
    return same_for_all(run, {}, ChildOrderStatus::denied, log_in.failed ? "login_failed" : "no_sub_accounts");
  }
  std::vector<SymbolVerdict> verdicts;
  for (std::size_t i = 0; i < run.symbols.size(); ++i) {
    const auto first = by_symbol[i].begin() + static_cast<std::ptrdiff_t>(begin);
    const std::vector<Answer> answers(first, first + static_cast<std::ptrdiff_t>(log_in.accounts.size()));
    verdicts.push_back(verdict_of(run, run.symbols[i], log_in.accounts, answers));
  }
  return verdicts;
}

}  // namespace

std::vector<SymbolVerdict> read_strictly(const RunOutput& run, const RunText& text, const AccountListing& listing,
                                         const MakePart& make) {
  if (!listing.sound) return same_for_all(run, {}, ChildOrderStatus::in_doubt, "unreadable");
  const std::string_view unfinished = run.truncated ? "output_truncated" : "run_not_finished";
  const auto section = find_section(text, run.brokerage);
  if (!section) {
    // Its bar has not been printed, or there is more than one: a text imitates it.
    const bool cut = text.bars.size() < 2 && (run.truncated || !text.finished);
    return same_for_all(run, listing.accounts, run.dry_run ? ChildOrderStatus::denied : ChildOrderStatus::in_doubt,
                        cut ? unfinished : "unreadable");
  }
  const auto part = make(listing.accounts, {{.log_in = 1, .end = listing.accounts.size()}});
  read_lines(text, section->begin, *part);
  // Only a run that is known to have ended by itself cannot have been cut where a text imitates its end.
  part->finish(text.finished && !run.truncated && run.exit_code == 0, unfinished);
  if (listing.accounts.empty()) {
    const bool none = listing.seen && part->complete();
    return same_for_all(run, {}, none || run.dry_run ? ChildOrderStatus::denied : ChildOrderStatus::in_doubt,
                        none ? "no_sub_accounts" : "no_line");
  }
  std::vector<SymbolVerdict> verdicts;
  for (std::size_t i = 0; i < run.symbols.size(); ++i) {
    verdicts.push_back(
        verdict_of(run, run.symbols[i], listing.accounts, final_answers(run, *part, i, listing.accounts)));
  }
  return verdicts;
}

std::vector<std::vector<SymbolVerdict>> read_log_ins_strictly(const RunOutput& run, const RunText& text,
                                                              const std::vector<LogIn>& log_ins, const MakePart& make) {
  const auto section = find_section(text, run.brokerage);
  if (!section || overlap(log_ins)) {
    return std::vector(log_ins.size(), same_for_all(run, {}, ChildOrderStatus::in_doubt, "shared_run"));
  }
  std::vector<std::string> accounts;
  std::vector<AnnouncedAccounts> announced;
  for (std::size_t i = 0; i < log_ins.size(); ++i) {
    const auto& own = log_ins[i].accounts;
    accounts.insert(accounts.end(), own.begin(), own.end());
    if (!own.empty()) announced.push_back({.log_in = i + 1, .end = accounts.size()});
  }
  const auto part = make(accounts, std::move(announced));
  read_lines(text, section->begin, *part);
  part->finish(true, "unreadable");
  std::vector<std::vector<Answer>> by_symbol;
  for (std::size_t i = 0; i < run.symbols.size(); ++i) by_symbol.push_back(final_answers(run, *part, i, accounts));
  std::vector<std::vector<SymbolVerdict>> verdicts;
  std::size_t begin = 0;
  for (const LogIn& log_in : log_ins) {
    verdicts.push_back(verdicts_of(run, log_in, begin, by_symbol, *part));
    begin += log_in.accounts.size();
  }
  return verdicts;
}

}  // namespace tradeauto::autorsa_output
