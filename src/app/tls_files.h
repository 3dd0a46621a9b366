#pragma once

#include <optional>

#include "app/settings.h"
#include "net/tls.h"

namespace tradeauto {

// What the settings <PREFIX>_CERT_FILE, <PREFIX>_KEY_FILE and <PREFIX>_CA_FILE name, read and checked.
struct TlsFiles {
  TlsMaterial material;
  TlsFacts facts;
};

// Each reads files (blocks). Error: one setting without the other that it needs (tls_incomplete), a file that cannot
// be read or that others can read, and what check_tls() finds; with setting, file and remedy.

// The main server's end. Nothing: it serves in clear.
Result<std::optional<TlsFiles>> read_main_tls(const Settings& settings, Timestamp now);
// A worker's end. Nothing: it dials in clear.
Result<std::optional<TlsFiles>> read_worker_tls(const Settings& settings, Timestamp now);
// The end of a main server at its Redis: REDIS_CERT_FILE, REDIS_KEY_FILE and REDIS_CA_FILE.
Result<TlsMaterial> read_redis_tls(const Settings& settings, Timestamp now);
// The command line's end, for a server that speaks HTTPS: authorities only, or whom the system trusts.
Result<TlsMaterial> read_command_tls(const Settings& settings);

}  // namespace tradeauto
