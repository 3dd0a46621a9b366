#include "contract/deed_contract.h"
#include "contract/ledger_contract.h"
#include "contract/ledger_life_contract.h"
#include "contract/ledger_permit_contract.h"
#include "contract/ledger_settlement_contract.h"
#include "contract/registry_contract.h"
#include "contract/token_contract.h"
#include "store/memory/memory_store.h"
#include "store/redis/redis_store.h"
#include "store/sqlite/sqlite_store.h"
#include "testing/redis_server.h"

namespace tradeauto {
namespace {

std::unique_ptr<Store> open_memory(const std::filesystem::path& /*folder*/, const Clock& clock, Rng& rng) {
  return make_memory_store(clock, rng);
}

std::unique_ptr<Store> open_sqlite(const std::filesystem::path& folder, const Clock& clock, Rng& rng) {
  auto store = open_sqlite_store(folder / "tradeauto.db", clock, rng,
                                 [](const Error& error) { ADD_FAILURE() << error.message; });
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(*store) : nullptr;
}

// One server for all tests of the process, emptied before each.
std::unique_ptr<Store> open_redis(const std::filesystem::path& /*folder*/, const Clock& clock, Rng& rng) {
  static const RedisServer server;
  EXPECT_EQ(server.command("FLUSHALL"), "OK");
  RedisSettings settings;
  settings.host = "127.0.0.1";
  settings.port = server.port();
  auto store = open_redis_store(settings, clock, rng, [](const Error& error) { ADD_FAILURE() << error.message; });
  EXPECT_TRUE(store.ok()) << store.error().message;
  return store.ok() ? std::move(*store) : nullptr;
}

const auto kEngines = ::testing::Values(StoreEngine{.name = "Memory", .open = open_memory},
                                        StoreEngine{.name = "Sqlite", .open = open_sqlite},
                                        StoreEngine{.name = "Redis", .open = open_redis});

}  // namespace

INSTANTIATE_TEST_SUITE_P(Engines, RegistryContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, TokenContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, DeedContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerPermitContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerSettlementContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerLifeContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerListContract, kEngines, engine_name);

}  // namespace tradeauto
