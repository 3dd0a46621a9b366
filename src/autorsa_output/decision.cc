#include "autorsa_output/decision.h"

#include "autorsa_output/cautious.h"
#include "autorsa_output/firstrade.h"
#include "autorsa_output/row_part.h"
#include "autorsa_output/tastytrade.h"
#include "autorsa_output/tradier.h"

namespace tradeauto::autorsa_output {
namespace {

// The CLI ended or was killed before it logged in: nothing can have been sent.
bool never_started(const RunOutput& run, const RunText& text) {
  if (run.truncated || logged_in(run.out)) return false;
  if (run.exit_code == 1) return true;  // a refusal of its own: arguments, version check, no answer to its question
  if (run.exit_code == 0) return false;
  if (run.out.empty()) return !run.exit_code && run.unbuffered;
  return text.has_header && (run.unbuffered || !text.asked);
}

std::vector<std::string> sound_accounts(const AccountListing& listing) {
  return listing.sound ? listing.accounts : std::vector<std::string>();
}

}  // namespace

std::optional<std::vector<SymbolVerdict>> first_rows(const RunOutput& run, const RunText& text,
                                                     const AccountListing& listing) {
  if (never_started(run, text)) return same_for_all(run, {}, ChildOrderStatus::denied, "not_started");
  const std::vector<std::string> accounts = sound_accounts(listing);
  if (!text.dry) {
    std::string_view reason = text.finished ? "unreadable" : "run_not_finished";
    if (run.truncated) reason = "output_truncated";
    return same_for_all(run, accounts, ChildOrderStatus::in_doubt, run.out.empty() ? "no_output" : reason);
  }
  if (*text.dry && !run.dry_run) return same_for_all(run, accounts, ChildOrderStatus::denied, "ran_dry");
  if (!*text.dry && run.dry_run) return same_for_all(run, accounts, ChildOrderStatus::in_doubt, "dry_mismatch");
  return std::nullopt;
}

std::vector<SymbolVerdict> brokerage_rows(const RunOutput& run, const RunText& text, const AccountListing& listing) {
  if (!run.truncated) {
    if (const auto reason = never_traded(text, run.brokerage, listing)) {
      return same_for_all(run, sound_accounts(listing), ChildOrderStatus::denied, *reason);
    }
  }
  if (run.brokerage == Brokerage::tradier) return read_tradier(run, text, listing);
  if (run.brokerage == Brokerage::firstrade) return read_firstrade(run, text, listing);
  if (const Grammar* grammar = grammar_of(run.brokerage)) return read_by_rows(run, text, listing, *grammar);
  if (run.brokerage == Brokerage::tastytrade && !run.dry_run) {
    if (auto verdicts = read_tastytrade(run, text)) return std::move(*verdicts);
  }
  return read_cautiously(run, text, listing);
}

void doubt_all(std::vector<SymbolVerdict>& verdicts, std::string_view reason) {
  for (SymbolVerdict& verdict : verdicts) {
    verdict.status = ChildOrderStatus::in_doubt;
    verdict.reason = reason;
    verdict.detail = sentence(reason);
    for (ExecutionReport& report : verdict.executions) report.status = ExecutionStatus::in_doubt;
  }
}

}  // namespace tradeauto::autorsa_output
