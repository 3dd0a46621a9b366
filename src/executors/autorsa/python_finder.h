#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "executors/autorsa/tool_run.h"

namespace tradeauto {

struct FoundPython {
  std::filesystem::path path;
  std::string version;  // "3.12"
};

// Where a Python may be, the likely first: PATH, pyenv, nothing twice. Reads folders, runs nothing.
std::vector<std::string> python_candidates(const std::map<std::string, std::string>& environment);

// A Python that AutoRSA can run on: 3.12, else 3.13. Each candidate is executed, for a pyenv shim may exist and not
// run. `named` (AUTORSA_PYTHON), if not empty, is the only candidate; else those above, and what uv knows. Failure:
// unavailable (no_python) with what to do.
asio::awaitable<Result<FoundPython>> find_python(ToolRunner& tools, std::string named);

}  // namespace tradeauto
