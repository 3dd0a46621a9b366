#include "autorsa_output/sample_test.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "autorsa_output/line_match.h"
#include "autorsa_output/run_text.h"
#include "domain/child_order.h"

namespace tradeauto {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(TRADEAUTO_TEST_DATA) / "autorsa";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const auto end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + separator.size();
  }
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

Quantity quantity_of(const std::string& text) {
  const auto value = autorsa_output::parse_python_number(text);
  return Quantity(value.value_or(Decimal::from_int(1)));
}

void read_arguments(const std::string& arguments, Sample& sample) {
  std::vector<std::string> words = words_of(arguments);
  RunOutput& run = sample.run;
  sample.holdings = !words.empty() && words.front() == "holdings";
  if (words.size() < 2) return;
  std::string brokers = sample.holdings ? words[1] : words[3];
  if (words.size() > 5 && words[4] == "not") brokers = brokers.substr(brokers.find(',') + 1);
  for (const BrokerageInfo& info : all_brokerages()) {
    if (autorsa_output::plain_name(info.name) == split(brokers, ",").front()) run.brokerage = info.brokerage;
  }
  if (sample.holdings) return;
  run.side = words[0] == "sell" ? Side::sell : Side::buy;
  run.quantity = quantity_of(words[1]);
  run.dry_run = words.back() != "false";
  for (const std::string& ticker : split(words[2], ",")) {
    const Symbol symbol = *parse_symbol(ticker);
    if (std::ranges::find(run.symbols, symbol) == run.symbols.end()) run.symbols.push_back(symbol);
  }
}

// "VA17773001 buy 1 AAPL market accepted", "001 buy 1 accepted (one request)", "002 never sent"
void read_truth(const std::string& text, Sample& sample) {
  for (const std::string& part : split(text, "; ")) {
    const std::vector<std::string> words = words_of(part);
    const bool accepted = part.find("accepted") != std::string::npos;
    if (!accepted && part.find(" rejected") == std::string::npos) continue;
    Truth truth;
    truth.account = words[0];
    truth.side = words[1] == "sell" ? Side::sell : Side::buy;
    // A side that is no word of ours is written as two: "(empty side)".
    const std::size_t at = words[1] == "(empty" ? 3 : 2;
    truth.quantity = quantity_of(words[at]);
    truth.symbol = words.size() > at + 2 && words[at + 1] != "accepted" ? Symbol(words[at + 1]) : Symbol("AAPL");
    truth.accepted = accepted;
    sample.truth.push_back(truth);
  }
}

std::vector<Sample> read_samples() {
  std::vector<Sample> samples;
  std::istringstream index(read_file(kFolder / "index.md"));
  for (std::string line; std::getline(index, line);) {
    const std::vector<std::string> cells = split(line, " | ");
    if (cells.size() != 6 || cells[0].starts_with("| case")) continue;
    Sample sample;
    sample.name = cells[0].substr(2);
    sample.environment = cells[3];
    read_arguments(cells[1].substr(1, cells[1].size() - 2), sample);
    if (cells[4] != "killed") sample.run.exit_code = std::stoi(cells[4]);
    read_truth(cells[5], sample);
    sample.run.out = read_file(kFolder / (sample.name + ".txt"));
    sample.run.err = read_file(kFolder / (sample.name + ".stderr.txt"));
    sample.run.unbuffered = cells[3].find("PYTHONUNBUFFERED=1") != std::string::npos;
    samples.push_back(sample);
    const auto second = kFolder / (sample.name + ".run2.txt");
    if (!std::filesystem::exists(second)) continue;
    sample.name += ".run2";
    sample.run.out = read_file(second);
    samples.push_back(sample);
  }
  return samples;
}

// "xxxx3001" is "VA17773001" and "001"; Fennel's "Account 1" is the one whose number ends in 001.
bool is_account(const std::string& shown, const std::string& number) {
  const std::string digits = shown.starts_with("Account ") ? "00" + shown.substr(8) : shown;
  const std::size_t length = std::min<std::size_t>({4, digits.size(), number.size()});
  return digits.substr(digits.size() - length) == number.substr(number.size() - length);
}

std::string contradiction_of(const ExecutionReport& report, const Symbol& symbol, const std::vector<Truth>& truth) {
  int accepted = 0;
  int refused = 0;
  bool as_told = true;
  for (const Truth& fact : truth) {
    if (fact.symbol != symbol || !is_account(report.sub_account, fact.account)) continue;
    ++(fact.accepted ? accepted : refused);
    as_told = as_told && fact.quantity == report.quantity;
  }
  bool right = true;
  switch (report.status) {
    case ExecutionStatus::submitted:
    case ExecutionStatus::filled: right = accepted == 1 && refused == 0 && as_told; break;
    // A refusal in the gateway (401, 429) never reaches the stand-in's book.
    case ExecutionStatus::rejected: right = accepted == 0; break;
    case ExecutionStatus::not_sent:
    case ExecutionStatus::dry_run: right = accepted == 0 && refused == 0; break;
    case ExecutionStatus::closed: right = false; break;
    case ExecutionStatus::in_doubt: break;
  }
  if (right) return {};
  return fmt::format("{} {} is said to be {}; accepted {}, refused {}", symbol.str(), report.sub_account,
                     to_string(report.status), accepted, refused);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Sample& sample) { return out << sample.name; }

