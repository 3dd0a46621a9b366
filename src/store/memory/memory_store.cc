#include "store/memory/memory_store.h"

#include "base/uuid.h"
#include "store/memory/memory_ledger.h"
#include "store/memory/memory_registry.h"
#include "store/memory/memory_tokens.h"
#include "store/rules.h"

namespace tradeauto {
namespace {

class MemoryStore final : public Store {
 public:
  MemoryStore(const Clock& clock, Rng& rng)
      : incarnation_(rules::first_incarnation(clock.now())),
        registry_(tables_, incarnation_),
        ledger_(tables_, LedgerId(make_uuid_v7(clock, rng)), incarnation_),
        tokens_(tables_) {}

  Registry& registry() override { return registry_; }
  Ledger& ledger() override { return ledger_; }
  TokenStore& tokens() override { return tokens_; }

 private:
  const std::uint64_t incarnation_;
  MemoryTables tables_;
  MemoryRegistry registry_;
  MemoryLedger ledger_;
  MemoryTokens tokens_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store(const Clock& clock, Rng& rng) {
  return std::make_unique<MemoryStore>(clock, rng);
}

}  // namespace tradeauto
