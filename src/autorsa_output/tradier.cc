#include "autorsa_output/tradier.h"

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
  TradierPart part(run, listing.accounts);
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

}  // namespace tradeauto::autorsa_output
