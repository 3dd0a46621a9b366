#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>

#include "base/log.h"
#include "base/rng.h"
#include "base/secret.h"
#include "crypto/crypto.h"
#include "main_server/event_log.h"
#include "net/semaphore.h"
#include "net/signal.h"
#include "net/task_group.h"
#include "ports/access.h"

namespace tradeauto {

// Access tokens. All of them are kept in memory, so that a request costs no look into the store; nobody else changes
// the store while this runs. start() before the first call, stop() before destruction. Thread-safe.
class AccessService final : public AccessApi {
 public:
  struct Needs {
    TokenStore& tokens;
    EventLog& events;
    SecretString administrator;  // the value of that token; empty: there is none
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor executor;
  };
  // What `needs` refers to outlives the service.
  explicit AccessService(Needs needs);

  asio::awaitable<Result<void>> start();
  asio::awaitable<void> stop();

  Result<Caller> who_is(std::string_view value) override;
  bool is_good(const Caller& caller) override;
  asio::awaitable<void> ended(Caller caller) override;
  asio::awaitable<Result<Created>> create_token(TokenRequest request, Caller by) override;
  asio::awaitable<Result<std::vector<TokenView>>> tokens(Caller by) override;
  asio::awaitable<Result<TokenView>> token(TokenName name, Caller by) override;
  asio::awaitable<Result<void>> revoke_token(TokenName name, Caller by) override;

 private:
  struct Entry {
    AccessToken token;
    std::uint64_t grant = 0;
    Signal ended;
  };
  struct SameHash {
    bool operator()(const std::string& a, const std::string& b) const { return equal_constant_time(a, b); }
  };

  asio::awaitable<Result<Created>> do_create(TokenRequest request, Caller by);
  asio::awaitable<Result<void>> do_revoke(TokenName name, Caller by);
  void remember(AccessToken token);
  void forget(const TokenName& name);
  std::shared_ptr<Entry> find(std::uint64_t grant);
  // The token, if it is there for `by`. mutex_ is held.
  std::shared_ptr<Entry> find_seen(const TokenName& name, const Caller& by) const;
  // mutex_ is held.
  void note_use(Entry& entry, Timestamp now);
  asio::awaitable<void> write_use(TokenName name, Timestamp at);
  // What became of a token is on disk.
  void tell(std::string_view what, const TokenName& name, const Caller& by);

  Needs needs_;
  asio::strand<asio::any_io_executor> strand_;
  const std::shared_ptr<Semaphore> changes_;  // strand: one change at a time, so that memory and store stay alike
  std::mutex mutex_;
  std::uint64_t last_grant_ = 0;                                                                       // guarded
  std::map<TokenName, std::shared_ptr<Entry>> by_name_;                                                // guarded
  std::unordered_map<std::string, std::shared_ptr<Entry>, std::hash<std::string>, SameHash> by_hash_;  // guarded
  TaskGroup tasks_;
};

}  // namespace tradeauto
