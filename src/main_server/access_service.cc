#include "main_server/access_service.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/deadline.h"
#include "net/run_on.h"

namespace tradeauto {
namespace {

constexpr std::string_view kAdministrator = "admin";
constexpr std::chrono::minutes kUseStep{1};  // how exact the last use is

std::string hash_of(std::string_view value) {
  const Digest digest = digest_of({"access token", value});
  return {digest.begin(), digest.end()};
}

bool over(const AccessToken& token, Timestamp now) { return token.expires_at && *token.expires_at <= now; }

TokenView view_of(const AccessToken& token) {
  return {.name = token.name,
          .scopes = token.scopes,
          .groups = token.groups,
          .expires_at = token.expires_at,
          .created_at = token.created_at,
          .last_used_at = token.last_used_at};
}

// Under these names others act: nobody's deeds may look like theirs.
bool is_reserved(const TokenName& name) {
  return name.str() == kAdministrator || name.str() == anonymous_caller().name;
}

Error unknown_token(const TokenName& name) {
  return make_error(ErrorCode::not_found, "unknown_token", fmt::format("there is no token \"{}\"", name));
}

Error name_taken(const TokenName& name) {
  return make_error(ErrorCode::conflict, "token_exists", fmt::format("there is a token \"{}\" already", name));
}

Result<void> check_not_wider(const TokenRequest& request, const Caller& by) {
  if (by.scopes.cover(request.scopes) && cover(by.groups, request.groups)) return {};
  return make_error(ErrorCode::permission_denied, "wider_than_own",
                    "a token can only make tokens whose scopes and groups it has itself");
}

}  // namespace

AccessService::AccessService(Needs needs)
    : needs_(std::move(needs)),
      strand_(asio::make_strand(needs_.executor)),
      changes_(Semaphore::make(1)),
      tasks_(strand_) {}

asio::awaitable<Result<void>> AccessService::start() {
  CO_TRY(auto all, co_await needs_.tokens.list_tokens());
  for (AccessToken& token : all) remember(std::move(token));
  co_return Result<void>{};
}

asio::awaitable<void> AccessService::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Result<Caller> AccessService::who_is(std::string_view value) {
  if (!needs_.administrator.empty() && equal_constant_time(value, needs_.administrator.reveal())) {
    return unbounded_caller(std::string(kAdministrator));
  }
  const std::string hash = hash_of(value);
  const Timestamp now = needs_.clock.now();
  {
    const std::scoped_lock lock(mutex_);
    const auto it = by_hash_.find(hash);
    if (it != by_hash_.end() && !over(it->second->token, now)) {
      Entry& entry = *it->second;
      note_use(entry, now);
      return Caller{.name = entry.token.name.str(),
                    .scopes = entry.token.scopes,
                    .groups = entry.token.groups,
                    .expires_at = entry.token.expires_at,
                    .grant = entry.grant};
    }
  }
  needs_.log.info("a token was refused", {{"because", is_well_formed_token(value) ? "unknown" : "no token"}});
  return make_error(ErrorCode::unauthenticated, "wrong_token", "this token is not known here");
}

bool AccessService::is_good(const Caller& caller) {
  if (caller.grant == 0) return true;
  const auto entry = find(caller.grant);
  return entry && !over(entry->token, needs_.clock.now());
}

asio::awaitable<void> AccessService::ended(Caller caller) {
  if (caller.grant == 0) {
    Signal never;
    co_await never.wait(never.version(), needs_.clock, Deadline::never());
  }
  const auto entry = find(caller.grant);
  if (!entry) co_return;
  const auto expires_at = entry->token.expires_at;
  const Deadline deadline =
      expires_at ? Deadline::after(needs_.clock, *expires_at - needs_.clock.now()) : Deadline::never();
  co_await entry->ended.wait(0, needs_.clock, deadline);
}

asio::awaitable<Result<AccessApi::Created>> AccessService::create_token(TokenRequest request, Caller by) {
  return run_on(strand_, do_create(std::move(request), std::move(by)));
}

asio::awaitable<Result<AccessApi::Created>> AccessService::do_create(TokenRequest request, Caller by) {
  const Semaphore::Slot turn = co_await changes_->acquire();
  CO_TRY_VOID(check_not_wider(request, by));
  if (is_reserved(request.name)) co_return name_taken(request.name);
  const Timestamp now = needs_.clock.now();
  if (request.expires_at && *request.expires_at <= now) {
    co_return make_error(ErrorCode::unprocessable, "expiry_over", "the token would have expired already");
  }
  SecretString value = make_token(needs_.rng);
  AccessToken token;
  token.name = std::move(request.name);
  token.hash = hash_of(value.reveal());
  token.scopes = request.scopes;
  token.groups = std::move(request.groups);
  token.expires_at = request.expires_at;
  token.created_at = now;
  CO_TRY_VOID(co_await needs_.tokens.add_token(token, by.actor()));
  remember(token);
  tell("a token was created", token.name, by);
  co_return Created{.token = view_of(token), .value = std::move(value)};
}

asio::awaitable<Result<std::vector<TokenView>>> AccessService::tokens(Caller by) {
  const std::scoped_lock lock(mutex_);
  std::vector<TokenView> views;
  for (const auto& [name, entry] : by_name_) {
    if (cover(by.groups, entry->token.groups)) views.push_back(view_of(entry->token));
  }
  co_return views;
}

asio::awaitable<Result<TokenView>> AccessService::token(TokenName name, Caller by) {
  const std::scoped_lock lock(mutex_);
  const auto entry = find_seen(name, by);
  if (!entry) co_return unknown_token(name);
  co_return view_of(entry->token);
}

asio::awaitable<Result<void>> AccessService::revoke_token(TokenName name, Caller by) {
  return run_on(strand_, do_revoke(std::move(name), std::move(by)));
}

asio::awaitable<Result<void>> AccessService::do_revoke(TokenName name, Caller by) {
  const Semaphore::Slot turn = co_await changes_->acquire();
  if (name.str() == kAdministrator) {
    co_return make_error(
        ErrorCode::conflict, "administrator_token",
        "the administrator's token is the file admin.token in DATA_DIR: to replace it, delete the file "
        "and start the main server again");
  }
  {
    const std::scoped_lock lock(mutex_);
    if (!find_seen(name, by)) co_return unknown_token(name);
  }
  CO_TRY_VOID(co_await needs_.tokens.delete_token(name, by.actor(), needs_.clock.now()));
  forget(name);
  tell("a token was revoked", name, by);
  co_return Result<void>{};
}

void AccessService::remember(AccessToken token) {
  const std::scoped_lock lock(mutex_);
  const auto entry = std::make_shared<Entry>();
  entry->token = std::move(token);
  entry->grant = ++last_grant_;
  by_name_.insert_or_assign(entry->token.name, entry);
  by_hash_.insert_or_assign(entry->token.hash, entry);
}

void AccessService::forget(const TokenName& name) {
  std::shared_ptr<Entry> gone;
  {
    const std::scoped_lock lock(mutex_);
    const auto it = by_name_.find(name);
    if (it == by_name_.end()) return;
    gone = it->second;
    by_hash_.erase(gone->token.hash);
    by_name_.erase(it);
  }
  gone->ended.notify();
}

std::shared_ptr<AccessService::Entry> AccessService::find(std::uint64_t grant) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, entry] : by_name_) {
    if (entry->grant == grant) return entry;
  }
  return nullptr;
}

std::shared_ptr<AccessService::Entry> AccessService::find_seen(const TokenName& name, const Caller& by) const {
  const auto it = by_name_.find(name);
  if (it == by_name_.end() || !cover(by.groups, it->second->token.groups)) return nullptr;
  return it->second;
}

void AccessService::note_use(Entry& entry, Timestamp now) {
  AccessToken& token = entry.token;
  if (token.last_used_at && now - *token.last_used_at < kUseStep) return;
  token.last_used_at = now;
  tasks_.spawn(write_use(token.name, now));
}

asio::awaitable<void> AccessService::write_use(TokenName name, Timestamp at) {
  const auto written = co_await needs_.tokens.token_used(name, at);
  if (!written.ok()) {
    needs_.log.warn("the last use of a token could not be written",
                    {{"token", name}, {"message", written.error().message}});
  }
}

void AccessService::tell(std::string_view what, const TokenName& name, const Caller& by) {
  needs_.log.info(what, {{"token", name}, {"by", by.name}});
  needs_.events.written();
}

}  // namespace tradeauto
