#include "autorsa_output/tastytrade.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "autorsa_output/line_match.h"
#include "autorsa_output/redact.h"

namespace tradeauto::autorsa_output {
namespace {

constexpr std::string_view kLogIn = "Tastytrade 1";  // there is one

// The broker's words for an order that it has looked at and refused.
constexpr std::array<std::string_view, 3> kRefusals{"margin_check_failed", "preflight_check_failure",
                                                    "validation_error"};

struct Group {
  std::vector<std::string> accounts;
  std::vector<Answer> answers;
};

class Reader {
 public:
  explicit Reader(const RunOutput& run) : run_(run), groups_(run.symbols.size()) {}

  // Whether the line may stand there.
  bool read(std::string_view line) {
    OrderWords words;
    LineMatch announced(line);
    if (announced.literal(kLogIn).literal(": ").announcement(&words).matched()) return open(words);
    if (!symbol_) return false;
    std::string_view account;
    std::string_view rest;
    LineMatch own(line);
    if (own.literal(kLogIn).literal(" ").account(&account).literal(": ").anything(&rest).matched()) {
      return read_answer(account, rest, line);
    }
    return text_ && !line.starts_with("Tastytrade ") && !line.starts_with("Error with ");
  }

  const std::vector<Group>& groups() const { return groups_; }

 private:
  bool open(const OrderWords& words) {
    const auto symbol = std::ranges::find(run_.symbols, words.ticker, &Symbol::str);
    if (symbol == run_.symbols.end() || words.side != run_.side || words.quantity != run_.quantity.decimal()) {
      return false;
    }
    symbol_ = static_cast<std::size_t>(symbol - run_.symbols.begin());
    return groups_[*symbol_].accounts.empty();
  }

  bool read_answer(std::string_view account, std::string_view rest, std::string_view line) {
    OrderWords words;
    std::string_view status;
    std::string_view text;
    LineMatch taken(rest);
    taken.order(&words).literal(" Order: ").digits().literal(" Status: ").word(&status);
    Answer answer{.status = ExecutionStatus::in_doubt,
                  .reason = "unproven",
                  .message = {},
                  .evidence = std::string(line.substr(0, kMaxEvidence))};
    if (taken.matched()) {
      if (words.side != run_.side || words.quantity != run_.quantity.decimal() ||
          words.ticker != run_.symbols[*symbol_].str() || (status != "Received" && status != "Routed")) {
        return false;
      }
      if (!text_) answer.status = ExecutionStatus::submitted;
      if (!text_) answer.message = "tastytrade took the order";
    } else if (LineMatch(rest).literal("Error placing order: ").anything(&text).matched()) {
      const auto code = text.substr(0, std::min(text.find(": "), text.size()));
      const bool refused = code.size() < text.size() && std::ranges::find(kRefusals, code) != kRefusals.end();
      // What stands after a text may be of it.
      if (refused && !text_) answer.status = ExecutionStatus::rejected;
      if (!refused) answer.reason = "broker_error";
      answer.message = text.substr(0, kMaxMessage);
      text_ = true;
    } else {
      return false;
    }
    groups_[*symbol_].accounts.push_back(masked(account));
    groups_[*symbol_].answers.push_back(std::move(answer));
    return true;
  }

  const RunOutput& run_;
  std::vector<Group> groups_;  // by symbol
  std::optional<std::size_t> symbol_;
  bool text_ = false;
};

}  // namespace

std::optional<std::vector<SymbolVerdict>> read_tastytrade(const RunOutput& run, const RunText& text) {
  const auto section = find_section(text, Brokerage::tastytrade);
  if (!section || !section->closed || run.truncated || run.exit_code != 0) return std::nullopt;
  Reader reader(run);
  for (std::size_t i = section->begin; i < section->end; ++i) {
    if (!reader.read(text.lines[i])) return std::nullopt;
  }
  std::vector<SymbolVerdict> verdicts;
  for (std::size_t i = 0; i < run.symbols.size(); ++i) {
    Group group = reader.groups()[i];
    if (group.answers.empty()) return std::nullopt;
    if (std::ranges::all_of(group.answers, [](const Answer& a) { return a.status == ExecutionStatus::rejected; })) {
      for (Answer& answer : group.answers) {
        answer.status = ExecutionStatus::in_doubt;
        answer.reason = "unlisted";
      }
    }
    verdicts.push_back(verdict_of(run, run.symbols[i], group.accounts, group.answers));
  }
  return verdicts;
}

}  // namespace tradeauto::autorsa_output
