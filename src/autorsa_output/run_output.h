#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/task.h"

namespace tradeauto {

// One run of the AutoRSA CLI for one log-in, as its pipes gave it. Untrusted: the texts hold whatever a broker answered.
struct RunOutput {
  Brokerage brokerage = Brokerage::tradier;
  Side side = Side::buy;
  Quantity quantity;
  std::vector<Symbol> symbols;  // of the order, in any order
  bool dry_run = false;
  std::string out;                     // stdout (with PYTHONUNBUFFERED=1), kept apart from
  std::string err;                     // stderr
  std::optional<int> exit_code;        // nothing: it was killed, or nobody knows how it ended
  bool truncated = false;              // we stopped keeping output at a limit: a line may be missing
  bool trusted_version = true;         // the CLI is 2.2.0; else every live verdict is in doubt
  Timestamp at;                        // stamped on the execution reports
};

// What one symbol's child order came to. `status` is final for the run: in_doubt unless the text proves something else.
struct SymbolVerdict {
  Symbol symbol;
  ChildOrderStatus status = ChildOrderStatus::in_doubt;
  std::string reason;  // machine word, for denied and in_doubt (login_failed, dance, no_line, run_not_finished, …)
  std::string detail;
  std::vector<ExecutionReport> executions;
};

// The verdict for each symbol, in the order of `run.symbols`. Pure. By the tables of the CLI's contract: Tradier by its exact rows,
// the other brokerages by their conservative rows. Never says rejected, denied or submitted without proof in the text; a line that
// does not match its whole pattern proves nothing. Full account numbers are masked in message and evidence.
std::vector<SymbolVerdict> read_run(const RunOutput& run);

// What `holdings <brokerage>` printed. `complete` only if the run ended well and no error line stands in it (autorsa.md, 3 and fact 6).
HoldingsReport read_holdings(const AccountRef& account, const RunOutput& run);

// Has the run passed the log-in, as far as the text so far tells? Before it a kill proves that nothing was sent.
bool logged_in(std::string_view out_so_far);

}  // namespace tradeauto
