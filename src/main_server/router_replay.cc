// The part of the Router that tells workers which groups and accounts are theirs.
#include <utility>

#include <boost/asio/post.hpp>

#include "main_server/router.h"
#include "net/run_on.h"

namespace tradeauto {

Router::GroupState* Router::find(const GroupName& name) {
  const auto it = groups_.find(name);
  return it == groups_.end() ? nullptr : &it->second;
}

// Tells the worker that the group is its own. The epoch is on disk; accounts and what is pending follow.
void Router::serve(const GroupName& name, GroupState& group, const std::shared_ptr<Session>& session) {
  group.session = session;
  group.reserved_for = session->name();
  group.lost = false;
  group.activations.clear();
  group.replay_all = true;
  session->link().assign(name, group.epoch);
  needs_.log.info("group assigned", {{"group", name}, {"worker", session->name()}});
  tasks_.spawn(replay(name));
}

// One at a time for each group, and each account is read after the change that it tells of: what was read earlier is
// never sent later. What the store refuses stays due, and tend() tries again.
asio::awaitable<void> Router::replay(GroupName name) {
  if (GroupState* group = find(name); group == nullptr || std::exchange(group->replaying, true)) co_return;
  Result<void> outcome;
  while (outcome.ok()) {
    GroupState* group = find(name);
    if (group == nullptr) co_return;
    if (!group->replay_due()) break;
    if (group->replay_all) {
      outcome = co_await replay_all(name);
    } else {
      outcome = co_await replay_one({.group = name, .account = *group->changed.begin()});
    }
  }
  log_failure("activation replay", outcome);
  GroupState* group = find(name);
  if (group == nullptr) co_return;
  group->replaying = false;
  told_.notify();
  if (outcome.ok()) tasks_.spawn(dispatch_all(name));
}

asio::awaitable<Result<void>> Router::replay_all(GroupName name) {
  GroupState* group = find(name);
  group->replay_all = false;
  group->changed.clear();
  const std::shared_ptr<Session> session = group->session;
  auto accounts = co_await needs_.registry.list_accounts(name);
  group = find(name);
  if (group == nullptr) co_return Result<void>{};
  if (!accounts.ok()) {
    group->replay_all = true;
    co_return std::move(accounts).error();
  }
  if (group->session != session) co_return Result<void>{};  // the next assignment replays all
  for (RegisteredAccount& account : *accounts) {
    if (account.enabled) activate(*group, std::move(account));
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> Router::replay_one(AccountRef ref) {
  GroupState* group = find(ref.group);
  group->changed.erase(ref.account);
  const std::shared_ptr<Session> session = group->session;
  auto account = co_await needs_.registry.find_account(ref);
  group = find(ref.group);
  if (group == nullptr) co_return Result<void>{};
  if (!account.ok()) {
    group->changed.insert(ref.account);
    co_return std::move(account).error();
  }
  if (group->session != session) co_return Result<void>{};
  if (*account && (*account)->enabled) {
    activate(*group, std::move(**account));
  } else {
    // Withdrawn first: what waits there stays pending, for the day when the account is enabled again.
    withdraw_account(*session, ref);
    group->activations.erase(ref.account);
    session->link().deactivate(ref, group->epoch);
  }
  co_return Result<void>{};
}

void Router::activate(GroupState& group, RegisteredAccount account) {
  auto credentials = needs_.box.open(account.ref, account.sealed_credentials);
  if (!credentials.ok()) {
    group.activations[account.ref.account] = {.state = "failed", .detail = credentials.error().message};
    needs_.log.error("credentials cannot be decrypted",
                     {{"group", account.ref.group}, {"account", account.ref.account}});
    return;
  }
  group.activations[account.ref.account] = {.state = "pending", .detail = {}};
  group.session->link().activate(AccountActivation{.account = account.ref,
                                                   .brokerage = account.brokerage,
                                                   .credentials = std::move(*credentials),
                                                   .epoch = group.epoch});
}

void Router::account_changed(AccountRef ref) {
  asio::post(strand_, [this, ref = std::move(ref)] {
    GroupState* group = find(ref.group);
    if (group == nullptr || !group->session) return;  // the replay at the next assignment covers it
    // What the worker said is of the account as it was.
    const auto said = group->activations.find(ref.account);
    if (said != group->activations.end()) said->second = {.state = "pending", .detail = {}};
    group->changed.insert(ref.account);
    tasks_.spawn(replay(ref.group));
  });
}

asio::awaitable<void> Router::session_activated(AccountRef account, Epoch epoch, Result<void> result) {
  return run_on(strand_, [](Router& self, AccountRef ref, Epoch of, Result<void> outcome) -> asio::awaitable<void> {
    GroupState* group = self.find(ref.group);
    if (group == nullptr || group->epoch != of) co_return;
    const auto it = group->activations.find(ref.account);
    if (it == group->activations.end()) co_return;  // deactivated since
    if (outcome.ok()) {
      it->second = {.state = "active", .detail = {}};
    } else {
      it->second = {.state = "failed", .detail = outcome.error().message};
      self.needs_.log.warn("activation failed",
                           {{"group", ref.group}, {"account", ref.account}, {"reason", outcome.error().reason}});
    }
  }(*this, std::move(account), epoch, std::move(result)));
}

asio::awaitable<Result<HoldingsReport>> Router::holdings(AccountRef account, Deadline deadline,
                                                         std::chrono::nanoseconds run_for) {
  return run_on(strand_, ask_holdings(std::move(account), deadline, run_for));
}

// Not before the worker was told of the account as it is: a question that overtakes the activation is refused, or is
// answered by the log-in that was there before.
asio::awaitable<Result<HoldingsReport>> Router::ask_holdings(AccountRef account, Deadline deadline,
                                                             std::chrono::nanoseconds run_for) {
  while (true) {
    const std::uint64_t seen = told_.version();
    const GroupState* group = find(account.group);
    if (group == nullptr || !group->session) co_return no_worker(account.group);
    if (group->told()) co_return co_await group->session->link().holdings(std::move(account), deadline, run_for);
    if (!co_await told_.wait(seen, needs_.clock, deadline)) {
      co_return make_error(ErrorCode::deadline_exceeded, "account_not_active",
                           "the worker could not be told of the account in time");
    }
  }
}

asio::awaitable<ServiceDirectory::Activation> Router::activation(AccountRef ref) {
  return run_on(strand_, [](Router& self, AccountRef of) -> asio::awaitable<Activation> {
    const GroupState* group = self.find(of.group);
    if (group == nullptr) co_return Activation{.state = "pending", .detail = "no worker serves the group yet"};
    const auto it = group->activations.find(of.account);
    if (it != group->activations.end()) co_return it->second;
    co_return Activation{.state = "pending", .detail = group->session ? "" : "no worker serves the group yet"};
  }(*this, std::move(ref)));
}

}  // namespace tradeauto
