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
    // The worker that served it may still run what it was permitted: until one lease has passed the group is kept for it.
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
      if (session->live) session->link().close("shutting_down");
    }
    co_return;
  }(*this));
  tasks_.cancel();
  co_await tasks_.join();
}

asio::awaitable<Result<WorkerSessions::Opened>> Router::open(WorkerHello hello, std::shared_ptr<WorkerLink> link) {
  return run_on(strand_, do_open(std::move(hello), std::move(link)));
}

asio::awaitable<Result<WorkerSessions::Opened>> Router::do_open(WorkerHello hello, std::shared_ptr<WorkerLink> link) {
  if (stopping_) co_return make_error(ErrorCode::unavailable, "shutting_down", "the main server is shutting down");
  const WorkerName name = hello.name;
  if (const auto it = sessions_.find(name); it != sessions_.end() && it->second->live) {
    const std::shared_ptr<Session> old = it->second;
    if (old->journal() != hello.journal.id) {
      co_return make_error(ErrorCode::conflict, "worker_name_taken",
                           "another worker with this name is connected; give each its own WORKER_NAME");
    }
    old->link().close("superseded");
    lose(old, "superseded");
  }
  auto session = std::make_shared<Session>(hello, std::move(link), settings_.lease,
                                           Session::Needs{.owner = *this,
                                                          .ledger = needs_.ledger,
                                                          .events = needs_.events,
                                                          .clock = needs_.clock,
                                                          .log = needs_.log.with({"worker", name})});
  sessions_[name] = session;
  lease_running_.erase(name);
  // New epochs come first: a permit of the old session that is still on its way to the ledger is refused from here on, so
  // that what the settlement reads is all there is.
  for (auto& [group_name, group] : groups_) {
    if (group.reserved_for != name) continue;
    auto epoch = co_await needs_.registry.assign(group_name, name, needs_.clock.now());
    if (!epoch.ok()) co_return std::move(epoch).error();
    group.epoch = *epoch;
  }
  CO_TRY_VOID(co_await settlement_.on_hello(hello));
  needs_.log.info("worker connected", {{"worker", name}, {"version", hello.version}, {"journal", hello.journal.id}});
  tasks_.spawn(take_groups(session));
  co_return Opened{.session = session,
                   .ledger = needs_.ledger.id(),
                   .incarnation = needs_.ledger.incarnation(),
                   .lease = settings_.lease};
}

// The groups that were kept for this worker, with the epochs that do_open() got; then what waits.
asio::awaitable<void> Router::take_groups(std::shared_ptr<Session> session) {
  std::vector<GroupName> kept;
  for (const auto& [name, group] : groups_) {
    if (group.reserved_for == session->name() && !group.session) kept.push_back(name);
  }
  for (const GroupName& name : kept) log_failure("activation replay", co_await serve(name, session));
  co_await assign_waiting();
}

// Tells the worker that the group is its own, replays the accounts and offers what is pending. The epoch is on disk.
asio::awaitable<Result<void>> Router::serve(GroupName name, std::shared_ptr<Session> session) {
  {
    const auto it = groups_.find(name);
    if (it == groups_.end() || !session->live) co_return Result<void>{};
    GroupState& group = it->second;
    group.session = session;
    group.reserved_for = session->name();
    group.lost = false;
    group.activations.clear();
    session->link().assign(name, group.epoch);
  }
  CO_TRY(auto accounts, co_await needs_.registry.list_accounts(name));
  const auto it = groups_.find(name);
  if (it == groups_.end() || it->second.session != session) co_return Result<void>{};
  for (RegisteredAccount& account : accounts) {
    if (account.enabled) activate(it->second, std::move(account));
  }
  needs_.log.info("group assigned", {{"group", name}, {"worker", session->name()}, {"accounts", accounts.size()}});
  tasks_.spawn(dispatch(name));
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
      if (!session->live) continue;
      workers.push_back(
          {.name = name, .serving = load[name], .capacity = 0, .only_groups = session->hello().only_groups});
    }
    for (const PlannedAssignment& plan : plan_assignments(std::move(waiting), std::move(workers))) {
      groups_[plan.group].reserved_for = plan.worker;
      const auto session = sessions_[plan.worker];
      auto epoch = co_await needs_.registry.assign(plan.group, plan.worker, needs_.clock.now());
      const auto it = groups_.find(plan.group);
      if (it == groups_.end()) continue;
      if (!epoch.ok()) {
        it->second.reserved_for.reset();  // it waits on; tend() tries again
        log_failure("assignment", Result<void>(std::move(epoch).error()));
        continue;
      }
      it->second.epoch = std::max(it->second.epoch, *epoch);
      log_failure("activation replay", co_await serve(plan.group, session));
    }
  } while (assign_again_);
  assigning_ = false;
}

