#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "app/settings.h"

namespace tradeauto {

// Where things are kept. All below DATA_DIR unless a setting says otherwise.
struct DataPaths {
  std::filesystem::path data_dir;
  std::filesystem::path database;     // main: registry and ledger
  std::filesystem::path master_key;   // main
  std::filesystem::path admin_token;  // main; what the command line on this machine finds
  std::filesystem::path
      http_address;  // main: where it listens, while it does; what the command line on this machine finds
  std::filesystem::path worker_dir;           // worker: its lock and its journal
  std::filesystem::path worker_http_address;  // worker: where its own HTTP listens, while it does
  std::filesystem::path paper_dir;            // worker
  std::filesystem::path autorsa_dir;          // worker: virtual environment and the accounts' working directories
};

// $XDG_DATA_HOME/tradeauto, else ~/.local/share/tradeauto; /var/lib/tradeauto for a service without a home.
std::filesystem::path default_data_dir(const std::map<std::string, std::string>& environment);

DataPaths data_paths(const Settings& settings, const std::map<std::string, std::string>& environment);

// The main server on this machine tells the command line where it listens: HTTP_PORT may be 0, or a flag of its own.
struct HttpAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string fingerprint;  // of its certificate, which is then the only one that is good; empty: it speaks in clear
};
// Error: internal (address_file) with the path.
Result<void> write_http_address(const std::filesystem::path& file, const HttpAddress& address);
// Nothing when no server is running, or none ever was.
std::optional<HttpAddress> read_http_address(const std::filesystem::path& file);

// Where the access token is: TOKEN_FILE; else DATA_DIR/admin.token; else, when that is not there, the default
// DATA_DIR's.
std::filesystem::path token_path(const Settings& settings, const std::map<std::string, std::string>& environment);

}  // namespace tradeauto
