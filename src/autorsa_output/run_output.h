#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/task.h"

namespace tradeauto {

// One run of the AutoRSA CLI for one log-in, as its pipes gave it. Untrusted: the texts hold whatever a broker
// answered.
struct RunOutput {
  Brokerage brokerage = Brokerage::tradier;
  Side side = Side::buy;
  Quantity quantity;
  std::vector<Symbol> symbols;  // of the order, in any order
  bool dry_run = false;
  std::string out;  // stdout, kept apart from
  std::string err;  // stderr
  // Nothing: it was killed, or nobody knows how it ended. 0 only if it is known to have ended by itself.
  std::optional<int> exit_code;
  // We stopped keeping output at a limit, or do not know that we have all of it: a line may be missing.
  bool truncated = false;
  bool trusted_version = true;  // the CLI is 2.2.0; else every live verdict is in doubt
  // PYTHONUNBUFFERED=1 was set and the pipe read to its end: that a killed run printed nothing at all proves that it
  // had not begun. Without it only what stands in the text proves something.
  bool unbuffered = false;
  Timestamp at;  // stamped on the execution reports
};

// What one symbol's child order came to. `status` is final for the run: in_doubt unless the text proves something else.
// If `executions` is not empty, `status` is derive_status(executions).
struct SymbolVerdict {
  Symbol symbol;
  ChildOrderStatus status = ChildOrderStatus::in_doubt;
  std::string reason;  // machine word, for denied and in_doubt only (README.md lists them)
  std::string detail;  // the same for people
  // One for each sub-account that the log-in listed, in its order; at tastytrade, which lists none, for each that has a
  // line.
  std::vector<ExecutionReport> executions;
};

// The verdict for each symbol, in the order of `run.symbols`. Pure. By the tables of the CLI's contract: Tradier,
// Public, Fennel, tastytrade, Webull, Robinhood and Firstrade by their exact rows, the others by what proves nothing
// sent. Never says rejected, denied or submitted without proof in the text; a line that does not match its whole
// pattern proves nothing. Full account numbers are masked in message and evidence, which are valid UTF-8 whatever the
// CLI printed.
std::vector<SymbolVerdict> read_run(const RunOutput& run);

// One log-in of a run that traded all that the CLI was given.
struct SharedLogIn {
  Brokerage brokerage = Brokerage::tradier;
  bool placed = true;  // false: nobody knows which of the brokerage's log-ins it is for the CLI
};

// The same for a run of several log-ins, perhaps of several brokerages: the verdicts of each of `log_ins`, which are
// all that the CLI had, those of one brokerage in the order in which it had them. `run.brokerage` is not read. Only a
// run of the known version that ended by itself with nothing missing tells them apart; then what is unreadable or
// unproven of one brokerage leaves the others as they are.
std::vector<std::vector<SymbolVerdict>> read_shared_run(const RunOutput& run, const std::vector<SharedLogIn>& log_ins);

// What `holdings <brokerage>` printed. `complete` only if the run ended well, no error line stands in it, every line
// was understood and the brokerage's "No holdings" can be believed. Where it is false, `message` says why.
HoldingsReport read_holdings(const AccountRef& account, const RunOutput& run);

// Does a line of the whole text say that the brokerage's log-in failed? A reason for people; no proof that nothing was
// sent.
bool log_in_failed(const RunOutput& run);

// Is the log-in under way or over, as far as the text so far tells? While it is not, nothing has been sent, and a kill
// proves it.
bool logged_in(std::string_view out_so_far);

}  // namespace tradeauto
