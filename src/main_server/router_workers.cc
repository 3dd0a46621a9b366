// The part of the Router that people see and do of workers: the list, and the drain.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "main_server/router.h"
#include "net/run_on.h"

namespace tradeauto {
namespace {

std::string describe(const ExecutorInfo& executor) {
  if (!executor.available) return fmt::format("{}: not available: {}", executor.name, executor.problem);
  if (!executor.problem.empty()) return fmt::format("{} {}: {}", executor.name, executor.version, executor.problem);
  return executor.version.empty() ? executor.name : fmt::format("{} {}", executor.name, executor.version);
}

Error unknown_worker(const WorkerName& name) {
  return make_error(ErrorCode::not_found, "unknown_worker", fmt::format("there is no worker \"{}\"", name));
}

Error not_connected(const WorkerName& name) {
  return make_error(ErrorCode::conflict, "worker_not_connected",
                    fmt::format("the worker \"{}\" is not connected: it gets nothing as it is", name));
}

Event drained(const WorkerView& worker, Actor by, Timestamp now) {
  Event event;
  event.at = now;
  event.type = to_string(Deed::worker_drained);
  event.actor = std::move(by);
  event.worker = worker.name;
  if (!worker.groups.empty()) event.detail = fmt::format("it served {}", fmt::join(worker.groups, ", "));
  return event;
}

}  // namespace

asio::awaitable<Result<std::vector<WorkerView>>> Router::workers() { return run_on(strand_, do_workers()); }

asio::awaitable<Result<std::vector<WorkerView>>> Router::do_workers() {
  CO_TRY(const auto executing, co_await needs_.ledger.executing());
  std::vector<WorkerView> views;
  for (const auto& [name, session] : sessions_) views.push_back(view_of(*session, executing));
  co_return views;
}

WorkerView Router::view_of(const Session& session, const std::vector<Ledger::Permitted>& executing) const {
  WorkerView view;
  view.name = session.name();
  view.version = session.hello().version;
  view.link = session.legacy() ? "legacy" : "session";
  view.connected_at = session.connected_at();
  view.last_seen_at = session.last_seen_at();
  for (const auto& [name, group] : groups_) {
    if (group.session.get() == &session) view.groups.push_back(name);
  }
  const auto its = [&](const Ledger::Permitted& permitted) { return permitted.journal == session.journal(); };
  view.executing = static_cast<std::size_t>(std::ranges::count_if(executing, its));
  view.state = !session.live() ? "lost" : session.draining ? "draining" : view.groups.empty() ? "idle" : "serving";
  for (const ExecutorInfo& executor : session.hello().executors) view.executors.push_back(describe(executor));
  return view;
}

asio::awaitable<Result<WorkerView>> Router::drain(WorkerName name, Actor by) {
  return run_on(strand_, do_drain(std::move(name), std::move(by)));
}

asio::awaitable<Result<WorkerView>> Router::do_drain(WorkerName name, Actor by) {
  const Semaphore::Slot no_hello = co_await hellos_->acquire();
  const auto found = sessions_.find(name);
  if (found == sessions_.end()) co_return unknown_worker(name);
  const std::shared_ptr<Session> session = found->second;
  if (!session->live()) co_return not_connected(name);
  CO_TRY(const auto executing, co_await needs_.ledger.executing());
  if (!session->draining) {
    // On disk first: nothing is taken from a worker that nobody can be asked about. If it leaves meanwhile, it serves
    // nothing either.
    const std::string who = by.name;
    CO_TRY_VOID(
        co_await needs_.ledger.append_event(drained(view_of(*session, executing), std::move(by), needs_.clock.now())));
    if (!session->live()) co_return not_connected(name);
    needs_.log.info("worker draining", {{"worker", name}, {"by", who}});
    begin_drain(session);
  }
  co_return view_of(*session, executing);
}

// What it was only offered is provably unstarted and goes with the groups; what it was permitted stays its own.
void Router::begin_drain(const std::shared_ptr<Session>& session) {
  session->draining = true;
  for (auto& [name, group] : groups_) {
    if (group.session == session) {
      hand_over(name, group);
    } else if (!group.session && group.reserved_for == session->name()) {
      group.reserved_for.reset();  // its assignment is on the way to the registry: it is not served then
    }
  }
  session->offers.clear();
  tasks_.spawn(assign_waiting());
}

void Router::hand_over(const GroupName& name, GroupState& group) {
  Session& session = *group.session;
  for (const auto& [account, activation] : group.activations) {
    withdraw_account(session, {.group = name, .account = account});
  }
  session.handed_over.insert(name);
  group.session.reset();
  group.reserved_for.reset();
  group.lost = true;
  group.waiting_since = ++waiting_counter_;
  group.activations.clear();
}

// A worker forgets a group that was taken from it once it runs nothing of it: a permit that is on its way to it must
// find the account. One that pinged cannot be told to forget anything: it is sent nothing more, and keeps its link.
asio::awaitable<void> Router::release_handed_over() {
  std::vector<std::shared_ptr<Session>> quiet;  // the ledger tells all that they run
  for (const auto& [name, session] : sessions_) {
    const bool asks = session->permits_open > 0;
    if (session->live() && !session->handed_over.empty() && !asks) quiet.push_back(session);
  }
  if (quiet.empty()) co_return;
  const auto executing = co_await needs_.ledger.executing();
  if (!executing.ok()) {
    log_failure("reading what a draining worker runs", Result<void>(executing.error()));
    co_return;
  }
  for (const auto& session : quiet) {
    if (!session->live()) continue;
    std::set<GroupName> busy;
    for (const Ledger::Permitted& permitted : *executing) {
      if (permitted.journal == session->journal()) busy.insert(permitted.group);
    }
    for (const GroupName& group : std::exchange(session->handed_over, {})) {
      if (busy.contains(group)) {
        session->handed_over.insert(group);
      } else if (!session->legacy()) {
        session->link().release(group);
      }
    }
  }
}

}  // namespace tradeauto
