#include "store/sqlite/sqlite_store.h"

#include <utility>

#include <fmt/format.h>

#include "store/sqlite/sqlite_ledger.h"
#include "store/sqlite/sqlite_registry.h"
#include "store/sqlite/sqlite_tokens.h"

namespace tradeauto {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(Database writing, Database reading, LedgerIdentity identity, std::function<void(Error)> on_failure)
      : engine_(std::move(writing), std::move(reading), std::move(identity), std::move(on_failure)),
        registry_(engine_),
        ledger_(engine_),
        tokens_(engine_) {}

  Registry& registry() override { return registry_; }
  Ledger& ledger() override { return ledger_; }
  TokenStore& tokens() override { return tokens_; }

 private:
  SqliteEngine engine_;
  SqliteRegistry registry_;
  SqliteLedger ledger_;
  SqliteTokens tokens_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& file, const Clock& clock, Rng& rng,
                                                 std::function<void(Error)> on_failure) {
  TRY(Database writing, Database::open(file, Database::Mode::read_write));
  auto identity = migrate(writing, clock, rng);
  if (!identity.ok()) {
    identity.error().message = fmt::format("{}: {}", file.string(), identity.error().message);
    return std::move(identity).error();
  }
  TRY(Database reading, Database::open(file, Database::Mode::read_only));
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(writing), std::move(reading),
                                                              std::move(*identity), std::move(on_failure)));
}

}  // namespace tradeauto
