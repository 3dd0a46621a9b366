// The part of the Router that offers pending child orders and answers permits.
#include <algorithm>
#include <map>
#include <utility>

#include <boost/asio/post.hpp>

#include "main_server/ids.h"
#include "main_server/router.h"
#include "net/run_on.h"

namespace tradeauto {
namespace {

std::chrono::nanoseconds time_left(Timestamp deadline, Timestamp now) {
  return std::max<std::chrono::nanoseconds>(std::chrono::nanoseconds::zero(), deadline - now);
}

std::vector<ChildOrderId> ids_of(const TransactionTask& task) {
  std::vector<ChildOrderId> ids;
  for (const TaskChildOrder& child : task.child_orders) ids.push_back(child.id);
  return ids;
}

TransactionTask make_task(const Order& order, const std::vector<ChildOrder>& children, Epoch epoch, Timestamp now) {
  TransactionTask task;
  task.id = make_task_id(children);
  task.epoch = epoch;
  task.order_id = order.id;
  task.client_order_id = order.client_order_id;
  task.account = children.front().account;
  task.brokerage = children.front().brokerage;
  task.side = order.side;
  task.quantity = order.quantity;
  task.dry_run = order.dry_run;
  for (const ChildOrder& child : children) task.child_orders.push_back({.id = child.id, .symbol = child.symbol});
  task.start_within = time_left(order.deadline, now);
  return task;
}

// What became of `ids`, child orders of a task that was offered to `session`.
void log_each(const Logger& log, std::string_view message, const Session& session, const TransactionTask& task,
              const std::vector<ChildOrderId>& ids) {
  if (!log.enabled(LogLevel::debug)) return;
  for (const ChildOrderId& id : ids) {
    log.debug(message, {{"order", task.order_id},
                        {"child_order", id},
                        {"task", task.id},
                        {"group", task.account.group},
                        {"account", task.account.account},
                        {"worker", session.name()}});
  }
}

}  // namespace

void Router::order_accepted(const Order& order) {
  asio::post(strand_, [this, order] {
    note_deadline(order.deadline);
    std::map<AccountRef, std::vector<ChildOrder>> by_account;
    for (const ChildOrder& child : order.child_orders) by_account[child.account].push_back(child);
    for (const auto& [ref, children] : by_account) {
      GroupState* group = find(ref.group);
      if (group == nullptr || !group->session) continue;
      Backlog& backlog = group->backlogs[ref.account];
      if (backlog.reading) {
        backlog.read_again = true;
      } else if (!backlog.waiting) {  // else its turn comes after what is older
        offer(*group, order, children);
      }
    }
  });
}

void Router::child_orders_canceled(const std::vector<ChildOrderChange>& changes) {
  asio::post(strand_, [this, changes] {
    for (const ChildOrderChange& change : changes) withdraw(change.child_order);
  });
}

bool Router::has_room(const GroupState& group, const AccountRef& ref) const {
  return group.session && group.session->offers.count(ref) <= settings_.offers_per_account / 2;
}

// Offers the pending child orders that `order` has in one account.
void Router::offer(GroupState& group, const Order& order, const std::vector<ChildOrder>& children) {
  const AccountRef& ref = children.front().account;
  if (!group.activations.contains(ref.account)) return;  // disabled, or its activation comes: then replay() dispatches
  if (!group.session->legacy()) {
    offer_task(group, order, children);
    return;
  }
  for (const ChildOrder& child : children) offer_task(group, order, {child});
}

void Router::offer_task(GroupState& group, const Order& order, const std::vector<ChildOrder>& children) {
  const AccountRef& ref = children.front().account;
  Session& session = *group.session;
  if (session.offers.count(ref) >= settings_.offers_per_account) {
    group.backlogs[ref.account].waiting = true;
    return;
  }
  TransactionTask task = make_task(order, children, group.epoch, needs_.clock.now());
  task.run_for = run_for(task.brokerage);
  const TransactionTask* kept = session.offers.add(std::move(task));
  if (kept == nullptr) return;
  log_each(needs_.log, "offered", session, *kept, ids_of(*kept));
  session.link().offer(*kept);
}

asio::awaitable<void> Router::dispatch_all(GroupName name) {
  std::vector<AccountRef> accounts;
  if (const GroupState* group = find(name); group != nullptr) {
    for (const auto& [account, activation] : group->activations)
      accounts.push_back({.group = name, .account = account});
  }
  for (const AccountRef& ref : accounts) co_await dispatch(ref);
}

// Reads what the account has pending and offers it, the oldest first. What the ledger tells while a permit is on its
// way there may be started by the time it is told, and what was withdrawn meanwhile is pending no more: then it is read
// again.
asio::awaitable<void> Router::dispatch(AccountRef ref) {
  GroupState* group = find(ref.group);
  if (group == nullptr || !group->session) co_return;
  if (std::exchange(group->backlogs[ref.account].reading, true)) {
    group->backlogs[ref.account].read_again = true;
    co_return;
  }
  while (true) {
    Backlog& before = group->backlogs[ref.account];
    before.read_again = false;
    before.waiting = false;
    const std::uint64_t ended = before.permits_ended;
    const std::uint64_t withdrawals = before.withdrawals;
    auto orders = co_await needs_.ledger.pending(ref, settings_.offers_per_account + 1);
    group = find(ref.group);
    if (group == nullptr) co_return;
    Backlog& backlog = group->backlogs[ref.account];
    if (!orders.ok()) {
      backlog.waiting = true;
      log_failure("reading pending child orders", Result<void>(std::move(orders).error()));
    } else if (backlog.permits_begun != backlog.permits_ended) {
      backlog.waiting = true;  // its end brings us back
    } else if (backlog.permits_ended != ended || backlog.withdrawals != withdrawals) {
      backlog.read_again = true;
    } else if (group->session) {
      for (const Order& order : *orders) offer(*group, order, order.child_orders);
    }
    if (!backlog.read_again) {
      backlog.reading = false;
      co_return;
    }
  }
}

asio::awaitable<Result<Permit>> Router::session_permit(std::shared_ptr<Session> session, TaskId task, Epoch epoch) {
  return run_on(strand_, do_permit(std::move(session), std::move(task), epoch));
}

asio::awaitable<Result<Permit>> Router::do_permit(std::shared_ptr<Session> session, TaskId task_id, Epoch epoch) {
  Permit permit;
  permit.task = task_id;
  permit.epoch = epoch;
  const TransactionTask* offered = session->live() ? session->offers.find(task_id) : nullptr;
  if (offered == nullptr) {
    permit.refusal = "not_offered";
    co_return permit;
  }
  const AccountRef ref = offered->account;
  GroupState* group = find(ref.group);
  if (group == nullptr || group->session != session || group->epoch != epoch) {
    permit.refusal = "stale_epoch";
    co_return permit;
  }
  const TransactionTask task = session->offers.take(task_id).value();
  ++group->backlogs[ref.account].permits_begun;
  ++session->permits_open;
  const Timestamp now = needs_.clock.now();
  const auto bound = std::chrono::duration_cast<std::chrono::microseconds>(settings_.lease + task.run_for);
  auto decision = co_await needs_.ledger.permit({.task = task,
                                                 .worker = session->name(),
                                                 .journal = session->journal(),
                                                 .epoch = epoch,
                                                 .now = now,
                                                 .run_deadline = now + bound});
  --session->permits_open;
  group = find(ref.group);
  const bool retry = !decision.ok() || std::ranges::any_of(decision->refused, &PermitRefusal::retry_later);
  if (group != nullptr) {
    Backlog& backlog = group->backlogs[ref.account];
    ++backlog.permits_ended;
    // A backlog is refilled before the worker runs dry, but only for a start: else what is refused for now would be
    // offered and refused without end.
    const bool started = decision.ok() && !decision->permitted.empty();
    if (backlog.waiting && started && has_room(*group, ref)) tasks_.spawn(dispatch(ref));
    backlog.waiting = backlog.waiting || retry;
  }
  if (!decision.ok()) co_return std::move(decision).error();
  needs_.events.publish(decision->changes);
  log_each(needs_.log, "permitted", *session, task, decision->permitted);
  permit.child_orders = std::move(decision->permitted);
  permit.valid_for = settings_.lease;
  permit.run_for = task.run_for;
  for (const PermitRefusal& refusal : decision->refused) {
    permit.refusal = refusal.reason;
    permit.retry_later = permit.retry_later || refusal.retry_later;
    log_each(needs_.log.with({"reason", refusal.reason}), "not permitted", *session, task, {refusal.child_order});
  }
  co_return permit;
}

asio::awaitable<void> Router::session_refused(std::shared_ptr<Session> session, TaskId task, Error error) {
  return run_on(strand_, do_refused(std::move(session), std::move(task), std::move(error)));
}

asio::awaitable<void> Router::do_refused(std::shared_ptr<Session> session, TaskId task_id, Error error) {
  const auto taken = session->offers.take(task_id);
  if (!taken) co_return;
  const TransactionTask& task = *taken;
  // Not asked for its permit: the ledger moves what is pending, so even a wrong word of the worker denies nothing that
  // may run.
  auto changes = co_await needs_.ledger.refuse(ids_of(task), error.reason, error.message, needs_.clock.now());
  if (!changes.ok()) {
    if (GroupState* group = find(task.account.group); group != nullptr) {
      group->backlogs[task.account.account].waiting = true;
    }
    log_failure("refusing a task", Result<void>(std::move(changes).error()));
    co_return;
  }
  needs_.log.warn("worker refused a task", {{"worker", session->name()},
                                            {"task", task.id},
                                            {"order", task.order_id},
                                            {"group", task.account.group},
                                            {"account", task.account.account},
                                            {"reason", error.reason}});
  needs_.events.publish(*changes);
}

void Router::withdraw(const ChildOrder& child) {
  const auto group = groups_.find(child.account.group);
  if (group == groups_.end() || !group->second.session) return;
  ++group->second.backlogs[child.account.account].withdrawals;
  Session& session = *group->second.session;
  for (const TaskId& id : session.offers.of(child.account)) {
    const auto& children = session.offers.find(id)->child_orders;
    if (std::ranges::find(children, child.id, &TaskChildOrder::id) == children.end()) continue;
    session.offers.take(id);
    session.link().withdraw(id);
  }
}

void Router::withdraw_account(Session& session, const AccountRef& ref) {
  for (const TaskId& id : session.offers.of(ref)) {
    session.offers.take(id);
    session.link().withdraw(id);
  }
}

std::chrono::nanoseconds Router::run_for(Brokerage brokerage) const {
  return info(brokerage).needs_browser ? settings_.browser_run_for : settings_.run_for;
}

}  // namespace tradeauto
