#include "autorsa_output/row_part.h"

#include <algorithm>

#include "autorsa_output/row_log_ins.h"
#include "autorsa_output/run_text.h"
#include "autorsa_output/strict.h"

namespace tradeauto::autorsa_output {
namespace {

bool is_answer(Means means) { return means < Means::aside; }
bool is_rehearsal(Means means) { return means == Means::dry_run || means == Means::dry_failed; }

ExecutionStatus status_of(Means means) {
  switch (means) {
    case Means::submitted: return ExecutionStatus::submitted;
    case Means::rejected: return ExecutionStatus::rejected;
    case Means::dry_run: return ExecutionStatus::dry_run;
    case Means::not_sent:
    case Means::dry_failed: return ExecutionStatus::not_sent;
    default: return ExecutionStatus::in_doubt;
  }
}

}  // namespace

void RowPart::read(std::string_view line) {
  if (!lost_.empty()) return;
  if (phase_ == Phase::closed) {
    if (line != kLastLine) lose();
    return;
  }
  if (is_closing(line, run_.brokerage)) {
    if (!symbol_is_over()) return lose();
    phase_ = Phase::closed;
    return;
  }
  if (line == kLastLine || line.starts_with("Error with ")) return lose();
  OrderWords words;
  LineMatch announced(line);
  if (announced.literal(grammar_.name).literal(" ").digits().literal(": ").announcement(&words).matched()) {
    return read_announcement(line, grammar_.name);
  }
  if (!none_expected()) {
    for (const Row& row : grammar_.rows) {
      Found found;
      if (matches(row, line, found)) return take(row, line, found);
    }
  }
  if (is_own(line) || (!text_ && !(grammar_.text_anywhere && symbol_))) return lose();
  before_.text = true;
  foreign_text();
}

bool RowPart::matches(const Row& row, std::string_view line, Found& found) const {
  LineMatch match(line);
  std::string_view pattern = row.pattern;
  while (!pattern.empty()) {
    if (pattern.front() != '%') {
      const auto end = std::min(pattern.find('%'), pattern.size());
      match.literal(pattern.substr(0, end));
      pattern.remove_prefix(end);
      continue;
    }
    const char what = pattern[1];
    pattern.remove_prefix(2);
    OrderWords words;
    switch (what) {
      case 'n': match.literal(expected_log_in()); break;
      case 'a': match.literal(expected_account()); break;
      case 'o':
      case 'v':
        what == 'o' ? match.order(&words) : match.announcement(&words);
        found.as_asked = as_asked(words);
        break;
      case 'T': match.literal(run_.symbols[*symbol_].str()); break;
      case 'd': match.digits(); break;
      case 'q': match.number(); break;
      case 'w': match.word(); break;
      default: {
        const std::string_view end = pattern.substr(0, pattern.find('%'));
        end.empty() ? match.anything(&found.text) : match.until(end, &found.text);
      }
    }
  }
  return match.matched();
}

bool RowPart::is_own(std::string_view line) const {
  if (line.starts_with(grammar_.name) && line.substr(grammar_.name.size()).starts_with(' ')) return true;
  if (!grammar_.inside.empty() && line.find(grammar_.inside) != std::string_view::npos) return true;
  if (std::ranges::any_of(grammar_.own, [&](std::string_view begin) { return line.starts_with(begin); })) return true;
  return grammar_.own_accounts && std::ranges::any_of(accounts(), [&](const std::string& account) {
           return line.starts_with(account) && line.substr(account.size()).starts_with(':');
         });
}

void RowPart::take(const Row& row, std::string_view line, const Found& found) {
  if (is_answer(row.means) && !(row.aside_in_dance && before_.dance)) {
    answer(row, line, found);
  } else if (row.means != Means::aside) {
    before_.dance = before_.dance || row.means == Means::dance;
    before_.second_order = before_.second_order || row.means == Means::second_order;
    if (row.means == Means::busy_request) ++before_.busy;
    if (row.means == Means::failed_request || row.means == Means::busy_request) ++before_.requests;
    if (before_.evidence.size() < kMaxEvidence) {
      before_.evidence += std::string(line.substr(0, kMaxEvidence / 4)) + '\n';
    }
  }
  if (!row.text) return;
  text_ = true;
  foreign_text();
}

// Why the answer is not believed, if it is not.
std::string_view RowPart::doubt_of(const Row& row) const {
  if (before_.dance) return "dance";
  const bool as_told = before_.requests == row.busy && before_.busy == row.busy && !(row.busy > 0 && before_.text);
  if (!as_told || (before_.second_order && row.busy == 0)) return "second_order";
  return {};
}

void RowPart::answer(const Row& row, std::string_view line, const Found& found) {
  std::string evidence = before_.evidence + std::string(line.substr(0, kMaxEvidence));
  std::string message(found.text.substr(0, kMaxMessage));
  ExecutionStatus status = status_of(row.means);
  std::string_view reason = row.means == Means::error ? "broker_error" : "unproven";
  if (status == ExecutionStatus::not_sent) reason = "not_sent";
  if (status == ExecutionStatus::submitted) message = std::string(grammar_.name) + " took the order";
  std::string_view doubt = doubt_of(row);
  if (is_rehearsal(row.means) != run_.dry_run && row.means != Means::not_sent) doubt = "dry_mismatch";
  if (doubt.empty() && !found.as_asked) doubt = "mismatch";
  if (!doubt.empty()) {
    status = ExecutionStatus::in_doubt;
    reason = doubt;
    message.clear();
  }
  settle(status, reason, std::move(message), std::move(evidence));
}

namespace {

MakePart maker(const RunOutput& run, const Grammar& grammar) {
  return [&](const std::vector<std::string>& accounts, std::vector<AnnouncedAccounts> announced) {
    return std::make_unique<RowPart>(run, grammar, accounts, std::move(announced));
  };
}

}  // namespace

std::vector<SymbolVerdict> read_by_rows(const RunOutput& run, const RunText& text, const AccountListing& listing,
                                        const Grammar& grammar) {
  return read_strictly(run, text, listing, maker(run, grammar));
}

std::vector<std::vector<SymbolVerdict>> read_shared_by_rows(const RunOutput& run, const RunText& part,
                                                            const Grammar& grammar, std::size_t count) {
  const auto log_ins = read_row_log_ins(part, run.brokerage, count);
  if (!log_ins) return std::vector(count, same_for_all(run, {}, ChildOrderStatus::in_doubt, "shared_run"));
  return read_log_ins_strictly(run, part, *log_ins, maker(run, grammar));
}

}  // namespace tradeauto::autorsa_output
