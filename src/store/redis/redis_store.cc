#include "store/redis/redis_store.h"

#include <utility>

#include "base/uuid.h"
#include "store/redis/redis_ledger.h"
#include "store/redis/redis_registry.h"
#include "store/redis/redis_tokens.h"
#include "store/rules.h"

namespace tradeauto {
namespace {

class RedisStore final : public Store {
 public:
  RedisStore(const RedisSettings& settings, std::string owner, const redis_scripts::Taken& taken,
             std::function<void(Error)> on_failure)
      : engine_(settings, std::move(owner), taken, std::move(on_failure)),
        registry_(engine_),
        ledger_(engine_),
        tokens_(engine_) {}

  Registry& registry() override { return registry_; }
  Ledger& ledger() override { return ledger_; }
  TokenStore& tokens() override { return tokens_; }

 private:
  RedisEngine engine_;
  RedisRegistry registry_;
  RedisLedger ledger_;
  RedisTokens tokens_;
};

}  // namespace

Result<void> check_redis_store(const RedisSettings& settings) {
  TRY(RedisConnection connection, RedisConnection::open(settings));
  return check_safety(connection, settings.allow_loss);
}

Result<std::unique_ptr<Store>> open_redis_store(const RedisSettings& settings, const Clock& clock, Rng& rng,
                                                std::function<void(Error)> on_failure) {
  TRY(RedisConnection connection, RedisConnection::open(settings));
  TRY_VOID(check_safety(connection, settings.allow_loss));
  std::string owner = make_uuid_v7(clock, rng);
  const redis_scripts::Taken if_new{.ledger = LedgerId(make_uuid_v7(clock, rng)),
                                    .incarnation = rules::first_incarnation(clock.now())};
  TRY(const redis_scripts::Taken taken, redis_scripts::take(connection, owner, if_new));
  return std::unique_ptr<Store>(std::make_unique<RedisStore>(settings, std::move(owner), taken, std::move(on_failure)));
}

}  // namespace tradeauto
