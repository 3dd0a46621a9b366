#pragma once

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
  const std::map<std::string, std::string>& environment;
  bool stdout_is_terminal = false;
  std::string version;
  std::filesystem::path executable;  // of this program; the supervisor stands beside it
};

// A file that must be written cannot be: sysexits.h's EX_IOERR.
constexpr int kExitIo = 74;

// Serves until SIGTERM or SIGINT, then drains; all in all that takes at most ten seconds. Returns the exit code; a
// failed start is told on stderr with setting, value and remedy.
int serve(ServeRequest request, const ServeContext& context);

}  // namespace tradeauto
