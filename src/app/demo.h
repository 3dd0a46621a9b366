#pragma once

#include <filesystem>
#include <string>

#include "ports/order_api.h"

namespace tradeauto {

struct DemoNeeds {
  OrderApi& orders;
  AccountApi& accounts;
  const Clock& clock;
  std::filesystem::path data_dir;
  std::filesystem::path token_file;
  std::string http;        // "http://127.0.0.1:8000"
  bool auth = true;        // AUTH
  std::string command;     // how the user started this program, for the commands to type
  bool is_default = true;  // the data directory is the default one: a command line without flags finds this server
};

// Makes the group `demo` with its paper accounts where it is missing, places the demo order (or shows the one of an
// earlier start) and prints, on stderr, each change of a child order until all have ended; then what to type next.
asio::awaitable<void> run_demo(DemoNeeds needs);

}  // namespace tradeauto
