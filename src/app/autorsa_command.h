#pragma once

#include <functional>
#include <map>
#include <string>

#include "app/data_paths.h"
#include "app/settings.h"
#include "executors/autorsa/autorsa_install.h"

namespace CLI {
class App;
}

namespace tradeauto {

// What `tradeauto autorsa` takes from outside.
struct AutorsaContext {
  Settings settings;
  DataPaths paths;
  std::map<std::string, std::string> environment;  // whole
};

// Is it there, and which version. Blocks: runs it.
InstallStatus read_autorsa_status(const AutorsaContext& context);

// Adds `autorsa install` and `autorsa status`. They need no server. `exit_code` outlives `app`.
void add_autorsa_commands(CLI::App& app, std::function<Result<AutorsaContext>()> context, int& exit_code);

}  // namespace tradeauto
