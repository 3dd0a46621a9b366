#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>

#include "base/log.h"
#include "domain/assignment.h"
#include "main_server/account_service.h"
#include "main_server/holdings_service.h"
#include "main_server/order_service.h"
#include "main_server/session.h"
#include "main_server/settlement.h"
#include "net/semaphore.h"
#include "net/signal.h"
#include "net/task_group.h"

namespace tradeauto {

struct RouterSettings {
  std::chrono::nanoseconds lease = std::chrono::seconds(15);             // LEASE_SECONDS
  std::chrono::nanoseconds run_for = std::chrono::seconds(300);          // EXECUTION_SECONDS
  std::chrono::nanoseconds browser_run_for = std::chrono::seconds(600);  // for brokerages that need a browser
  std::size_t offers_per_account =
      8;  // outstanding; more wait in the ledger, so that no backlog delays another account
};

// Which worker serves which group: assignment, failover, activation replay; offers pending child orders and answers
// permits.
//
// A lost worker keeps its groups until its lease is over. Then its pending child orders go to another worker at once
// (they are provably unstarted), and what it was permitted is in doubt. Strand: its own; public functions may be called
// from any thread. stop() before destruction.
class Router final : public WorkerSessions,
                     public WorkerApi,
                     public ServiceDirectory,
                     public HoldingsSource,
                     public OrderListener,
                     public SessionOwner {
 public:
  struct Needs {
    Registry& registry;
    Ledger& ledger;
    EventBus& events;
    CredentialBox& box;
    const Clock& clock;
    Logger log;
    asio::any_io_executor executor;
  };
  Router(RouterSettings settings, Needs needs);

  // Reads groups and deadlines from the store; then sessions may come.
  asio::awaitable<Result<void>> start();
  // Closes every session and ends the background work.
  asio::awaitable<void> stop();

  asio::awaitable<Result<Opened>> open(WorkerHello hello, std::shared_ptr<WorkerLink> link) override;
  asio::awaitable<Result<std::vector<WorkerView>>> workers() override;
  asio::awaitable<Result<WorkerView>> drain(WorkerName name, Actor by) override;
  void group_created(GroupName group) override;
  void group_deleted(GroupName group) override;
  void account_changed(AccountRef ref) override;
  asio::awaitable<Activation> activation(AccountRef ref) override;
  asio::awaitable<std::optional<WorkerName>> serving(GroupName group) override;
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                   std::chrono::nanoseconds run_for) override;
  void order_accepted(const Order& order) override;
  void child_orders_canceled(const std::vector<ChildOrderChange>& changes) override;
  asio::awaitable<Result<Permit>> session_permit(std::shared_ptr<Session> session, TaskId task, Epoch epoch) override;
  asio::awaitable<void> session_activated(AccountRef account, Epoch epoch, Result<void> result) override;
  asio::awaitable<void> session_refused(std::shared_ptr<Session> session, TaskId task, Error error) override;
  void session_closed(std::shared_ptr<Session> session, std::string reason) override;
  void session_failed(std::shared_ptr<Session> session, std::string reason) override;

 private:
  // What an account has pending beyond what is offered.
  struct Backlog {
    bool waiting = false;  // there may be some, or something was refused for now only
    bool reading = false;
    bool read_again = false;
    std::uint64_t permits_begun = 0;
    std::uint64_t permits_ended = 0;
    std::uint64_t withdrawals = 0;
  };
  struct GroupState {
    std::shared_ptr<Session> session;        // that serves it now
    std::optional<WorkerName> reserved_for;  // serves it, or is lost with its lease still running
    Epoch epoch;
    bool lost = false;
    std::uint64_t waiting_since = 0;
    bool replaying = false;
    bool replay_all = false;
    std::set<AccountName> changed;  // to be told to the worker
    std::map<AccountName, Activation> activations;
    std::map<AccountName, Backlog> backlogs;

