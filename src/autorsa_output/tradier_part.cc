#include "autorsa_output/tradier_part.h"

#include <algorithm>
#include <array>

#include "autorsa_output/line_match.h"
#include "autorsa_output/run_text.h"

namespace tradeauto::autorsa_output {
namespace {

constexpr std::string_view kClosing = "All Tradier transactions complete";
constexpr std::string_view kAnswer = "Tradier account ";
constexpr std::string_view kRequest = "Error making request to Tradier API ";
constexpr std::string_view kNoResponse = "cannot access local variable 'response' ";
constexpr std::string_view kNoJson = "Error with tradier: cannot access local variable 'json_response' ";

// Our reading of the codes: with these Tradier has refused; with 200 or 5xx nobody knows.
constexpr std::array<std::string_view, 5> kRefusals{"400", "401", "403", "404", "429"};

std::string mask_of(std::string_view number) {
  if (number.size() <= 4) return std::string(number);
  return std::string(number.size() - 4, 'x') + std::string(number.substr(number.size() - 4));
}

// ".../accounts/VA17773001/orders: text" without its beginning, which the library puts there a second time.
std::string_view broker_text(std::string_view line) {
  for (int i = 0; i < 2 && line.starts_with(kRequest); ++i) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) break;
    line.remove_prefix(colon + 2);
  }
  return line;
}

std::string joined(std::string_view a, std::string_view b, std::string_view c = {}) {
  std::string text;
  for (const std::string_view line : {a, b, c}) {
    if (line.empty()) continue;
    if (!text.empty()) text += '\n';
    text += line.substr(0, kMaxEvidence / 3);
  }
  return text;
}

}  // namespace

void TradierPart::read(std::string_view line) {
  if (!lost_.empty()) return;
  if (json_) return read_json(line);
  if (phase_ == Phase::closed) {
    if (line != kLastLine) lose();
    return;
  }
  if (phase_ == Phase::died) {
    if (!line.starts_with("Self: ") && !line.starts_with(' ') && line != kLastLine) lose();
    return;
  }
  if (line == kClosing) {
    if (!failure_ && symbol_is_over()) {
      phase_ = Phase::closed;
    } else {
      lose();
    }
    return;
  }
  if (line.starts_with(kAnswer)) return read_answer(line);
  if (line.starts_with(kRequest)) return read_failure(line);
  if (line.starts_with("Error with ")) return read_broker_error(line);
  if (line.starts_with("Tradier ")) {
    if (failure_) return lose();
    no_answer_ = false;
    return read_announcement(line, "Tradier");
  }
  if (line == kLastLine) return lose();
  if (failure_ && line.starts_with("Response: ")) {
    failure_->responses.push_back(line);
    return;
  }
  if (!text_) lose();
}

void TradierPart::read_failure(std::string_view line) {
  std::string_view number;
  std::string_view path = line.substr(kRequest.size());
  constexpr std::string_view kAccounts = "/accounts/";
  constexpr std::string_view kOrders = "/orders: ";
  if (failure_ || none_expected() || !path.starts_with(kAccounts)) return lose();
  path.remove_prefix(kAccounts.size());
  const auto end = path.find(kOrders);
  if (end == std::string_view::npos || end > 64) return lose();
  number = path.substr(0, end);
  if (mask_of(number) != expected_account()) return lose();
  failure_ = Failure{.first_line = line, .responses = {}};
  text_ = true;
  foreign_text();
  no_answer_ = false;
}

// On the first sub-account of all the CLI has no earlier answer to print, and the brokerage's part dies of it.
void TradierPart::read_broker_error(std::string_view line) {
  if (!line.starts_with(kNoJson) || !no_answer_ || answered_ != 1) return lose();
  phase_ = Phase::died;
}

void TradierPart::read_json(std::string_view line) {
  if (json_->text.size() < kMaxEvidence) json_->text += '\n' + std::string(line.substr(0, kMaxEvidence));
  // Printed with an indent of two: deeper keys stand further in, and a string's newline is written as \n.
  if (line.starts_with("  \"errors\":")) json_->errors = true;
  if (line.starts_with("  \"order\":")) json_->order = true;
  if (line == "}") {
    const bool refused = json_->errors && !json_->order;
    std::string text = std::move(json_->text);
    json_.reset();
    settle(refused ? ExecutionStatus::rejected : ExecutionStatus::in_doubt, "broker_error",
           refused ? "the order did not route" : "", std::move(text));
    return;
  }
  if (!line.starts_with(' ')) lose();
}

