#include "autorsa_output/firstrade.h"

#include <optional>
#include <string>
#include <string_view>

#include "autorsa_output/line_match.h"
#include "autorsa_output/ordered_part.h"
#include "autorsa_output/strict.h"

namespace tradeauto::autorsa_output {
namespace {

constexpr std::string_view kDry = "Running in DRY mode. No transactions will be made.";
constexpr std::string_view kMessages = " order verification produced the following messages: ";

// A dictionary as Python prints it over some lines: keys of the outermost one stand one column in, those of its
// "result" twelve, and a text's line breaks are written as \n. So no text can look like a key of these two.
class PrintedAnswer {
 public:
  // Whether the line belongs to it.
  bool takes(std::string_view line) {
    if (!line.starts_with(begun_ ? ' ' : '{')) return false;
    if (text_.size() < kMaxEvidence / 2) text_ += std::string(line.substr(0, kMaxEvidence / 4)) + '\n';
    begun_ = true;
    constexpr std::string_view kResult = "'result': {";
    std::string_view key = line.substr(1);
    if (key.starts_with('\'')) {
      in_result_ = key.starts_with(kResult);
      if (in_result_) find_id(key.substr(kResult.size()));
      return true;
    }
    const auto indent = key.find_first_not_of(' ');
    if (in_result_ && indent == kResult.size()) find_id(key.substr(indent));
    return true;
  }

  bool begun() const { return begun_; }
  bool has_order_id() const { return has_id_; }
  const std::string& text() const { return text_; }

 private:
  void find_id(std::string_view key) {
    LineMatch match(key);
    std::string_view rest;
    match.literal("'order_id': '").word().literal("'").anything(&rest);
    if (match.matched() && (rest.starts_with(',') || rest.starts_with('}'))) has_id_ = true;
  }

  std::string text_;
  bool begun_ = false;
  bool in_result_ = false;
  bool has_id_ = false;
};

// For each symbol and sub-account an announcement, the answer as a dictionary, then what the CLI makes of it. An
// error before the announcement is one of the quote: no order has been sent then.
class FirstradePart final : public OrderedPart {
 public:
  using OrderedPart::OrderedPart;

  void read(std::string_view line) override;

 private:
  enum class Step { idle, announced, answer, answered, refused };

  bool in_order() const override { return phase_ == Phase::closed; }
  void settled() override {
    step_ = Step::idle;
    dance_ = false;
    rehearsed_ = false;
    answer_ = {};
  }

  bool begin() { return !none_expected() || open_next_group(); }
  void read_own(std::string_view line);
  void read_announcement_line(std::string_view side, std::string_view quantity_and_more);
  void read_error(std::string_view line, std::string_view text);
  void read_result(std::string_view line, std::string_view result);
  void read_dance_result(std::string_view line, std::string_view result);
  void succeed(std::string_view line);
  void refuse(std::string_view line, std::string_view text);
  void doubt(std::string_view reason, std::string_view line) {
    settle(ExecutionStatus::in_doubt, reason, "", evidence(line));
  }
  std::string evidence(std::string_view line) const {
    return answer_.text() + std::string(line.substr(0, kMaxEvidence / 2));
  }

