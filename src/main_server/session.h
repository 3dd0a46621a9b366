#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>

#include "base/log.h"
#include "main_server/event_bus.h"
#include "main_server/offers.h"
#include "ports/worker_link.h"

namespace tradeauto {

class Session;

// What a session hands over to whoever decides about groups: the Router. Any thread.
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;
  virtual asio::awaitable<Result<Permit>> session_permit(std::shared_ptr<Session> session, TaskId task,
                                                         Epoch epoch) = 0;
  virtual asio::awaitable<void> session_activated(AccountRef account, Epoch epoch, Result<void> result) = 0;
  virtual asio::awaitable<void> session_refused(std::shared_ptr<Session> session, TaskId task, Error error) = 0;
  virtual void session_closed(std::shared_ptr<Session> session, std::string reason) = 0;
  // The store did not take what the worker said: only a new hello brings it again.
  virtual void session_failed(std::shared_ptr<Session> session, std::string reason) = 0;
};

// One connection of one worker, from its hello to its end.
//
// Reports go straight to the ledger (which keeps their order); everything about groups goes to the owner.
class Session final : public WorkerSession, public std::enable_shared_from_this<Session> {
 public:
  struct Needs {
    SessionOwner& owner;
    Ledger& ledger;
    EventBus& events;
    const Clock& clock;
    Logger log;
  };
  Session(WorkerHello hello, std::shared_ptr<WorkerLink> link, std::chrono::nanoseconds lease, Needs needs);

  std::chrono::nanoseconds heartbeat() override;
  asio::awaitable<Result<Permit>> permit(TaskId task, Epoch epoch) override;
  asio::awaitable<Result<void>> report(JournaledReport report) override;
  asio::awaitable<void> activated(AccountRef account, Epoch epoch, Result<void> result) override;
  asio::awaitable<Result<Order>> order(OrderId id) override;
  asio::awaitable<void> refused(TaskId task, Error error) override;
  void closed(std::string reason) override;

  const WorkerHello& hello() const { return hello_; }
  const WorkerName& name() const { return hello_.name; }
  const JournalId& journal() const { return hello_.journal.id; }
  bool legacy() const { return hello_.kind == WorkerHello::Kind::legacy; }
  Timestamp connected_at() const { return connected_at_; }
  Timestamp last_seen_at() const;
  // When the worker's lease is over for certain, seen from here: counted from when its last word arrived.
  BootTime lease_end() const;

  // All of these: strand router.
  bool live() const { return link_ != nullptr; }
  // Only while it is live.
  WorkerLink& link() { return *link_; }
  // Lets go of the link and of what was offered; the lease is renewed no more.
  void end();
  bool settled = false;             // its hello is: it may serve groups
  bool draining = false;            // it serves none any more
  std::size_t permits_open = 0;     // that the ledger is being asked for
  std::set<GroupName> handed_over;  // that a drain took from it, and that it has not been told to forget yet
  Offers offers;

 private:
  const WorkerHello hello_;
  const std::chrono::nanoseconds lease_;
  Needs needs_;
  const Timestamp connected_at_;
  std::atomic<BootTime::rep> last_heard_;  // nanoseconds of BootTime
  std::atomic<bool> ended_ = false;
  std::shared_ptr<WorkerLink> link_;  // strand router
};

}  // namespace tradeauto
