#include "main_server/router.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "net/run_on.h"

namespace tradeauto {

Router::Router(RouterSettings settings, Needs needs)
    : settings_(settings),
      needs_(std::move(needs)),
      strand_(asio::make_strand(needs_.executor)),
      settlement_({.ledger = needs_.ledger, .events = needs_.events, .clock = needs_.clock, .log = needs_.log}),
      started_at_(needs_.clock.boot_now()),
      next_sweep_(started_at_ + settings_.lease),
      tasks_(strand_) {}

asio::awaitable<Result<void>> Router::start() {
  CO_TRY(const auto groups, co_await needs_.registry.list_groups());
  CO_TRY(const auto assignments, co_await needs_.registry.assignments());
  CO_TRY(next_expiry_, co_await needs_.ledger.next_expiry());
  for (const Group& group : groups) groups_[group.name].waiting_since = ++waiting_counter_;
  for (const Registry::Assignment& assignment : assignments) {
    const auto it = groups_.find(assignment.group);
    if (it == groups_.end()) continue;
    it->second.lost = true;
    // The worker that served it may still run what it was permitted: until one lease has passed the group is kept for
    // it.
    it->second.reserved_for = assignment.worker;
    lease_running_.insert(assignment.worker);
  }
  tasks_.spawn(tend());
  co_return Result<void>{};
}

asio::awaitable<void> Router::stop() {
  co_await run_on(strand_, [](Router& self) -> asio::awaitable<void> {
    self.stopping_ = true;
    for (const auto& [name, session] : self.sessions_) {
      if (session->live()) session->link().close("shutting_down");
    }
    co_return;
  }(*this));
  tasks_.cancel();
  co_await tasks_.join();
  co_await run_on(strand_, [](Router& self) -> asio::awaitable<void> {
    const Semaphore::Slot last_hello = co_await self.hellos_->acquire();  // it uses what is about to die
  }(*this));
  co_await run_on(strand_,
                  [](Router& /*self*/) -> asio::awaitable<void> { co_return; }(*this));  // what was posted before
}

asio::awaitable<Result<WorkerSessions::Opened>> Router::open(WorkerHello hello, std::shared_ptr<WorkerLink> link) {
  return run_on(strand_, do_open(std::move(hello), std::move(link)));
}

asio::awaitable<Result<WorkerSessions::Opened>> Router::do_open(WorkerHello hello, std::shared_ptr<WorkerLink> link) {
  const Semaphore::Slot alone = co_await hellos_->acquire();
  if (stopping_) co_return make_error(ErrorCode::unavailable, "shutting_down", "the main server is shutting down");
  CO_TRY_VOID(supersede(hello));
  const WorkerName name = hello.name;
  auto session = std::make_shared<Session>(hello, std::move(link), settings_.lease,
                                           Session::Needs{.owner = *this,
                                                          .ledger = needs_.ledger,
                                                          .events = needs_.events,
                                                          .clock = needs_.clock,
                                                          .log = needs_.log.with({"worker", name})});
  sessions_[name] = session;
  lease_running_.erase(name);
  auto settled = co_await settle(session);
  if (settled.ok() && !session->live())
    settled = make_error(ErrorCode::unavailable, "session_lost", "the session is over");
  if (!settled.ok()) {
    lose(session, settled.error().reason);
    co_return std::move(settled).error();
  }
  session->settled = true;
  needs_.log.info("worker connected", {{"worker", name}, {"version", hello.version}, {"journal", hello.journal.id}});
  tasks_.spawn(assign_waiting());
  co_return Opened{.session = session,
                   .ledger = needs_.ledger.id(),
                   .incarnation = needs_.ledger.incarnation(),
                   .lease = settings_.lease};
}

// Ends the session that stands under this name, if it may be replaced.
Result<void> Router::supersede(const WorkerHello& hello) {
  const auto it = sessions_.find(hello.name);
  if (it == sessions_.end() || !it->second->live()) return {};
  const std::shared_ptr<Session> old = it->second;
  if (old->journal() != hello.journal.id) {
    return make_error(ErrorCode::conflict, "worker_name_taken",
                      "another worker with this name is connected; give each its own WORKER_NAME");
  }
  old->link().close("superseded");
  lose(old, "superseded");
  return {};
}

// New epochs come first: a permit of the old session that is still on its way to the ledger is refused from here on, so
// that what the settlement reads is all there is. Then the groups that were kept for this worker are its own again.
asio::awaitable<Result<void>> Router::settle(std::shared_ptr<Session> session) {
  std::vector<GroupName> kept;
  for (const auto& [name, group] : groups_) {
    if (group.reserved_for == session->name()) kept.push_back(name);
  }
  std::vector<GroupName> own;
  for (const GroupName& name : kept) {
    auto epoch = co_await needs_.registry.assign(name, session->name(), needs_.clock.now());
    if (epoch.ok()) {
      own.push_back(name);
      if (GroupState* group = find(name); group != nullptr) group->epoch = std::max(group->epoch, *epoch);
    } else if (epoch.error().code == ErrorCode::not_found) {
      tasks_.spawn(forget_group(name));
    } else {
      co_return std::move(epoch).error();
    }
  }
  CO_TRY_VOID(co_await settlement_.on_hello(session->hello()));
  note_deadline(needs_.clock.now());  // what is pending again may be due
  if (!session->live()) co_return Result<void>{};
  for (const GroupName& name : own) {
    GroupState* group = find(name);
    if (group != nullptr && group->reserved_for == session->name() && !group->session) serve(name, *group, session);
  }
  co_return Result<void>{};
}

asio::awaitable<void> Router::assign_waiting() {
  // One at a time: a plan rests on loads that the plan before it changes.
  if (assigning_) {
    assign_again_ = true;
    co_return;
  }
  assigning_ = true;
  do {
    assign_again_ = false;
    std::vector<WaitingGroup> waiting;
    std::map<WorkerName, std::size_t> load;
    for (const auto& [name, group] : groups_) {
      if (group.session) ++load[group.session->name()];
      if (!group.session && !group.reserved_for) {
        waiting.push_back({.name = name, .lost = group.lost, .waiting_since = group.waiting_since});
      }
    }
    std::vector<AvailableWorker> workers;
    for (const auto& [name, session] : sessions_) {
      if (!session->live() || !session->settled || session->draining) continue;
      workers.push_back({.name = name,
                         .serving = load[name],
                         .capacity = session->legacy() ? std::size_t{1} : std::size_t{0},
                         .only_groups = session->hello().only_groups});
    }
    for (const PlannedAssignment& plan : plan_assignments(std::move(waiting), std::move(workers))) {
      co_await assign_one(plan.group, plan.worker);
    }
  } while (assign_again_);
  assigning_ = false;
}

// The plan may be old by the time its turn comes: the group deleted, the worker gone.
asio::awaitable<void> Router::assign_one(GroupName name, WorkerName worker) {
  const auto found = sessions_.find(worker);
  GroupState* group = find(name);
  if (group == nullptr || group->session || group->reserved_for) co_return;
  if (found == sessions_.end() || !found->second->live() || found->second->draining) co_return;
  const std::shared_ptr<Session> session = found->second;
  group->reserved_for = worker;
  auto epoch = co_await needs_.registry.assign(name, worker, needs_.clock.now());
  group = find(name);
  if (group == nullptr) co_return;
  if (!epoch.ok()) {
    if (group->reserved_for == worker) group->reserved_for.reset();  // it waits on; tend() tries again
    if (epoch.error().code == ErrorCode::not_found) tasks_.spawn(forget_group(name));
    log_failure("assignment", Result<void>(std::move(epoch).error()));
    co_return;
  }
  group->epoch = std::max(group->epoch, *epoch);
  if (session->live() && group->reserved_for == worker && !group->session) serve(name, *group, session);
}

void Router::session_closed(std::shared_ptr<Session> session, std::string reason) {
  asio::post(strand_, [this, session = std::move(session), reason = std::move(reason)] { lose(session, reason); });
}

void Router::session_failed(std::shared_ptr<Session> session, std::string reason) {
  asio::post(strand_, [this, session = std::move(session), reason = std::move(reason)] {
    if (!session->live()) return;
    session->link().close(reason);
    lose(session, reason);
  });
}

void Router::lose(const std::shared_ptr<Session>& session, const std::string& reason) {
  if (!session->live()) return;
  session->end();
  for (auto& [name, group] : groups_) {
    if (group.session == session) group.session.reset();  // still reserved for the worker's name
  }
  told_.notify();
  const auto current = sessions_.find(session->name());
  if (current == sessions_.end() || current->second != session) return;
  if (reason == "goodbye" || reason == "shutting_down") {
    needs_.log.info("worker left", {{"worker", session->name()}, {"reason", reason}});
  } else {
    needs_.log.warn("worker lost", {{"worker", session->name()}, {"reason", reason}});
  }
  lease_running_.insert(session->name());
  // A worker that says goodbye has nothing running and starts nothing more: no need to wait for its lease.
  if (reason == "goodbye" && !stopping_) tasks_.spawn(lease_over(session));
}

asio::awaitable<void> Router::lease_over(std::shared_ptr<Session> session) {
  const WorkerName name = session->name();
  const auto current = sessions_.find(name);
  if (session->live() || current == sessions_.end() || current->second != session) co_return;
  if (lease_running_.erase(name) == 0) co_return;
  for (auto& [group_name, group] : groups_) {
    if (group.reserved_for != name) continue;
    group.reserved_for.reset();
    group.lost = true;
    group.waiting_since = ++waiting_counter_;
    group.activations.clear();
  }
  log_failure("settling a lost worker", co_await settlement_.on_lease_over(session->journal()));
  co_await assign_waiting();
}

void Router::group_created(GroupName group) {
  asio::post(strand_, [this, group = std::move(group)] {
    ++groups_created_;
    groups_[group].waiting_since = ++waiting_counter_;
    tasks_.spawn(assign_waiting());
  });
}

void Router::group_deleted(GroupName group) { tasks_.spawn(forget_group(std::move(group))); }

// Word of a deletion may come after that of a group that was made anew under the same name: the registry knows.
asio::awaitable<void> Router::forget_group(GroupName name) {
  while (true) {
    const std::uint64_t created = groups_created_;
    auto found = co_await needs_.registry.find_group(name);
    if (!found.ok() || *found) co_return;
    if (created == groups_created_) break;
  }
  const auto it = groups_.find(name);
  if (it == groups_.end()) co_return;
  if (it->second.session) it->second.session->link().release(name);
  groups_.erase(it);
}

asio::awaitable<std::optional<WorkerName>> Router::serving(GroupName group) {
  return run_on(strand_, [](Router& self, GroupName name) -> asio::awaitable<std::optional<WorkerName>> {
    const GroupState* group = self.find(name);
    if (group == nullptr || !group->session) co_return std::nullopt;
    co_return group->session->name();
  }(*this, std::move(group)));
}

void Router::log_failure(std::string_view what, const Result<void>& result) const {
  if (result.ok()) return;
  needs_.log.error("the store failed; it is tried again",
                   {{"what", what}, {"reason", result.error().reason}, {"message", result.error().message}});
}

}  // namespace tradeauto