const std::vector<Sample>& all_samples() {
  static const std::vector<Sample> kSamples = read_samples();
  return kSamples;
}

const Sample& sample(const std::string& name) {
  const auto found = std::ranges::find(all_samples(), name, &Sample::name);
  EXPECT_NE(found, all_samples().end()) << name;
  return found == all_samples().end() ? all_samples().front() : *found;
}

RunOutput with_text(RunOutput run, std::string out) {
  run.out = std::move(out);
  return run;
}

RunOutput cut_tradier_run(const std::string& part, const std::vector<std::string>& accounts) {
  RunOutput run;
  run.quantity = Quantity(Decimal::from_int(1));
  run.symbols = {Symbol("AAPL")};
  run.out =
      "Python version: 3.12.1\nRSA Version: 2.2.0\n\nAction: buy\nAmount: 1.0\nDRY: False\n\n"
      "If correct, press enter to continue...\nLogging in to Tradier...\n";
  run.out += fmt::format("Tradier accounts found: {}\n", accounts.size());
  for (const std::string& account : accounts) run.out += account + "\n";
  const std::string bar(30, '=');
  run.out += "Logged in to Tradier!\n\n\n" + bar + "\nTradier\n" + bar + "\n\n" + part;
  return run;
}

RunOutput tradier_run(const std::string& part, const std::vector<std::string>& accounts) {
  RunOutput run = cut_tradier_run(part, accounts);
  run.out += "All Tradier transactions complete\n\nAll commands complete in all brokers\n";
  run.exit_code = 0;
  return run;
}

std::string tradier_failure(const std::string& number, const std::string& code, const std::string& text) {
  const std::string request = "Error making request to Tradier API /accounts/" + number + "/orders: ";
  return request + request + text + "\nResponse: <Response [" + code +
         "]>\nTraceback (most recent call last):\n  File \"tradier_api.py\", line 50, in make_request\nException: " +
         request + text + "\n\n";
}

std::vector<std::string> prefixes(const std::string& text) {
  std::vector<std::string> all{""};
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    all.push_back(text.substr(0, at));
    all.push_back(text.substr(0, at + 1));
  }
  return all;
}

std::string contradiction(const std::vector<SymbolVerdict>& verdicts, const std::vector<Truth>& truth) {
  for (const SymbolVerdict& verdict : verdicts) {
    for (const ExecutionReport& report : verdict.executions) {
      if (auto wrong = contradiction_of(report, verdict.symbol, truth); !wrong.empty()) return wrong;
    }
    if (verdict.status == ChildOrderStatus::in_doubt) continue;
    for (const Truth& fact : truth) {
      const auto known = [&](const ExecutionReport& report) { return is_account(report.sub_account, fact.account); };
      if (fact.symbol != verdict.symbol || std::ranges::any_of(verdict.executions, known)) continue;
      return fmt::format("{} is said to be {}, and {} has an order", verdict.symbol.str(), to_string(verdict.status),
                         fact.account);
    }
  }
  return {};
}

std::string broken_promise(const RunOutput& run, const std::vector<SymbolVerdict>& verdicts) {
  if (verdicts.size() != run.symbols.size()) return "not one verdict for each symbol";
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const SymbolVerdict& verdict = verdicts[i];
    if (verdict.symbol != run.symbols[i]) return "not in the order's own order";
    const bool wants = verdict.status == ChildOrderStatus::denied || verdict.status == ChildOrderStatus::in_doubt;
    if (wants == verdict.reason.empty() || wants == verdict.detail.empty()) return "reason of " + shape(verdicts);
    if (verdict.executions.empty()) continue;
    const auto derived = derive_status(verdict.executions);
    if (!derived || *derived != verdict.status) return "status is not derived: " + shape(verdicts);
    for (const ExecutionReport& report : verdict.executions) {
      if (report.quantity != run.quantity || report.at != run.at) return "quantity or time";
      if (report.status == ExecutionStatus::submitted && report.evidence.empty()) return "no evidence";
    }
  }
  return {};
}

std::string shape(const std::vector<SymbolVerdict>& verdicts) {
  std::string text;
  for (const SymbolVerdict& verdict : verdicts) {
    if (!text.empty()) text += '\n';
    text += fmt::format("{} {}", verdict.symbol.str(), to_string(verdict.status));
    if (!verdict.reason.empty()) text += fmt::format(" [{}]", verdict.reason);
    std::string_view separator = ": ";
    for (const ExecutionReport& report : verdict.executions) {
      text += fmt::format("{}{} {}", separator, report.sub_account, to_string(report.status));
      separator = ", ";
    }
  }
  return text;
}

}  // namespace tradeauto
