#include "autorsa_output/ordered_part.h"

namespace tradeauto::autorsa_output {

OrderedPart::OrderedPart(const RunOutput& run, const std::vector<std::string>& accounts,
                         std::vector<AnnouncedAccounts> announced)
    : run_(run),
      accounts_(accounts),
      log_ins_(std::move(announced)),
      answers_(run.symbols.size(), std::vector<Answer>(accounts.size())),
      tainted_(run.symbols.size(), std::vector<bool>(accounts.size())),
      announced_(run.symbols.size()) {}

bool OrderedPart::as_asked(const OrderWords& words) const {
  return words.side == run_.side && words.quantity == run_.quantity.decimal() && symbol_ &&
         words.ticker == run_.symbols[*symbol_].str();
}

void OrderedPart::read_announcement(std::string_view line, std::string_view name) {
  OrderWords words;
  std::string_view number;
  LineMatch match(line);
  match.literal(name).literal(" ").digits(&number).literal(": ").announcement(&words);
  if (!match.matched() || !none_expected() || !open_group(words.ticker)) return lose();
  if (number != expected_log_in()) return lose();
  text_ = false;
  if (!as_asked(words)) lose("mismatch");
}

// The next log-in of the symbol, or the first one of a symbol that had none.
bool OrderedPart::open_group(std::string_view ticker) {
  if (log_ins_.empty()) return false;
  if (symbol_ && log_in_ + 1 < log_ins_.size()) {
    ++log_in_;
    return run_.symbols[*symbol_].str() == ticker;
  }
  for (std::size_t i = 0; i < run_.symbols.size(); ++i) {
    if (run_.symbols[i].str() != ticker || announced_[i]) continue;
    announced_[i] = true;
    symbol_ = i;
    log_in_ = 0;
    next_ = 0;
    return true;
  }
  return false;
}

bool OrderedPart::open_next_group() {
  std::string_view next;
  for (std::size_t i = 0; i < run_.symbols.size(); ++i) {
    const std::string_view symbol = run_.symbols[i].str();
    if (!announced_[i] && (next.empty() || symbol < next)) next = symbol;
  }
  if (symbol_ && log_in_ + 1 < log_ins_.size()) next = run_.symbols[*symbol_].str();
  return !next.empty() && open_group(next);
}

void OrderedPart::settle(ExecutionStatus status, std::string_view reason, std::string message, std::string evidence) {
  answers_[*symbol_][next_] =
      Answer{.status = status, .reason = reason, .message = std::move(message), .evidence = std::move(evidence)};
  tainted_[*symbol_][next_] = seen_text_;
  ++next_;
  ++answered_;
  text_ = false;
  settled();
}

void OrderedPart::finish(bool whole, std::string_view unfinished) {
  complete_ = whole && lost_.empty() && in_order();
  for (std::size_t s = 0; s < answers_.size(); ++s) {
    for (std::size_t a = 0; a < accounts_.size(); ++a) {
      Answer& answer = answers_[s][a];
      const bool open = answer.status == ExecutionStatus::in_doubt && answer.reason == "no_line";
      if (complete_) {
        if (open && phase_ == Phase::died) {
          answer.status = ExecutionStatus::not_sent;
          answer.reason = "broker_died";
        }
        continue;
      }
      if (!open && answer.status == ExecutionStatus::in_doubt) continue;
      if (!open && lost_.empty() && !tainted_[s][a]) continue;
      answer.status = ExecutionStatus::in_doubt;
      answer.reason = lost_.empty() ? unfinished : lost_;
      answer.message.clear();
    }
  }
}

}  // namespace tradeauto::autorsa_output
