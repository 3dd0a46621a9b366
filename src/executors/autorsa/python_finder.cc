#include "executors/autorsa/python_finder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "executors/autorsa/folder_entries.h"

namespace tradeauto {
namespace {

constexpr std::chrono::seconds kProbeTime{20};
// Prints "3.12 /real/path" if it can make a virtual environment.
constexpr const char* kProbe =
    "import ensurepip, ssl, sqlite3, sys, venv\nprint(\"%d.%d %s\" % (*sys.version_info[:2], sys.executable))";
constexpr std::array<std::string_view, 4> kNames = {"python3.12", "python3.13", "python3", "python"};
constexpr const char* kWanted = "3.12 or 3.13";

std::string value_of(const std::map<std::string, std::string>& environment, const char* name) {
  const auto it = environment.find(name);
  return it == environment.end() ? std::string() : it->second;
}

std::vector<std::string> folders_of(const std::string& path) {
  std::vector<std::string> folders;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    // A relative one would depend on where we stand.
    if (path.substr(at, end - at).starts_with('/')) folders.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return folders;
}

bool is_program(const std::filesystem::path& path) { return ::access(path.c_str(), X_OK) == 0; }

asio::awaitable<std::optional<FoundPython>> probe(ToolRunner& tools, std::string candidate) {
  const auto out = co_await tools.run({std::move(candidate), "-I", "-c", kProbe}, kProbeTime);
  if (!out.ok()) co_return std::nullopt;
  const auto blank = out->find(' ');
  const auto end = out->find('\n');
  if (blank == std::string::npos || end == std::string::npos || end < blank) co_return std::nullopt;
  co_return FoundPython{.path = out->substr(blank + 1, end - blank - 1), .version = out->substr(0, blank)};
}

bool fits(const FoundPython& python) { return python.version == "3.12" || python.version == "3.13"; }

asio::awaitable<std::vector<std::string>> uv_candidates(ToolRunner& tools) {
  for (const std::string& folder : folders_of(value_of(tools.environment(), "PATH"))) {
    const std::string uv = folder + "/uv";
    if (!is_program(uv)) continue;
    const auto out = co_await tools.run({uv, "python", "find", "--no-python-downloads", ">=3.12,<3.14"}, kProbeTime);
    if (out.ok() && out->starts_with('/')) co_return std::vector{out->substr(0, out->find('\n'))};
    break;
  }
  co_return std::vector<std::string>{};
}

asio::awaitable<Result<FoundPython>> check_named(ToolRunner& tools, std::string named) {
  std::optional<FoundPython> found;
  if (is_program(named)) found = co_await probe(tools, std::filesystem::absolute(named).string());
  if (!found) {
    co_return make_error(
        ErrorCode::unavailable, "no_python",
        fmt::format(
            "AUTORSA_PYTHON = \"{}\" does not run, or lacks venv, ssl or sqlite3; name a Python {}, or leave it out",
            named, kWanted));
  }
  if (!fits(*found)) {
    co_return make_error(
        ErrorCode::unavailable, "no_python",
        fmt::format("AUTORSA_PYTHON = \"{}\" is Python {}; AutoRSA needs {}", named, found->version, kWanted));
  }
  co_return std::move(*found);
}

}  // namespace

std::vector<std::string> python_candidates(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> candidates;
  const auto add = [&](const std::filesystem::path& path) {
    const std::string text = path.string();
    if (is_program(path) && std::ranges::find(candidates, text) == candidates.end()) candidates.push_back(text);
  };
  for (const std::string_view name : kNames) {
    for (const std::string& folder : folders_of(value_of(environment, "PATH")))
      add(std::filesystem::path(folder) / name);
  }
  std::string pyenv = value_of(environment, "PYENV_ROOT");
  if (pyenv.empty()) pyenv = value_of(environment, "HOME") + "/.pyenv";
  std::vector<std::filesystem::path> versions = folder_entries(std::filesystem::path(pyenv) / "versions");
  std::ranges::sort(versions);
  for (const std::filesystem::path& version : versions) {
    const std::string name = version.filename().string();
    if (name.starts_with("3.12") || name.starts_with("3.13")) add(version / "bin/python3");
  }
  return candidates;
}

asio::awaitable<Result<FoundPython>> find_python(ToolRunner& tools, std::string named) {
  if (!named.empty()) co_return co_await check_named(tools, std::move(named));
  std::optional<FoundPython> second_best;
  std::vector<std::string> candidates = python_candidates(tools.environment());
  for (std::string& each : co_await uv_candidates(tools)) candidates.push_back(std::move(each));
  for (std::string& candidate : candidates) {
    auto found = co_await probe(tools, std::move(candidate));
    if (!found || !fits(*found)) continue;
    if (found->version == "3.12") co_return std::move(*found);
    if (!second_best) second_best = std::move(found);
  }
  if (second_best) co_return std::move(*second_best);
  co_return make_error(
      ErrorCode::unavailable, "no_python",
      fmt::format("no Python {} that runs: install one (pyenv install 3.12, or uv python install 3.12) or set "
                  "AUTORSA_PYTHON",
                  kWanted));
}

}  // namespace tradeauto
