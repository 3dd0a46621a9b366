#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/doctor_check.h"
#include "cli/import_source.h"
#include "net/tls.h"

namespace CLI {
class App;
}

namespace tradeauto {

struct ServerAddress {
  std::string host;
  std::uint16_t port = 0;
  std::optional<TlsMaterial> tls = std::nullopt;  // whom to trust there; without it in clear
};

// What the operator's commands take from outside. `app` fills it; tests put their own files and times in.
struct CliContext {
  std::function<Result<ServerAddress>()> server;  // where the settings say; the flag --server goes before it
  std::function<Result<TlsMaterial>()> tls = {};  // whom to trust at a server that --server names with https://
  std::function<Result<SecretString>()> token;    // from TOKEN_FILE, else from DATA_DIR/admin.token
  ImportSources import_sources{};                 // where `import` reads
  LocalChecks local_checks = {};                  // what `doctor` looks at without a server
  JournalRepairs repair_journal = {};             // `doctor --repair-journal`
  bool stdin_is_terminal = false;
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  std::size_t terminal_width = 0;  // columns of that terminal; 0: not known
  bool no_color = false;           // NO_COLOR is set, or TERM is dumb
  std::string version;
  const Clock& clock;
  std::FILE* out = stdout;  // data
  std::FILE* err = stderr;  // messages, plans, progress
  int input = STDIN_FILENO;
};

// Adds the operator's commands (order, group, account, brokerage, worker, import, version) and their global flags to
// `app`, which must have fallthrough() and require_subcommand(1). The command that was chosen runs in CLI11's callback
// and leaves its exit code (conventions.md) in `exit_code`. `context` and `exit_code` outlive `app`.
void add_commands(CLI::App& app, CliContext& context, int& exit_code);

// Parses the arguments, which runs the command, and returns the exit code. Help goes to stdout; what is wrong with the
// arguments to stderr, with the nearest known word, and the exit code is 2. Call after every command is in `app`.
int run_commands(CLI::App& app, const CliContext& context, int argc, const char* const* argv, const int& exit_code);
// The same on the process's own stdout and stderr.
int run_commands(CLI::App& app, int argc, const char* const* argv, const int& exit_code);

}  // namespace tradeauto
