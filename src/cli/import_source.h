#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"

namespace tradeauto {

namespace asio = boost::asio;

// What `import` reads its accounts from. `app` fills it: it knows the rooms that can read the original's data.

// One account as a source holds it, or something in the source that should have been one.
struct ImportAccount {
  std::string origin;  // where it stands: "Account:mom", "TRADIER 2"
  std::string group;
  std::string account;
  std::string brokerage;  // empty where it is not known
  bool enabled = true;
  std::vector<std::pair<std::string, SecretString>> credentials;
  std::string left;    // a machine word: why it cannot be taken; empty if it can
  std::string detail;  // a sentence for people; never a value of a log-in
};

struct ImportContents {
  std::vector<ImportAccount> accounts;
  std::vector<std::string> notes;  // what else a person should know of the source
};

struct RedisAddress {
  std::string host;
  std::uint16_t port = 6379;
  unsigned database = 0;
  std::string user;
  SecretString password;
};

struct ImportSources {
  // The Redis of an original main server.
  std::function<asio::awaitable<Result<ImportContents>>(RedisAddress)> legacy_redis;
  // The text of an AutoRSA .env; every account goes to `group`. Error: invalid_argument for a bad group name.
  std::function<Result<ImportContents>(const SecretString& text, const std::string& group)> autorsa_env;
};

}  // namespace tradeauto
