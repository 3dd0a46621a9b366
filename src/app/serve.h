#pragma once

#include <functional>
#include <map>
#include <string>

#include "app/data_paths.h"
#include "app/settings.h"

namespace tradeauto {

// What one process serves.
struct ServeRequest {
  bool main = false;    // main server: REST and workers' sessions
  bool worker = false;  // worker: a session with a main server, which is this process's own if it has one
  bool demo = false;    // `up --demo`: paper accounts and an order to watch
};

// Everything a server process takes from outside.
struct ServeContext {
  const Settings& settings;
  std::function<Result<Settings>()> read_settings;  // anew, from the same sources
  const std::map<std::string, std::string>& environment;
  bool stdout_is_terminal = false;
  std::string version;
  std::filesystem::path executable;  // of this program; the supervisor stands beside it
};

// A file that must be written cannot be: sysexits.h's EX_IOERR.
constexpr int kExitIo = 74;

// Serves until SIGTERM or SIGINT, or until the terminal it runs in is closed, then drains; all in all that takes at
// most ten seconds. Returns the exit code; a failed start is told on stderr with setting, value and remedy. SIGHUP
// reads LOG_LEVEL and the certificates anew; what is not good then is logged, and the old stays.
int serve(ServeRequest request, const ServeContext& context);

}  // namespace tradeauto