  Step step_ = Step::idle;
  bool dance_ = false;
  bool rehearsed_ = false;  // the CLI said so of this sub-account
  PrintedAnswer answer_;
};

void FirstradePart::read(std::string_view line) {
  if (!lost_.empty()) return;
  if (phase_ == Phase::closed) {
    if (line != kLastLine) lose();
    return;
  }
  if (is_closing(line, Brokerage::firstrade)) {
    if (step_ != Step::idle || rehearsed_ || !symbol_is_over()) return lose();
    phase_ = Phase::closed;
    return;
  }
  if (line == kLastLine || line.starts_with("Error with ")) return lose();
  if (line == kDry) {
    if (!run_.dry_run || step_ != Step::idle || rehearsed_) return lose("dry_mismatch");
    rehearsed_ = true;
    text_ = false;
    return;
  }
  if (line.starts_with("Firstrade ")) return read_own(line);
  if (step_ == Step::answer && answer_.takes(line)) return;
  std::string_view which;
  if (LineMatch(line).literal("The").until(kMessages, &which).literal(kMessages).matched() ||
      line == "The" + std::string(kMessages)) {
    if (step_ != Step::announced && !(dance_ && step_ == Step::answered)) return lose();
    step_ = Step::answer;
    return;
  }
  if (line.starts_with("Buying ")) {
    if (step_ != Step::announced) return lose();
    dance_ = true;
    return;
  }
  if (!text_) return lose();
}

// "Firstrade 1 buying 1.0 AAPL @ market", "Firstrade 1 account xxxx5001: ...", "Firstrade 1 xxxx5001: Error ..."
void FirstradePart::read_own(std::string_view line) {
  if (!begin()) return lose();
  LineMatch match(line);
  std::string_view rest;
  if (!match.literal("Firstrade ").literal(expected_log_in()).literal(" ").anything(&rest).matched()) return lose();
  for (const std::string_view side : {std::string_view("buying "), std::string_view("selling ")}) {
    if (rest.starts_with(side)) return read_announcement_line(side, rest.substr(side.size()));
  }
  std::string_view text;
  LineMatch error(rest);
  if (error.literal(expected_account()).literal(": Error submitting order: ").anything(&text).matched()) {
    return read_error(line, text);
  }
  LineMatch result(rest);
  if (result.literal("account ").literal(expected_account()).literal(": The ").anything(&text).matched()) {
    return dance_ ? read_dance_result(line, text) : read_result(line, text);
  }
  lose();
}

void FirstradePart::read_announcement_line(std::string_view side, std::string_view rest) {
  OrderWords words;
  words.side = side.starts_with('b') ? Side::buy : Side::sell;
  std::string_view kind;
  LineMatch match(rest);
  match.number(&words.quantity).literal(" ").ticker(&words.ticker).literal(" @ ").word(&kind);
  if (step_ != Step::idle || !match.matched() || (kind != "market" && kind != "limit")) return lose();
  if (rehearsed_ != run_.dry_run) return lose("dry_mismatch");
  if (!as_asked(words)) return lose("mismatch");
  step_ = Step::announced;
  text_ = false;
}

void FirstradePart::read_error(std::string_view line, std::string_view text) {
  const std::string message(text.substr(0, kMaxMessage));
  if (dance_) {
    doubt("dance", line);
  } else if (step_ == Step::idle) {
    settle(ExecutionStatus::not_sent, "not_sent", message, evidence(line));
  } else {
    settle(ExecutionStatus::in_doubt, "broker_error", message, evidence(line));
  }
  text_ = true;
  foreign_text();
}

void FirstradePart::read_result(std::string_view line, std::string_view result) {
  if (step_ == Step::answer && answer_.begun() && result == "order verification was successful") return succeed(line);
  if (step_ == Step::answer && answer_.begun() && result == "sell order verification was unsuccessful") {
    step_ = Step::refused;
    return;
  }
  constexpr std::string_view kSaid = "order verification produced the following messages: ";
  if (step_ == Step::refused && result.starts_with(kSaid)) return refuse(line, result.substr(kSaid.size()));
  lose();
}

// Two orders: whatever they came to, the sub-account does not hold what was asked for.
void FirstradePart::read_dance_result(std::string_view line, std::string_view result) {
  if (result == "sell order verification was successful") return doubt("dance", line);
  if (result == "buy order verification was successful") {
    step_ = Step::answered;
    answer_ = {};
    return;
  }
  const bool known = result == "sell order verification was unsuccessful" ||
                     result.starts_with("order verification produced the following messages: ");
  if (!known) lose();
}

void FirstradePart::succeed(std::string_view line) {
  if (run_.dry_run) return settle(ExecutionStatus::dry_run, "", "", evidence(line));
  // The same is printed for a preview that failed without an error's text.
  if (!answer_.has_order_id()) return doubt("broker_error", line);
  settle(ExecutionStatus::submitted, "", "Firstrade took the order", evidence(line));
}

void FirstradePart::refuse(std::string_view line, std::string_view text) {
  const std::string message(text.substr(0, kMaxMessage));
  if (answer_.has_order_id()) return doubt("broker_error", line);
  settle(run_.dry_run ? ExecutionStatus::not_sent : ExecutionStatus::rejected, "not_sent", message, evidence(line));
}

}  // namespace

std::vector<SymbolVerdict> read_firstrade(const RunOutput& run, const RunText& text, const AccountListing& listing) {
  return read_strictly(run, text, listing,
                       [&](const std::vector<std::string>& accounts, std::vector<AnnouncedAccounts> announced) {
                         return std::make_unique<FirstradePart>(run, accounts, std::move(announced));
                       });
}

}  // namespace tradeauto::autorsa_output
