#pragma once

#include <memory>
#include <string>

#include "store/group_commit.h"
#include "store/redis/redis_changes.h"
#include "store/redis/redis_client.h"
#include "store/redis/redis_read_ahead.h"
#include "store/redis/redis_safety.h"
#include "store/redis/redis_scripts.h"

namespace tradeauto {

// Where the engine's group commit goes: what the parts change is gathered here and applied in Redis by one script.
//
// An answer that is lost leaves nobody in doubt: the batches are numbered, so the same batch is sent again until Redis
// says that it is there. If Redis does not come back in time the commit fails, which ends the process; what it wrote
// is found at the next start, as after any crash.
class RedisTarget final : public CommitTarget {
 public:
  RedisTarget(const RedisSettings& settings, std::string owner, std::uint64_t applied)
      : owner_(std::move(owner)),
        applied_(applied),
        client_(settings, [this, allow_loss = settings.allow_loss](RedisConnection& connection) -> Result<void> {
          TRY_VOID(check_safety(connection, allow_loss));
          return redis_scripts::check(connection, owner_, applied_);
        }) {}

  Result<void> begin() override {
    batch_ = {};
    ahead_.clear();
    return {};
  }
  Result<void> part(const std::function<bool()>& work) override {
    part_ = std::make_unique<RedisPart>(batch_view_);
    if (work()) batch_.add(part_->take());
    part_.reset();
    return {};
  }
  Result<void> commit() override {
    if (batch_.empty()) return {};
    TRY_VOID(redis_scripts::apply(client_, owner_, applied_, batch_));
    ++applied_;
    return {};
  }

  // Inside of a part only.
  RedisPart& part() { return *part_; }
  // What a part of this batch is about to read; before its first part.
  void wish(const RedisWish& wish) { ahead_.wish(wish); }
  // Any thread.
  void stop() { client_.stop(); }

 private:
  const std::string owner_;
  std::uint64_t applied_;
  RedisClient client_;
  ReadAheadView ahead_{client_};
  RedisChanges batch_;
  ChangedView batch_view_{ahead_, batch_};
  std::unique_ptr<RedisPart> part_;
};

}  // namespace tradeauto
