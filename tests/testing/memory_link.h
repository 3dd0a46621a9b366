#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "net/signal.h"
#include "net/task_group.h"
#include "ports/main_link.h"
#include "ports/worker_link.h"

namespace tradeauto {

// Both ends of a session in one process: what rpc does over gRPC, with a test's hand on the wire.
class MemoryWire : public WorkerLink, public MainLink, public std::enable_shared_from_this<MemoryWire> {
 public:
  MemoryWire(asio::any_io_executor executor, TaskSink& sink, const Clock& clock)
      : strand_(asio::make_strand(executor)), sink_(sink), clock_(clock), tasks_(strand_) {}

  // Main said welcome: what it sent before goes out now.
  void open(std::shared_ptr<WorkerSession> session) {
    asio::post(strand_, [self = shared_from_this(), session = std::move(session)] {
      if (self->closed_) {
        session->closed(self->reason_);
        return;
      }
      self->session_ = session;
      for (auto& message : std::exchange(self->held_, {})) message();
    });
  }

  // WorkerLink: main to worker.
  void assign(GroupName group, Epoch epoch) override {
    to_worker([this, group, epoch] { tasks_.spawn(sink_.assigned(group, epoch)); });
  }
  void release(GroupName group) override {
    to_worker([this, group] { tasks_.spawn(sink_.released(group)); });
  }
  void activate(AccountActivation activation) override {
    to_worker([this, activation] { tasks_.spawn(do_activate(activation)); });
  }
  void deactivate(AccountRef account, Epoch epoch) override {
    to_worker([this, account, epoch] { tasks_.spawn(sink_.deactivate(account, epoch)); });
  }
  void offer(TransactionTask task) override {
    to_worker([this, task] { sink_.offered(task); });
  }
  void withdraw(TaskId task) override {
    to_worker([this, task] { sink_.withdrawn(task); });
  }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline) override {
    co_return co_await sink_.holdings(std::move(account), deadline);
  }
  void close(std::string reason) override {
    asio::post(strand_, [self = shared_from_this(), reason = std::move(reason)] { self->cut(reason); });
  }

  // MainLink: worker to main.
  asio::awaitable<Result<std::chrono::nanoseconds>> heartbeat(Deadline /*deadline*/) override {
    if (closed_ || deaf) co_return lost();
    co_return session_->heartbeat();
  }
  asio::awaitable<Result<Permit>> ask_permit(TaskId task, Epoch epoch, Deadline deadline) override {
    if (closed_) co_return lost();
    const auto session = session_;
    auto permit = co_await session->permit(std::move(task), epoch);
    if (lose_permits) {
      // The answer is lost on the way: the worker sees the session end.
      cut("cut");
      co_return lost();
    }
    if (closed_ || deadline.over(clock_)) co_return lost();
    co_return permit;
  }
  void report(JournaledReport report) override {
    asio::post(strand_, [self = shared_from_this(), report = std::move(report)] {
      if (!self->closed_ && !self->lose_reports) self->tasks_.spawn(self->do_report(report));
    });
  }
  void refuse(TaskId task, Error error) override {
    asio::post(strand_, [self = shared_from_this(), task, error] {
      if (!self->closed_) self->tasks_.spawn(self->session_->refused(task, error));
    });
  }

  // Ends the connection at both ends, as a network does.
  void cut(const std::string& reason) {
    if (std::exchange(closed_, true)) return;
    reason_ = reason;
    // The session holds this wire: let go of it, as a transport must.
    if (const auto session = std::exchange(session_, nullptr)) session->closed(reason);
    sink_.session_closed(reason);
  }
  asio::awaitable<void> join() {
    tasks_.cancel();
    co_await tasks_.join();
  }

  bool deaf = false;          // heartbeats go unanswered
  bool lose_permits = false;  // the permit is given and never arrives
  bool lose_reports = false;

 private:
  static Error lost() { return make_error(ErrorCode::unavailable, "session_lost", "the session is over"); }

  void to_worker(std::function<void()> message) {
    asio::post(strand_, [self = shared_from_this(), message = std::move(message)] {
      if (self->closed_) return;
      if (!self->session_) {
        self->held_.push_back(message);
      } else {
        message();
      }
    });
  }
  asio::awaitable<void> do_activate(AccountActivation activation) {
    const AccountRef ref = activation.account;
    const Epoch epoch = activation.epoch;
    auto result = co_await sink_.activate(std::move(activation));
    if (!closed_) co_await session_->activated(ref, epoch, std::move(result));
  }
  asio::awaitable<void> do_report(JournaledReport report) {
    const std::uint64_t sequence = report.sequence;
    const auto session = session_;
    if (!session) co_return;
    const auto taken = co_await session->report(std::move(report));
    if (taken.ok() && !closed_) co_await sink_.confirmed(sequence);
  }

  asio::strand<asio::any_io_executor> strand_;
  TaskSink& sink_;
  const Clock& clock_;
  std::shared_ptr<WorkerSession> session_;
  std::deque<std::function<void()>> held_;
  bool closed_ = false;
  std::string reason_;
  TaskGroup tasks_;
};

// Dials main in the same process. `reachable` false: nobody there. The newest wire is kept for the test to cut.
class MemoryConnector final : public MainConnector {
 public:
  MemoryConnector(asio::any_io_executor executor, const Clock& clock) : executor_(std::move(executor)), clock_(clock) {}

  asio::awaitable<Result<OpenedSession>> connect(WorkerHello hello, TaskSink& sink, Deadline /*deadline*/) override {
    if (main == nullptr) {
      co_return make_error(ErrorCode::unavailable, "main_unreachable", "the main server cannot be reached");
    }
    auto wire = std::make_shared<MemoryWire>(executor_, sink, clock_);
    wires.push_back(wire);
    auto opened = co_await main->open(std::move(hello), wire);
    if (!opened.ok()) co_return std::move(opened).error();
    wire->open(opened->session);
    co_return OpenedSession{
        .link = wire, .ledger = opened->ledger, .incarnation = opened->incarnation, .lease = opened->lease};
  }
  MemoryWire& wire() { return *wires.back(); }

  WorkerSessions* main = nullptr;
  std::deque<std::shared_ptr<MemoryWire>> wires;

 private:
  const asio::any_io_executor executor_;
  const Clock& clock_;
};

}  // namespace tradeauto
