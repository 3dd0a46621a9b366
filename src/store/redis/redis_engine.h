#pragma once

#include <functional>
#include <string>
#include <utility>

#include "net/pool.h"
#include "store/redis/redis_readers.h"
#include "store/redis/redis_target.h"

namespace tradeauto {

// What registry and ledger share: the writer, and connections for reading.
class RedisEngine {
 public:
  RedisEngine(const RedisSettings& settings, std::string owner, const redis_scripts::Taken& taken,
              std::function<void(Error)> on_failure)
      : ledger_(taken.ledger),
        incarnation_(taken.incarnation),
        reading_(settings, kReaders),
        target_(settings, std::move(owner), taken.batch),
        writer_("ledger-writer", target_, std::move(on_failure)),
        reader_("ledger-reader", kReaders) {}
  RedisEngine(const RedisEngine&) = delete;
  RedisEngine& operator=(const RedisEngine&) = delete;
  ~RedisEngine() {
    target_.stop();
    reading_.stop();
  }

  const LedgerId& ledger() const { return ledger_; }
  std::uint64_t incarnation() const { return incarnation_; }

  // `work` has the form Result<T>(RedisPart&); applied and on disk when this returns.
  template <typename T>
  asio::awaitable<Result<T>> write(std::function<Result<T>(RedisPart&)> work) {
    return writer_.write<T>([this, work = std::move(work)] { return work(target_.part()); });
  }

  // The same, where it is known what `work` reads: with that of the others of its batch it comes in one go.
  template <typename T>
  asio::awaitable<Result<T>> write(RedisWish wish, std::function<Result<T>(RedisPart&)> work) {
    return writer_.write<T>([this, work = std::move(work)] { return work(target_.part()); },
                            [this, wish = std::move(wish)] { target_.wish(wish); });
  }

  // `work` has the form Result<T>(StoredView&).
  template <typename T>
  asio::awaitable<Result<T>> read(std::function<Result<T>(StoredView&)> work) {
    return reader_.run([this, work = std::move(work)]() -> Result<T> {
      return reading_.with_one([&work](RedisClient& client) {
        StoredView view(client);
        return work(view);
      });
    });
  }

 private:
  static constexpr std::size_t kReaders = 4;

  const LedgerId ledger_;
  const std::uint64_t incarnation_;
  RedisReaders reading_;  // for the reader's threads
  RedisTarget target_;    // owned by the writer's thread
  GroupCommit writer_;
  BlockingPool reader_;
};

}  // namespace tradeauto
