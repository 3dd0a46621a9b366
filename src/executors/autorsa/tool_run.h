#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "executors/process/child_run.h"

namespace tradeauto {

// Runs helpers (Python, pip, uv) with the user's own environment: their proxy and index settings are needed.
class ToolRunner {
 public:
  // `clock` outlives the runner.
  ToolRunner(std::filesystem::path supervisor, std::map<std::string, std::string> environment, const Clock& clock)
      : supervisor_(std::move(supervisor)), environment_(std::move(environment)), clock_(clock) {}

  const std::map<std::string, std::string>& environment() const { return environment_; }
  const Clock& clock() const { return clock_; }

  // Failure: internal or unavailable with reason tool_failed: how it ended and the end of what it wrote. Else: its
  // stdout.
  asio::awaitable<Result<std::string>> run(std::vector<std::string> words, std::chrono::seconds time);

 private:
  const std::filesystem::path supervisor_;
  const std::map<std::string, std::string> environment_;
  const Clock& clock_;
  BlockingPool pool_{"tools", 1};
};

// User names and passwords in addresses ("https://user:secret@host") are taken out.
std::string without_url_passwords(std::string text);

}  // namespace tradeauto
