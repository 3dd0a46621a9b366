#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "executors/paper/run_memory.h"

namespace tradeauto {

// The lines of runs.jsonl.
struct RunLine {
  PaperRun run;
};
struct ForgetLine {
  ChildOrderId child_order;
};
struct FaultLine {  // of the account's credentials
  AccountRef account;
  Fault fault;
};
struct UsedLine {  // of the account's entry in faults.json
  AccountRef account;
  std::string version;
  int times = 0;
};
using MemoryLine = std::variant<RunLine, ForgetLine, FaultLine, UsedLine>;

// Without a newline.
std::string to_line(const MemoryLine& line);
Result<MemoryLine> parse_memory_line(std::string_view text);

}  // namespace tradeauto
