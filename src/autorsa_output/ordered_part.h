#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/line_match.h"
#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// The sub-accounts that one announcement ("Tradier 2: ...") opens: of all, those up to `end` that no earlier one has.
struct AnnouncedAccounts {
  std::size_t log_in = 1;  // counted from 1
  std::size_t end = 0;
};

// The lines after a brokerage's bar, one by one, as the known version prints them and in no other way: for each symbol
// and log-in an announcement, then one answer for each sub-account in the order of the log-in's listing.
//
// Texts of the broker and of libraries stand between and may have lines of their own. So:
// - what looks like a line of the CLI is never taken for text: a line too many breaks the order, and then nothing is
// proven;
// - an answer that came after such a text counts only if the whole part came to its end in order.
class OrderedPart {
 public:
  // Keeps a reference to the first two. `announced` is not empty unless `accounts` is.
  OrderedPart(const RunOutput& run, const std::vector<std::string>& accounts, std::vector<AnnouncedAccounts> announced);
  virtual ~OrderedPart() = default;
  OrderedPart(const OrderedPart&) = delete;
  OrderedPart& operator=(const OrderedPart&) = delete;

  virtual void read(std::string_view line) = 0;

  // After the last line. `whole`: the run ended by itself and no line is missing; else `unfinished` says why what has
  // no answer is in doubt.
  void finish(bool whole, std::string_view unfinished);

  bool complete() const { return complete_; }
  const std::vector<Answer>& answers(std::size_t symbol) const { return answers_[symbol]; }

 protected:
  enum class Phase { orders, closed, died };

  virtual bool in_order() const { return phase_ != Phase::orders; }  // no line is missing at the end
  virtual void settled() {}

  void read_announcement(std::string_view line, std::string_view name);
  // Where the CLI announces no group: the one that comes next, tickers by their names. Whether there is one.
  bool open_next_group();
  void settle(ExecutionStatus status, std::string_view reason, std::string message, std::string evidence);
  void lose(std::string_view reason = "unreadable") {
    if (lost_.empty()) lost_ = reason;
  }
  bool as_asked(const OrderWords& words) const;
  bool none_expected() const { return !symbol_ || next_ == log_ins_[log_in_].end; }
  bool symbol_is_over() const { return !symbol_ || next_ == accounts_.size(); }
  // Whose answer comes next, and its log-in's number; only if one is expected.
  const std::string& expected_account() const { return accounts_[next_]; }
  std::string expected_log_in() const { return std::to_string(log_ins_[log_in_].log_in); }
  const std::vector<std::string>& accounts() const { return accounts_; }
  void foreign_text() { seen_text_ = true; }

  const RunOutput& run_;
  Phase phase_ = Phase::orders;
  std::optional<std::size_t> symbol_;  // whose group is open
  std::size_t answered_ = 0;           // so far
  bool text_ = false;                  // foreign lines may stand here
  std::string_view lost_;              // why the lines are out of order; then nothing is proven

 private:
  bool open_group(std::string_view ticker);

  const std::vector<std::string>& accounts_;  // of all log-ins
  const std::vector<AnnouncedAccounts> log_ins_;
  std::vector<std::vector<Answer>> answers_;  // by symbol, then sub-account
  std::vector<std::vector<bool>> tainted_;    // came after a foreign text
  std::vector<bool> announced_;               // by symbol
  std::size_t log_in_ = 0;                    // for whom the group is open, an index
  std::size_t next_ = 0;                      // sub-account whose answer comes next
  bool seen_text_ = false;                    // foreign lines may have stood before
  bool complete_ = false;
};

}  // namespace tradeauto::autorsa_output
