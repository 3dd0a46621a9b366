#include "autorsa_output/verdict.h"

#include <algorithm>
#include <array>

#include "autorsa_output/redact.h"
#include "domain/child_order.h"

namespace tradeauto::autorsa_output {
namespace {

struct Sentence {
  std::string_view reason;
  std::string_view text;
};

constexpr std::array kSentences{
    // Nothing was sent.
    Sentence{"not_started", "the run ended before the log-in: nothing was sent"},
    Sentence{"login_failed", "the log-in failed: nothing was sent"},
    Sentence{"no_credentials", "the command line tool found no credentials for the brokerage: nothing was sent"},
    Sentence{"broker_failed", "the brokerage's part of the run failed before its orders: nothing was sent"},
    Sentence{"broker_died",
             "the brokerage's part of the run ended at an earlier sub-account: nothing was sent for this one"},
    Sentence{"not_sent", "the command line tool refused the order before it sent anything"},
    Sentence{"no_sub_accounts", "the log-in has no active sub-account: nothing was sent"},
    Sentence{"ran_dry", "the run was a rehearsal although a real order was asked for: nothing was sent"},
    // Nobody knows.
    Sentence{"no_output", "the run left no output: nobody knows how far it came"},
    Sentence{"run_not_finished", "the run did not finish: what has no answer may have reached the broker"},
    Sentence{"output_truncated", "the output was cut: an answer may be missing"},
    Sentence{"no_line", "the run finished without an answer for this sub-account"},
    Sentence{"no_answer", "the broker did not answer: the order may have reached it"},
    Sentence{"broker_error", "the broker's answer does not tell whether it took the order"},
    Sentence{"unknown_status", "the broker answered with a status that is not known"},
    Sentence{"mismatch", "the answer is for another side, quantity or symbol than asked: a person must look"},
    Sentence{"ambiguous_account", "sub-accounts that look the same got different answers"},
    Sentence{"dry_mismatch",
             "the run was not the rehearsal, or not the real order, that was asked for: a person must look"},
    Sentence{"unreadable", "the output has lines that the known version never prints"},
    Sentence{"untrusted_version", "the command line tool is not the version whose output is known"},
    Sentence{"dance", "the tool may have bought more and sold the rest: a person must look"},
    Sentence{"second_order", "the tool may have sent a second order: a person must look"},
    Sentence{"shared_run", "one run traded several log-ins; its output does not prove which answer is whose"},
    Sentence{"unlisted",
             "the tool lists no sub-accounts, and one whose order the broker took may have printed no line"},
    Sentence{"unproven", "what this brokerage's output says is no proof"},
};

ExecutionStatus as_execution(ChildOrderStatus status) {
  if (status == ChildOrderStatus::denied) return ExecutionStatus::not_sent;
  if (status == ChildOrderStatus::dry_run) return ExecutionStatus::dry_run;
  return ExecutionStatus::in_doubt;
}

bool wants_reason(ChildOrderStatus status) {
  return status == ChildOrderStatus::denied || status == ChildOrderStatus::in_doubt;
}

}  // namespace

std::string_view sentence(std::string_view reason) {
  const auto found = std::ranges::find(kSentences, reason, &Sentence::reason);
  return found == kSentences.end() ? std::string_view() : found->text;
}

SymbolVerdict verdict_of(const RunOutput& run, const Symbol& symbol, const std::vector<std::string>& accounts,
                         const std::vector<Answer>& answers) {
  SymbolVerdict verdict{
      .symbol = symbol, .status = ChildOrderStatus::in_doubt, .reason = {}, .detail = {}, .executions = {}};
  for (std::size_t i = 0; i < accounts.size() && i < answers.size(); ++i) {
    const Answer& answer = answers[i];
    const bool explain = answer.message.empty() &&
                         (answer.status == ExecutionStatus::not_sent || answer.status == ExecutionStatus::in_doubt);
    ExecutionReport report;
    report.sub_account = accounts[i];
    report.status = answer.status;
    report.quantity = run.quantity;
    report.message =
        explain ? std::string(sentence(answer.reason)) : presentable(answer.message, accounts, kMaxMessage);
    report.evidence = presentable(answer.evidence, accounts, kMaxEvidence);
    report.at = run.at;
    verdict.executions.push_back(std::move(report));
  }
  const auto status = derive_status(verdict.executions);
  if (status) verdict.status = *status;
  if (!wants_reason(verdict.status)) return verdict;
  const auto wanted = as_execution(verdict.status);
  const auto cause = std::ranges::find(answers, wanted, &Answer::status);
  if (cause == answers.end()) return verdict;
  verdict.reason = cause->reason;
  verdict.detail = sentence(cause->reason);
  return verdict;
}

std::vector<SymbolVerdict> same_for_all(const RunOutput& run, const std::vector<std::string>& accounts,
                                        ChildOrderStatus status, std::string_view reason) {
  Answer answer;
  answer.status = as_execution(status);
  answer.reason = reason;
  std::vector<SymbolVerdict> verdicts;
  for (const Symbol& symbol : run.symbols) {
    SymbolVerdict verdict;
    if (accounts.empty()) {
      verdict.symbol = symbol;
      verdict.status = status;
      if (wants_reason(status)) {
        verdict.reason = reason;
        verdict.detail = sentence(reason);
      }
    } else {
      verdict = verdict_of(run, symbol, accounts, std::vector<Answer>(accounts.size(), answer));
    }
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

}  // namespace tradeauto::autorsa_output