void Router::session_closed(std::shared_ptr<Session> session, std::string reason) {
  asio::post(strand_, [this, session = std::move(session), reason = std::move(reason)] { lose(session, reason); });
}

void Router::lose(const std::shared_ptr<Session>& session, const std::string& reason) {
  if (!session->live) return;
  session->live = false;
  session->offers.clear();
  for (auto& [name, group] : groups_) {
    if (group.session == session) group.session.reset();  // still reserved for the worker's name
  }
  const auto current = sessions_.find(session->name());
  if (current == sessions_.end() || current->second != session) return;
  needs_.log.warn("worker lost", {{"worker", session->name()}, {"reason", reason}});
  lease_running_.insert(session->name());
  // A worker that says goodbye has nothing running and starts nothing more: no need to wait for its lease.
  if (reason == "goodbye" && !stopping_) tasks_.spawn(lease_over(session));
}

asio::awaitable<void> Router::lease_over(std::shared_ptr<Session> session) {
  const WorkerName name = session->name();
  const auto current = sessions_.find(name);
  if (session->live || current == sessions_.end() || current->second != session) co_return;
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
    groups_[group].waiting_since = ++waiting_counter_;
    tasks_.spawn(assign_waiting());
  });
}

void Router::group_deleted(GroupName group) {
  asio::post(strand_, [this, group = std::move(group)] {
    const auto it = groups_.find(group);
    if (it == groups_.end()) return;
    if (it->second.session) it->second.session->link().release(group);
    groups_.erase(it);
  });
}

void Router::account_changed(AccountRef ref) { tasks_.spawn(replay_account(std::move(ref))); }

asio::awaitable<void> Router::replay_account(AccountRef ref) {
  auto account = co_await needs_.registry.find_account(ref);
  if (!account.ok()) {
    log_failure("activation replay", Result<void>(std::move(account).error()));
    co_return;
  }
  const auto it = groups_.find(ref.group);
  if (it == groups_.end() || !it->second.session) co_return;  // the replay at the next assignment covers it
  GroupState& group = it->second;
  if (*account && (*account)->enabled) {
    activate(group, std::move(**account));
  } else {
    group.activations.erase(ref.account);
    group.session->link().deactivate(ref, group.epoch);
  }
}

asio::awaitable<void> Router::session_activated(AccountRef account, Epoch epoch, Result<void> result) {
  return run_on(strand_, [](Router& self, AccountRef ref, Epoch of, Result<void> outcome) -> asio::awaitable<void> {
    const auto it = self.groups_.find(ref.group);
    if (it == self.groups_.end() || it->second.epoch != of) co_return;
    Activation& activation = it->second.activations[ref.account];
    if (outcome.ok()) {
      activation = {.state = "active", .detail = {}};
    } else {
      activation = {.state = "failed", .detail = outcome.error().message};
      self.needs_.log.warn("activation failed", {{"group", ref.group},
                                                 {"account", ref.account},
                                                 {"reason", outcome.error().reason}});
    }
  }(*this, std::move(account), epoch, std::move(result)));
}

asio::awaitable<ServiceDirectory::Activation> Router::activation(AccountRef ref) {
  return run_on(strand_, [](Router& self, AccountRef of) -> asio::awaitable<Activation> {
    const auto group = self.groups_.find(of.group);
    if (group != self.groups_.end()) {
      const auto it = group->second.activations.find(of.account);
      if (it != group->second.activations.end()) co_return it->second;
    }
    co_return Activation{.state = "pending", .detail = "no worker serves the group yet"};
  }(*this, std::move(ref)));
}

asio::awaitable<std::optional<WorkerName>> Router::serving(GroupName group) {
  return run_on(strand_, [](Router& self, GroupName name) -> asio::awaitable<std::optional<WorkerName>> {
    const auto it = self.groups_.find(name);
    if (it == self.groups_.end() || !it->second.session) co_return std::nullopt;
    co_return it->second.session->name();
  }(*this, std::move(group)));
}

void Router::log_failure(std::string_view what, const Result<void>& result) const {
  if (result.ok()) return;
  needs_.log.error("the store failed; it is tried again",
                   {{"what", what}, {"reason", result.error().reason}, {"message", result.error().message}});
}

}  // namespace tradeauto
