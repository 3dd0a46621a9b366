#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace tradeauto {

namespace asio = boost::asio;

// What `tradeauto autorsa install` and `status` take.
struct InstallSettings {
  std::filesystem::path dir;      // DATA_DIR/autorsa
  std::filesystem::path command;  // AUTORSA_COMMAND; empty: the installed one
  std::string python;             // AUTORSA_PYTHON; empty: found
  std::filesystem::path supervisor;
  std::map<std::string, std::string> environment;  // the user's own: pip needs its proxy and index settings
};

struct InstallStatus {
  bool available = false;
  std::string version;  // empty: not known
  std::filesystem::path command;
  std::string problem;  // and the remedy; empty when all is well
};

// Makes the virtual environment `dir`/venv with the locked tool, or does nothing where it is already there. Until the
// last step, a rename, an earlier one stays in use. `say` gets a line for each step. Failure: unavailable (no_python,
// tool_failed), conflict (install_running), internal, with what to do. Nothing half made is left.
asio::awaitable<Result<InstallStatus>> install_autorsa(InstallSettings settings, const Clock& clock,
                                                       std::function<void(std::string_view)> say);

asio::awaitable<InstallStatus> autorsa_status(InstallSettings settings, const Clock& clock);

}  // namespace tradeauto
