#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "base/secret.h"
#include "domain/credentials.h"

namespace tradeauto {

namespace asio = boost::asio;

struct LegacyRedisSettings {
  std::string host;
  std::uint16_t port = 6379;
  unsigned database = 0;
  std::string user;  // needs a password; empty: the default user
  SecretString password;
  std::chrono::milliseconds patience{10'000};  // for the connection, and for each answer
};

// A key that is not what the original would have written.
struct LegacyKeyFault {
  std::string key;
  std::string why;
};

// One account name of the original main, as it wrote it; nothing is judged. Names may be any bytes.
struct LegacyRedisAccount {
  std::set<std::string> groups;              // whose Group:<g> sets hold the name
  std::map<std::string, std::string> state;  // Account:<name>: account_name, brokerage, status; empty: not there
  Credentials details;                       // Account:Details:<name>; empty: not there
  std::vector<LegacyKeyFault> faults;        // of those two keys
};

struct LegacyRedisContents {
  std::map<std::string, LegacyRedisAccount> accounts;  // by name
  std::vector<LegacyKeyFault> faults;                  // of Group:<g> keys
};

// Reads the keys of the original main (legacy-contract.md), once, and only reads: SCAN, SMEMBERS, HGETALL.
// Failure: unavailable; unauthenticated or permission_denied when Redis wants (another) password or right;
// invalid_argument for a database that is not there; too_large beyond 100,000 names. No message holds a value of a
// hash or a word of the password.
asio::awaitable<Result<LegacyRedisContents>> read_legacy_redis(LegacyRedisSettings settings);

}  // namespace tradeauto
