#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/verdict.h"

namespace tradeauto::autorsa_output {

// The sub-accounts that one announcement ("Tradier 2: ...") opens: of all, those up to `end` that no earlier one has.
struct AnnouncedAccounts {
  std::size_t log_in = 1;  // counted from 1
  std::size_t end = 0;
};

// Reads the lines after Tradier's bar, one by one, as the known version prints them and in no other way: for each
// symbol and log-in an announcement, then one answer for each sub-account in the order of the log-in's listing.
//
// Texts of the broker and of libraries stand between, may have lines of their own, and print each line twice. So:
// - what looks like a line of the CLI is never taken for text: a line too many breaks the order, and then nothing is
// proven;
// - an answer that came after such a text counts only if the whole part came to its end in order.
class TradierPart {
 public:
  // Keeps a reference to the first two. `announced` is not empty unless `accounts` is.
  TradierPart(const RunOutput& run, const std::vector<std::string>& accounts, std::vector<AnnouncedAccounts> announced);

  void read(std::string_view line);

  // After the last line. `whole`: the run ended by itself and no line is missing; else `unfinished` says why what has
  // no answer is in doubt.
  void finish(bool whole, std::string_view unfinished);

  bool complete() const { return complete_; }
  const std::vector<Answer>& answers(std::size_t symbol) const { return answers_[symbol]; }

 private:
  enum class Phase { orders, closed, died };
  // A request that failed: between "Error making request" and the answer's line.
  struct Failure {
    std::string_view first_line;
    std::vector<std::string_view> responses;
  };
  // "JSON response: {" of a refused order, up to its "}".
  struct Json {
    std::string text;
    bool errors = false;
    bool order = false;
  };

  void read_announcement(std::string_view line);
  bool open_group(std::string_view ticker);
  void read_failure(std::string_view line);
  void read_broker_error(std::string_view line);
  void read_json(std::string_view line);
  void read_answer(std::string_view line);
  void read_order_answer(std::string_view line, std::string_view rest);
  void read_error_answer(std::string_view line, std::string_view error);
  void settle_failure(std::string_view line);
  void settle(ExecutionStatus status, std::string_view reason, std::string message, std::string evidence);
  void lose(std::string_view reason = "unreadable") {
    if (lost_.empty()) lost_ = reason;
  }
  bool as_asked(std::optional<Side> side, std::optional<Decimal> quantity, std::string_view ticker) const;
  bool none_expected() const { return !symbol_ || next_ == log_ins_[log_in_].end; }
  bool symbol_is_over() const { return !failure_ && (!symbol_ || next_ == accounts_.size()); }

  const RunOutput& run_;
  const std::vector<std::string>& accounts_;  // of all log-ins
  const std::vector<AnnouncedAccounts> log_ins_;
  std::vector<std::vector<Answer>> answers_;  // by symbol, then sub-account
  std::vector<std::vector<bool>> tainted_;    // came after a foreign text
  std::vector<bool> announced_;               // by symbol
  Phase phase_ = Phase::orders;
  std::optional<std::size_t> symbol_;  // whose group is open
  std::size_t log_in_ = 0;             // and for whom, an index
  std::size_t next_ = 0;               // sub-account whose answer comes next
  std::size_t settled_ = 0;            // answers so far
  std::optional<Failure> failure_;
  std::optional<Json> json_;
  bool text_ = false;       // foreign lines may stand here
  bool seen_text_ = false;  // they may have stood before
  bool no_answer_ = false;  // the last answer was that there was none
  std::string_view lost_;   // why the lines are out of order; then nothing is proven
  bool complete_ = false;
};

}  // namespace tradeauto::autorsa_output
