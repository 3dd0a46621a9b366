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

}  // namespace

void Router::order_accepted(const Order& order) {
  asio::post(strand_, [this, order] {
    note_deadline(order.deadline);
    std::map<GroupName, Order> by_group;
    for (const ChildOrder& child : order.child_orders) {
      const auto [it, added] = by_group.try_emplace(child.account.group, order);
      if (added) it->second.child_orders.clear();
      it->second.child_orders.push_back(child);
    }
    for (const auto& [name, part] : by_group) {
      const auto it = groups_.find(name);
      if (it != groups_.end() && it->second.session) offer(it->second, part);
    }
  });
}

// Offers the pending child orders of `order`, one task an account. What does not fit now is offered by a later
// dispatch().
void Router::offer(GroupState& group, const Order& order) {
  std::map<AccountName, std::vector<ChildOrder>> by_account;
  for (const ChildOrder& child : order.child_orders) by_account[child.account.account].push_back(child);
  for (const auto& [account, children] : by_account) {
    Session& session = *group.session;
    if (!group.activations.contains(account)) continue;  // disabled, or its activation comes: then replay() dispatches
    if (session.offers.size() >= settings_.max_offers) {
      group.retry = true;
      return;
    }
    TransactionTask task = make_task(order, children, group.epoch, needs_.clock.now());
    task.run_for = run_for(task.brokerage);
    const auto [it, added] = session.offers.try_emplace(task.id, std::move(task));
    if (added) session.link().offer(it->second);
  }
}

asio::awaitable<void> Router::dispatch(GroupName name) {
  {
    const auto it = groups_.find(name);
    if (it == groups_.end() || !it->second.session) co_return;
    if (it->second.dispatching) {
      it->second.dispatch_again = true;
      co_return;
    }
    it->second.dispatching = true;
    it->second.retry = false;
  }
  while (true) {
    auto orders = co_await needs_.ledger.pending(name);
    const auto it = groups_.find(name);
    if (it == groups_.end()) co_return;
    GroupState& group = it->second;
    if (!orders.ok()) {
      group.retry = true;
      log_failure("reading pending child orders", Result<void>(std::move(orders).error()));
    } else if (group.session) {
      for (const Order& order : *orders) offer(group, order);
    }
    if (!std::exchange(group.dispatch_again, false)) {
      group.dispatching = false;
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
  const auto offered = session->offers.find(task_id);
  if (!session->live() || offered == session->offers.end()) {
    permit.refusal = "not_offered";
    co_return permit;
  }
  const TransactionTask task = offered->second;
  const GroupName group_name = task.account.group;
  const auto group = groups_.find(group_name);
  if (group == groups_.end() || group->second.session != session || group->second.epoch != epoch) {
    permit.refusal = "stale_epoch";
    co_return permit;
  }
  session->offers.erase(offered);
  const Timestamp now = needs_.clock.now();
  const auto bound = std::chrono::duration_cast<std::chrono::microseconds>(settings_.lease + task.run_for);
  auto decision = co_await needs_.ledger.permit({.task = task,
                                                 .worker = session->name(),
                                                 .journal = session->journal(),
                                                 .epoch = epoch,
                                                 .now = now,
                                                 .run_deadline = now + bound});
  const auto again = groups_.find(group_name);
  if (!decision.ok()) {
    if (again != groups_.end()) again->second.retry = true;
    co_return std::move(decision).error();
  }
  needs_.events.publish(decision->changes);
  // A backlog beyond max_offers is refilled before the worker runs dry, but only for a start: else what is refused for
  // now would be offered and refused without end.
  if (again != groups_.end() && again->second.retry && !decision->permitted.empty() &&
      session->offers.size() < settings_.max_offers / 2) {
    tasks_.spawn(dispatch(group_name));
  }
  permit.child_orders = std::move(decision->permitted);
  permit.valid_for = settings_.lease;
  permit.run_for = task.run_for;
  for (const PermitRefusal& refusal : decision->refused) {
    permit.refusal = refusal.reason;
    if (refusal.retry_later) {
      permit.retry_later = true;
      if (again != groups_.end()) again->second.retry = true;
    }
  }
  co_return permit;
}

asio::awaitable<void> Router::session_refused(std::shared_ptr<Session> session, TaskId task, Error error) {
  return run_on(strand_, do_refused(std::move(session), std::move(task), std::move(error)));
}

asio::awaitable<void> Router::do_refused(std::shared_ptr<Session> session, TaskId task_id, Error error) {
  const auto offered = session->offers.find(task_id);
  if (offered == session->offers.end()) co_return;
  const TransactionTask task = std::move(offered->second);
  session->offers.erase(offered);
  // Not asked for its permit: the ledger moves what is pending, so even a wrong word of the worker denies nothing that
  // may run.
  auto changes = co_await needs_.ledger.refuse(ids_of(task), error.reason, error.message, needs_.clock.now());
  if (!changes.ok()) {
    const auto group = groups_.find(task.account.group);
    if (group != groups_.end()) group->second.retry = true;
    log_failure("refusing a task", Result<void>(std::move(changes).error()));
    co_return;
  }
  needs_.log.warn("worker refused a task", {{"worker", session->name()},
                                            {"order", task.order_id},
                                            {"account", task.account.account},
                                            {"reason", error.reason}});
  needs_.events.publish(*changes);
}

void Router::withdraw(const ChildOrder& child) {
  const auto group = groups_.find(child.account.group);
  if (group == groups_.end() || !group->second.session) return;
  Session& session = *group->second.session;
  std::erase_if(session.offers, [&](const auto& offered) {
    const TransactionTask& task = offered.second;
    const bool mine = std::ranges::find(task.child_orders, child.id, &TaskChildOrder::id) != task.child_orders.end();
    if (mine) session.link().withdraw(task.id);
    return mine;
  });
}

void Router::withdraw_account(Session& session, const AccountRef& ref) {
  std::erase_if(session.offers, [&](const auto& offered) {
    if (offered.second.account != ref) return false;
    session.link().withdraw(offered.first);
    return true;
  });
}

std::chrono::nanoseconds Router::run_for(Brokerage brokerage) const {
  return info(brokerage).needs_browser ? settings_.browser_run_for : settings_.run_for;
}

}  // namespace tradeauto
