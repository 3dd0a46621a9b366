#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "domain/task.h"
#include "ports/journal.h"
#include "ports/worker_link.h"

namespace tradeauto {

namespace asio = boost::asio;

// The worker's end of a session with the main server. Thread-safe. After the connection is lost each call fails with
// unavailable (session_lost), and TaskSink::session_closed() has been or is being called.
class MainLink {
 public:
  virtual ~MainLink() = default;

  // Renews the lease: the answer is how long it lasts, counted from before the call.
  virtual asio::awaitable<Result<std::chrono::nanoseconds>> heartbeat(Deadline deadline) = 0;
  virtual asio::awaitable<Result<Permit>> ask_permit(TaskId task, Epoch epoch, Deadline deadline) = 0;
  // Queues the report; main's confirmation comes as TaskSink::confirmed().
  virtual void report(JournaledReport report) = 0;
  virtual void refuse(TaskId task, Error error) = 0;
  // An offer of this session came to nothing before its permit was asked for: withdrawn, too late, or the worker ends.
  virtual void dropped(TaskId task) = 0;
  // Says goodbye and ends the stream.
  virtual void close(std::string reason) = 0;
};

// What main asks of a worker; the worker's room implements it, a task source (session client, legacy servicer) calls
// it. Calls come in the order of the messages, and each runs to its first suspension before the next begins. Any
// thread.
class TaskSink {
 public:
  virtual ~TaskSink() = default;

  virtual asio::awaitable<void> assigned(GroupName group, Epoch epoch) = 0;
  virtual asio::awaitable<void> released(GroupName group) = 0;
  virtual asio::awaitable<Result<void>> activate(AccountActivation activation) = 0;
  virtual asio::awaitable<void> deactivate(AccountRef account, Epoch epoch) = 0;
  // Takes the task over; permit, reports and refusal go through the session's MainLink.
  virtual void offered(TransactionTask task) = 0;
  virtual void withdrawn(TaskId task) = 0;
  virtual void confirmed(std::uint64_t sequence) = 0;
  // See WorkerLink. `run_for` of zero: only the deadline bounds it.
  virtual asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                           std::chrono::nanoseconds run_for) = 0;
  // The session is over: no permit of it counts any more. The last call for this session.
  virtual void session_closed(std::string reason) = 0;
};

struct OpenedSession {
  std::shared_ptr<MainLink> link;
  LedgerId ledger;
  std::uint64_t incarnation = 0;
  std::chrono::nanoseconds lease{};  // counted from before connect() was called
};

// Dials the main server and says hello.
class MainConnector {
 public:
  virtual ~MainConnector() = default;

  // `sink` outlives the session. Failure: unavailable (main_unreachable) with host and port in the message;
  // unauthenticated; permission_denied; unavailable (not_a_session_server) if the peer answers UNIMPLEMENTED.
  virtual asio::awaitable<Result<OpenedSession>> connect(WorkerHello hello, TaskSink& sink, Deadline deadline) = 0;
};

}  // namespace tradeauto
