// The part of the Router that time drives: leases, deadlines for the start, runs that are overdue.
#include <algorithm>
#include <utility>

#include "main_server/router.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

constexpr std::chrono::nanoseconds kSweepEvery = std::chrono::seconds(5);

}  // namespace

asio::awaitable<void> Router::tend() {
  const auto tick = std::clamp<std::chrono::nanoseconds>(settings_.lease / 10, std::chrono::milliseconds(50),
                                                         std::chrono::milliseconds(500));
  while (!stopping_) {
    co_await tend_once();
    co_await sleep_for(needs_.clock, tick);
  }
}

asio::awaitable<void> Router::tend_once() {
  co_await end_leases();
  if (next_expiry_ && *next_expiry_ <= needs_.clock.now()) co_await expire_orders();
  co_await try_again();
  co_await note_offers();
  co_await release_handed_over();
  if (needs_.clock.boot_now() >= next_sweep_) co_await sweep();
}

asio::awaitable<void> Router::end_leases() {
  const BootTime now = needs_.clock.boot_now();
  std::vector<std::shared_ptr<Session>> over;
  for (const auto& [name, session] : sessions_) {
    if (session->lease_end() > now) continue;
    if (session->live()) {
      session->link().close("lease_over");
      lose(session, "lease_over");
    }
    if (lease_running_.contains(name)) over.push_back(session);
  }
  for (const auto& session : over) co_await lease_over(session);
}

// What the store or a worker refused for now.
asio::awaitable<void> Router::try_again() {
  std::vector<AccountRef> due;
  bool waiting = false;
  for (const auto& [name, group] : groups_) {
    for (const auto& [account, backlog] : group.backlogs) {
      AccountRef ref{.group = name, .account = account};
      if (backlog.waiting && has_room(group, ref)) due.push_back(std::move(ref));
    }
    if (group.replay_due() && !group.replaying) tasks_.spawn(replay(name));
    waiting = waiting || (!group.session && !group.reserved_for);
  }
  for (const AccountRef& ref : due) co_await dispatch(ref);
  const bool any_worker = std::ranges::any_of(sessions_, [](const auto& entry) { return entry.second->live(); });
  if (waiting && any_worker) co_await assign_waiting();
}

// Which worker has what still waits for its turn. Most offers are permitted before a tick comes, and cost no write.
asio::awaitable<void> Router::note_offers() {
  std::map<WorkerName, std::vector<ChildOrderId>> offered;
  for (const auto& [name, session] : sessions_) {
    if (session->live()) offered.emplace(name, session->offers.take_new());
  }
  for (auto& [name, ids] : offered) {
    if (ids.empty()) continue;
    log_failure("noting offers", co_await needs_.ledger.offered(std::move(ids), name, needs_.clock.now()));
  }
}

asio::awaitable<void> Router::sweep() {
  next_sweep_ = needs_.clock.boot_now() + kSweepEvery;
  // Workers of the time before this start that have not come back within a lease lose their groups.
  for (auto& [name, group] : groups_) {
    if (!group.reserved_for || sessions_.contains(*group.reserved_for)) continue;
    lease_running_.erase(*group.reserved_for);
    group.reserved_for.reset();
  }
  std::set<JournalId> known;
  for (const auto& [name, session] : sessions_) {
    if (session->live() || lease_running_.contains(name)) known.insert(session->journal());
  }
  log_failure("sweeping", co_await settlement_.sweep(std::move(known)));
}

asio::awaitable<void> Router::expire_orders() {
  auto changes = co_await needs_.ledger.expire(needs_.clock.now());
  if (!changes.ok()) {
    log_failure("expiring child orders", Result<void>(std::move(changes).error()));
    co_return;
  }
  for (const ChildOrderChange& change : *changes) {
    const ChildOrder& child = change.child_order;
    withdraw(child);
    needs_.log.warn("a child order expired unstarted", {{"order", child.order_id},
                                                        {"child_order", child.id},
                                                        {"group", child.account.group},
                                                        {"account", child.account.account}});
  }
  needs_.events.publish(*changes);
  // Forgotten before it is read: an order that is accepted meanwhile notes its own.
  next_expiry_.reset();
  auto next = co_await needs_.ledger.next_expiry();
  if (!next.ok()) {
    note_deadline(needs_.clock.now());
    log_failure("reading deadlines", Result<void>(std::move(next).error()));
  } else if (*next) {
    note_deadline(**next);
  }
}

void Router::note_deadline(Timestamp deadline) {
  next_expiry_ = next_expiry_ ? std::min(*next_expiry_, deadline) : deadline;
}

}  // namespace tradeauto
