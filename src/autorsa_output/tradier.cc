#include "autorsa_output/tradier.h"

#include <set>
#include <utility>

#include "autorsa_output/tradier_log_ins.h"
#include "autorsa_output/tradier_part.h"

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

// Two log-ins that show the same sub-account may be one: the CLI then numbers both as the first.
bool overlap(const std::vector<TradierLogIn>& log_ins) {
  std::set<std::string_view> seen;
  for (const TradierLogIn& log_in : log_ins) {
    for (const std::string& account : log_in.accounts) {
      if (seen.contains(account)) return true;
    }
    seen.insert(log_in.accounts.begin(), log_in.accounts.end());
  }
  return false;
}

// The verdicts of the log-in whose sub-accounts are [begin, begin + its own) of all.
std::vector<SymbolVerdict> verdicts_of(const RunOutput& run, const TradierLogIn& log_in, std::size_t begin,
                                       const std::vector<std::vector<Answer>>& by_symbol, const TradierPart& part) {
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

std::vector<SymbolVerdict> read_tradier(const RunOutput& run, const RunText& text, const AccountListing& listing) {
  if (!listing.sound) return same_for_all(run, {}, ChildOrderStatus::in_doubt, "unreadable");
  const std::string_view unfinished = run.truncated ? "output_truncated" : "run_not_finished";
  const auto section = find_section(text, Brokerage::tradier);
  if (!section) {
    // Its bar has not been printed, or there is more than one: a text imitates it.
    const bool cut = text.bars.size() < 2 && (run.truncated || !text.finished);
    return same_for_all(run, listing.accounts, ChildOrderStatus::in_doubt, cut ? unfinished : "unreadable");
  }
  TradierPart part(run, listing.accounts, {{.log_in = 1, .end = listing.accounts.size()}});
  for (std::size_t i = section->begin; i < text.lines.size(); ++i) part.read(text.lines[i]);
  // Only a run that is known to have ended by itself cannot have been cut where a text imitates its end.
  part.finish(text.finished && !run.truncated && run.exit_code == 0, unfinished);
  if (listing.accounts.empty()) {
    const bool none = listing.seen && part.complete();
    return same_for_all(run, {}, none ? ChildOrderStatus::denied : ChildOrderStatus::in_doubt,
                        none ? "no_sub_accounts" : "no_line");
  }
  std::vector<SymbolVerdict> verdicts;
  for (std::size_t i = 0; i < run.symbols.size(); ++i) {
    std::vector<Answer> answers = part.answers(i);
    doubt_lookalikes(listing.accounts, answers);
    if (run.dry_run) settle_rehearsal(answers);
    verdicts.push_back(verdict_of(run, run.symbols[i], listing.accounts, answers));
  }
  return verdicts;
}

std::vector<std::vector<SymbolVerdict>> read_tradier_shared(const RunOutput& run, const RunText& text,
                                                            std::size_t count) {
  const auto section = find_section(text, Brokerage::tradier);
  const auto log_ins = section ? read_tradier_log_ins(text, count) : std::nullopt;
  if (!log_ins || overlap(*log_ins))
    return std::vector(count, same_for_all(run, {}, ChildOrderStatus::in_doubt, "shared_run"));
  std::vector<std::string> accounts;
  std::vector<AnnouncedAccounts> announced;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& own = (*log_ins)[i].accounts;
    accounts.insert(accounts.end(), own.begin(), own.end());
    if (!own.empty()) announced.push_back({.log_in = i + 1, .end = accounts.size()});
  }
  TradierPart part(run, accounts, std::move(announced));
  for (std::size_t i = section->begin; i < text.lines.size(); ++i) part.read(text.lines[i]);
  part.finish(true, "unreadable");
  std::vector<std::vector<Answer>> by_symbol;
  for (std::size_t i = 0; i < run.symbols.size(); ++i) {
    std::vector<Answer> answers = part.answers(i);
    doubt_lookalikes(accounts, answers);
    if (run.dry_run) settle_rehearsal(answers);
    by_symbol.push_back(std::move(answers));
  }
  std::vector<std::vector<SymbolVerdict>> verdicts;
  std::size_t begin = 0;
  for (const TradierLogIn& log_in : *log_ins) {
    verdicts.push_back(verdicts_of(run, log_in, begin, by_symbol, part));
    begin += log_in.accounts.size();
  }
  return verdicts;
}

}  // namespace tradeauto::autorsa_output
