#include "contract/ledger_contract.h"
#include "contract/ledger_settlement_contract.h"
#include "contract/registry_contract.h"
#include "store/memory/memory_store.h"

namespace tradeauto {
namespace {

std::unique_ptr<Store> open_memory(const std::filesystem::path& /*folder*/, const Clock& clock, Rng& rng) {
  return make_memory_store(clock, rng);
}

const auto kEngines = ::testing::Values(StoreEngine{.name = "Memory", .open = open_memory});

}  // namespace

INSTANTIATE_TEST_SUITE_P(Engines, RegistryContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerSettlementContract, kEngines, engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, LedgerListContract, kEngines, engine_name);

}  // namespace tradeauto
