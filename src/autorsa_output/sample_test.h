#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "autorsa_output/run_output.h"

namespace tradeauto {

// What the stand-in of a broker really decided for one sub-account and symbol (tests/data/autorsa/index.md).
struct Truth {
  std::string account;  // full number, or its last three digits
  Side side = Side::buy;
  Quantity quantity;
  Symbol symbol;
  bool accepted = false;  // else the broker refused it
};

// One captured run of the real CLI.
struct Sample {
  std::string name;
  bool holdings = false;
  std::string environment;  // its variables: "TRADIER=token-1,bad-2; FENNEL=bad"
  RunOutput run;
  std::vector<Truth> truth;
};

std::ostream& operator<<(std::ostream& out, const Sample& sample);

// All that have an output file; a second run in the same folder is a sample of its own.
const std::vector<Sample>& all_samples();
const Sample& sample(const std::string& name);

// A sample of a run for several log-ins: these, each with what was decided of it.
struct SharedSample {
  const Sample* sample = nullptr;
  std::vector<SharedLogIn> log_ins;
  std::vector<std::vector<Truth>> truth;
};
const std::vector<SharedSample>& shared_samples();

// contradiction() and broken_promise() for each log-in.
std::string shared_contradiction(const SharedSample& shared, const std::vector<std::vector<SymbolVerdict>>& verdicts);
std::string broken_shared_promise(const RunOutput& run, const std::vector<SharedLogIn>& log_ins,
                                  const std::vector<std::vector<SymbolVerdict>>& verdicts);
// The shapes, a log-in a line.
std::string shared_shape(const std::vector<std::vector<SymbolVerdict>>& verdicts);

RunOutput with_text(RunOutput run, std::string out);

// A live run at Tradier that bought 1 AAPL and ended well, with `part` between the bar and the closing line. Whole
// lines.
RunOutput tradier_run(const std::string& part, const std::vector<std::string>& accounts = {"xxxxxx3001", "xxxxxx3002"});
// The same without what follows `part`.
RunOutput cut_tradier_run(const std::string& part,
                          const std::vector<std::string>& accounts = {"xxxxxx3001", "xxxxxx3002"});

// Tradier's refusal of a request for `number`, as the CLI prints it before the sub-account's own line.
std::string tradier_failure(const std::string& number, const std::string& code, const std::string& text);

// The text up to its n-th line, for each n, and each of these without its last newline.
std::vector<std::string> prefixes(const std::string& text);

// Empty, or how a verdict says something that is not so. What is in doubt is never wrong.
std::string contradiction(const std::vector<SymbolVerdict>& verdicts, const std::vector<Truth>& truth);

// Empty, or how a verdict breaks the promises of the door (derived status, masks, one verdict for each symbol).
std::string broken_promise(const RunOutput& run, const std::vector<SymbolVerdict>& verdicts);

// "AAPL submitted: xxxxxx3001 submitted, xxxxxx3002 in_doubt", with the reason in brackets; a verdict a line.
std::string shape(const std::vector<SymbolVerdict>& verdicts);

}  // namespace tradeauto
