#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "base/log.h"
#include "ports/executor.h"

namespace tradeauto {

// The one version whose output is understood and believed.
constexpr std::string_view kAutorsaVersion = "2.2.0";

struct AutorsaSettings {
  std::filesystem::path dir;         // the installed tool and the accounts' working directories (DATA_DIR/autorsa)
  std::filesystem::path command;     // AUTORSA_COMMAND; empty: the one that `tradeauto autorsa install` makes in `dir`
  std::filesystem::path supervisor;  // tradeauto-supervisor
  std::map<std::string, std::string> pass_environment;  // what runs inherit (AUTORSA_PASS_ENV), already picked
};

// The executor of the sixteen brokerages behind the AutoRSA command line tool. Touches nothing before attach(); a tool
// that is not there is a status, no failure. `clock` and the log's sink outlive the executor; `executor` runs its
// coroutines.
std::unique_ptr<Executor> make_autorsa_executor(AutorsaSettings settings, const Clock& clock,
                                                asio::any_io_executor executor, Logger log);

// The tool that these settings mean: `command`, else the installed one.
std::filesystem::path autorsa_command(const AutorsaSettings& settings);

}  // namespace tradeauto