    // What was due has been sent: a message that follows finds each account as it is now.
    bool told() const { return !replaying && !replay_due(); }
    bool replay_due() const { return session && (replay_all || !changed.empty()); }
  };

  // All of these: strand router. Pointers that find() gives end with the next co_await.
  GroupState* find(const GroupName& name);
  asio::awaitable<Result<Opened>> do_open(WorkerHello hello, std::shared_ptr<WorkerLink> link);
  Result<void> supersede(const WorkerHello& hello);
  asio::awaitable<Result<void>> settle(std::shared_ptr<Session> session);
  asio::awaitable<Result<Permit>> do_permit(std::shared_ptr<Session> session, TaskId task, Epoch epoch);
  asio::awaitable<void> do_refused(std::shared_ptr<Session> session, TaskId task, Error error);
  asio::awaitable<void> assign_waiting();
  asio::awaitable<void> assign_one(GroupName name, WorkerName worker);
  asio::awaitable<void> forget_group(GroupName name);
  asio::awaitable<Result<std::vector<WorkerView>>> do_workers();
  asio::awaitable<Result<WorkerView>> do_drain(WorkerName name, Actor by);
  WorkerView view_of(const Session& session, const std::vector<Ledger::Permitted>& executing) const;
  void begin_drain(const std::shared_ptr<Session>& session);
  void hand_over(const GroupName& name, GroupState& group);
  asio::awaitable<void> release_handed_over();
  void serve(const GroupName& name, GroupState& group, const std::shared_ptr<Session>& session);
  asio::awaitable<void> replay(GroupName name);
  asio::awaitable<Result<void>> replay_all(GroupName name);
  asio::awaitable<Result<void>> replay_one(AccountRef ref);
  void activate(GroupState& group, RegisteredAccount account);
  asio::awaitable<Result<HoldingsReport>> ask_holdings(AccountRef account, Deadline deadline,
                                                       std::chrono::nanoseconds run_for);
  asio::awaitable<void> dispatch_all(GroupName name);
  asio::awaitable<void> dispatch(AccountRef ref);
  void offer(GroupState& group, const Order& order, const std::vector<ChildOrder>& children);
  void offer_task(GroupState& group, const Order& order, const std::vector<ChildOrder>& children);
  bool has_room(const GroupState& group, const AccountRef& ref) const;
  void withdraw(const ChildOrder& child);
  void withdraw_account(Session& session, const AccountRef& ref);
  void lose(const std::shared_ptr<Session>& session, const std::string& reason);
  asio::awaitable<void> lease_over(std::shared_ptr<Session> session);
  asio::awaitable<void> tend();
  asio::awaitable<void> tend_once();
  asio::awaitable<void> end_leases();
  asio::awaitable<void> try_again();
  asio::awaitable<void> note_offers();
  asio::awaitable<void> sweep();
  asio::awaitable<void> expire_orders();
  void note_deadline(Timestamp deadline);
  std::chrono::nanoseconds run_for(Brokerage brokerage) const;
  void log_failure(std::string_view what, const Result<void>& result) const;

  const RouterSettings settings_;
  Needs needs_;
  asio::strand<asio::any_io_executor> strand_;
  Settlement settlement_;
  const BootTime started_at_;

  std::map<GroupName, GroupState> groups_;
  std::map<WorkerName, std::shared_ptr<Session>> sessions_;  // live ones, and lost ones until they come back
  std::set<WorkerName> lease_running_;                       // lost, lease not over
  std::optional<Timestamp> next_expiry_;
  BootTime next_sweep_;
  std::uint64_t waiting_counter_ = 0;
  std::uint64_t groups_created_ = 0;
  // One hello at a time: what an older one reads of the ledger must not be acted on after a newer one was answered.
  const std::shared_ptr<Semaphore> hellos_ = Semaphore::make(1);
  Signal told_;  // a replay has ended, or a group lost its worker
  bool assigning_ = false;
  bool assign_again_ = false;
  bool stopping_ = false;

  TaskGroup tasks_;
};

}  // namespace tradeauto
