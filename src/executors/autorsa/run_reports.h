#pragma once

#include <vector>

#include "autorsa_output/run_output.h"
#include "executors/process/child_run.h"

namespace tradeauto {

// The run as the parser wants it. `trusted_version`: the CLI that ran is the one that is understood.
RunOutput run_output(const TransactionTask& task, ChildResult result, bool trusted_version, Timestamp at);

// What the run came to, a complete report for each child order of the task. Pure.
std::vector<ChildOrderReport> reports_of(const TransactionTask& task, const ChildResult& result, bool trusted_version,
                                         Timestamp at);

// How a run ended that was not let end by itself, for people; empty for one that ended by itself.
std::string cut_short(const ChildResult& result);

}  // namespace tradeauto
