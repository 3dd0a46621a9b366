#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ports/ledger.h"
#include "store/redis/redis_changes.h"

// What happens inside of Redis, each at once. The hash `tradeauto` says whose the database is: format, ledger,
// incarnation, owner (a token of the process that opened it last), and batch: how many batches were applied.
namespace tradeauto::redis_scripts {

struct Taken {
  LedgerId ledger;
  std::uint64_t incarnation = 0;
  std::uint64_t batch = 0;
};

// Makes `owner` the only one whose batches are applied, and in an empty database the ledger. Error: internal
// (redis_foreign, redis_newer) where the database is somebody else's.
Result<Taken> take(RedisConnection& connection, const std::string& owner, const Taken& if_new);

// Whether the owner's batches are still wanted. Error: internal (redis_fenced) when another process took over;
// internal (redis_lost) when fewer batches are there than the `applied` that Redis acknowledged: then the ledger has a
// new incarnation already.
Result<void> check(RedisConnection& connection, const std::string& owner, std::uint64_t applied);

struct ReadAnswer {
  std::vector<std::optional<std::string>> values;  // in the order of the keys
  std::vector<std::vector<std::string>> members;   // in the order of the ranges
};

// What is there, of one moment, for one question.
Result<ReadAnswer> read(RedisClient& client, const std::vector<std::string>& keys,
                        const std::vector<RedisRange>& ranges);

// Applies the changes as batch number `applied` + 1; nothing if exactly that has been done, by a try whose answer was
// lost. Errors as check's.
Result<void> apply(RedisClient& client, const std::string& owner, std::uint64_t applied, const RedisChanges& changes);

}  // namespace tradeauto::redis_scripts
