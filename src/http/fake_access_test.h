#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/fake_values_test.h"
#include "net/signal.h"
#include "ports/access.h"

namespace tradeauto {

// "ta_test" is the administrator; every other token is its name. Thread-safe.
class FakeAccess final : public AccessApi {
 public:
  // A token of this name, which is its value as well.
  void give(const std::string& name, std::vector<Scope> scopes, Groups groups = {}) {
    const std::scoped_lock lock(mutex_);
    auto held = std::make_shared<Held>();
    held->caller = {.name = name, .scopes = ScopeSet(scopes), .groups = std::move(groups), .grant = ++grants_};
    tokens_.insert_or_assign(name, std::move(held));
  }
  void take(const std::string& name) {
    std::shared_ptr<Held> gone;
    {
      const std::scoped_lock lock(mutex_);
      gone = tokens_.extract(name).mapped();
    }
    gone->ended.notify();
  }

  Result<Caller> who_is(std::string_view value) override {
    if (value == "ta_test") return unbounded_caller("admin");
    if (const auto held = find(std::string(value))) return held->caller;
    return make_error(ErrorCode::unauthenticated, "wrong_token", "this token is not known here");
  }
  bool is_good(const Caller& caller) override { return caller.grant == 0 || find(caller.name) != nullptr; }
  asio::awaitable<void> ended(Caller caller) override {
    const auto held = caller.grant == 0 ? std::make_shared<Held>() : find(caller.name);
    if (held) co_await held->ended.wait(0, clock_, Deadline::never());
  }

  asio::awaitable<Result<Created>> create_token(TokenRequest request, Caller by) override {
    if (!cover(by.groups, request.groups)) {
      co_return make_error(ErrorCode::permission_denied, "wider_than_own", "a token cannot make a wider one");
    }
    if (find(request.name.str())) co_return make_error(ErrorCode::conflict, "token_exists", "there is one already");
    give(request.name.str(), request.scopes.list(), request.groups);
    co_return Created{.token = view(find(request.name.str())->caller), .value = SecretString(request.name.str())};
  }
  asio::awaitable<Result<std::vector<TokenView>>> tokens(Caller /*by*/) override {
    const std::scoped_lock lock(mutex_);
    std::vector<TokenView> views;
    for (const auto& [name, held] : tokens_) views.push_back(view(held->caller));
    co_return views;
  }
  asio::awaitable<Result<TokenView>> token(TokenName name, Caller /*by*/) override {
    const auto held = find(name.str());
    if (!held) co_return unknown();
    co_return view(held->caller);
  }
  asio::awaitable<Result<void>> revoke_token(TokenName name, Caller /*by*/) override {
    if (!find(name.str())) co_return unknown();
    take(name.str());
    co_return Result<void>{};
  }

 private:
  struct Held {
    Caller caller;
    Signal ended;
  };

  static Error unknown() { return make_error(ErrorCode::not_found, "unknown_token", "there is no such token"); }
  static TokenView view(const Caller& caller) {
    return {.name = TokenName(caller.name),
            .scopes = caller.scopes,
            .groups = caller.groups,
            .expires_at = std::nullopt,
            .created_at = kFakeNow,
            .last_used_at = std::nullopt};
  }
  std::shared_ptr<Held> find(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    const auto it = tokens_.find(name);
    return it == tokens_.end() ? nullptr : it->second;
  }

  const SystemClock clock_;
  std::mutex mutex_;
  std::uint64_t grants_ = 0;
  std::map<std::string, std::shared_ptr<Held>> tokens_;
};

}  // namespace tradeauto