void TradierPart::read_answer(std::string_view line) {
  std::string_view account;
  std::string_view rest;
  if (!LineMatch(line).literal(kAnswer).account(&account).anything(&rest).matched()) return lose();
  if (none_expected() || account != expected_account()) return lose();
  constexpr std::string_view kError = " Error: ";
  if (rest.starts_with(kError)) return read_error_answer(line, rest.substr(kError.size()));
  // An answer of the broker and a failed request exclude each other.
  if (failure_ || !rest.starts_with(": ")) return lose();
  read_order_answer(line, rest.substr(2));
}

void TradierPart::read_order_answer(std::string_view line, std::string_view rest) {
  OrderWords words;
  std::string_view status;
  const std::string evidence(line.substr(0, kMaxEvidence));
  const auto mismatch = [&] {
    settle(ExecutionStatus::in_doubt, "mismatch", std::string(sentence("mismatch")), evidence);
  };
  if (LineMatch(rest).literal("Running in DRY mode. Trasaction would've been: ").order(&words).matched()) {
    if (!as_asked(words)) return mismatch();
    if (!run_.dry_run) return settle(ExecutionStatus::in_doubt, "dry_mismatch", "", evidence);
    return settle(ExecutionStatus::dry_run, "", "", evidence);
  }
  if (!LineMatch(rest).order(&words).literal(": ").anything(&status).matched()) return lose();
  if (run_.dry_run) return settle(ExecutionStatus::in_doubt, "dry_mismatch", "", evidence);
  if (!as_asked(words)) {
    mismatch();
  } else if (status == "ok") {
    settle(ExecutionStatus::submitted, "", "Tradier took the order", evidence);
  } else {
    settle(ExecutionStatus::in_doubt, "unknown_status", "status " + std::string(status.substr(0, kMaxMessage)),
           evidence);
  }
  if (status != "ok") {
    text_ = true;
    foreign_text();
  }
}

void TradierPart::read_error_answer(std::string_view line, std::string_view error) {
  std::optional<Decimal> quantity;
  if (LineMatch(error).literal("Fractional share ").number(&quantity).literal(" not supported").matched()) {
    if (failure_) return lose();
    const std::string evidence(line.substr(0, kMaxEvidence));
    if (quantity != run_.quantity.decimal()) return settle(ExecutionStatus::in_doubt, "mismatch", "", evidence);
    return settle(ExecutionStatus::not_sent, "not_sent", "Tradier takes whole shares only", evidence);
  }
  if (error == "JSON response is None" || error.starts_with(kNoResponse)) {
    if (!failure_) return lose();
    return settle_failure(line);
  }
  if (failure_) return lose();
  if (error == "This order did not route. JSON response: {") {
    if (run_.dry_run) return settle(ExecutionStatus::in_doubt, "dry_mismatch", "", std::string(line));
    json_ = Json{.text = std::string(line), .errors = false, .order = false};
    return;
  }
  settle(ExecutionStatus::in_doubt, "broker_error", "", std::string(line.substr(0, kMaxEvidence)));
  text_ = true;
  foreign_text();
}

// The broker's text stands before and after the response's line, and may imitate it: only if all agree is the code
// known.
void TradierPart::settle_failure(std::string_view line) {
  const Failure failure = std::move(*failure_);
  failure_.reset();
  const std::string_view response = failure.responses.empty() ? std::string_view() : failure.responses.front();
  const bool agreed = std::ranges::all_of(failure.responses, [&](std::string_view other) { return other == response; });
  const std::string evidence = joined(failure.first_line, response, line);
  std::string message(broker_text(failure.first_line).substr(0, kMaxMessage * 2));
  const bool no_answer = !line.ends_with("JSON response is None");
  std::string_view code;
  const bool known = LineMatch(response).literal("Response: <Response [").digits(&code).literal("]>").matched();
  if (run_.dry_run) {
    settle(ExecutionStatus::in_doubt, "dry_mismatch", std::move(message), evidence);
  } else if (no_answer) {
    settle(ExecutionStatus::in_doubt, "no_answer", std::move(message), evidence);
    text_ = true;
    no_answer_ = true;
  } else if (known && agreed && std::ranges::find(kRefusals, code) != kRefusals.end()) {
    settle(ExecutionStatus::rejected, "", std::move(message), evidence);
  } else {
    settle(ExecutionStatus::in_doubt, "broker_error", std::move(message), evidence);
  }
}

}  // namespace tradeauto::autorsa_output
