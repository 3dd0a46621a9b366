#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "net/run_on.h"
#include "net/signal.h"
#include "net/task_group.h"
#include "net/timer.h"
#include "ports/main_link.h"
#include "ports/worker_link.h"
#include "testing/seeded_rng.h"

namespace tradeauto {

// What a bad network does to messages, by percent. Without a generator it is a good one.
struct WireFaults {
  SeededRng* rng = nullptr;
  std::uint64_t drop = 0;
  std::uint64_t twice = 0;
  std::uint64_t delay = 0;
  std::chrono::milliseconds longest_delay{0};
};

// Both ends of a session in one process: what rpc does over gRPC, with a test's hand on the wire. Messages of one
// direction arrive in their order.
class MemoryWire final : public std::enable_shared_from_this<MemoryWire> {
 public:
  MemoryWire(asio::any_io_executor executor, TaskSink& sink, const Clock& clock, WireFaults network)
      : strand_(asio::make_strand(executor)), clock_(clock), faults(network), sink_(&sink), tasks_(strand_) {}

  std::shared_ptr<WorkerLink> main_end() { return {shared_from_this(), &main_end_}; }
  std::shared_ptr<MainLink> worker_end() { return {shared_from_this(), &worker_end_}; }

  // Main said welcome: what it sent before goes out now.
  void open(std::shared_ptr<WorkerSession> session) {
    asio::post(strand_, [self = shared_from_this(), session = std::move(session)] {
      if (self->main_gone_) {
        session->closed(self->reason_);
        return;
      }
      self->session_ = session;
      for (auto& message : std::exchange(self->held_, {})) self->send(self->down_, std::move(message));
    });
  }

  // The connection breaks, and both ends see it.
  void cut(const std::string& reason) {
    asio::post(strand_, [self = shared_from_this(), reason] {
      self->end_main(reason);
      self->end_worker(reason);
    });
  }
  // The worker's process is gone: nothing that it sends arrives, and main sees the connection break, or nothing at all.
  void kill_worker_end(bool main_sees_it) {
    asio::post(strand_, [self = shared_from_this(), main_sees_it] {
      self->dead_ = true;
      if (main_sees_it) self->end_main("cut");
      self->end_worker("killed");  // to unwind its coroutines
    });
  }
  // Main's process is gone.
  void kill_main_end() {
    asio::post(strand_, [self = shared_from_this()] {
      self->dead_ = true;
      self->end_main("killed");
      self->end_worker("cut");
    });
  }
  asio::awaitable<void> join() {
    tasks_.cancel();
    co_await tasks_.join();
  }

 private:
  using Message = std::function<void()>;
  struct Pipe {
    std::deque<Message> queue;
    bool pumping = false;
  };
  template <typename T>
  using Reply = std::shared_ptr<std::optional<Result<T>>>;

  class MainEnd final : public WorkerLink {
   public:
    explicit MainEnd(MemoryWire& wire) : wire_(wire) {}
    void assign(GroupName group, Epoch epoch) override {
      wire_.to_worker([w = &wire_, group, epoch] { w->tasks_.spawn(w->sink_->assigned(group, epoch)); });
    }
    void release(GroupName group) override {
      wire_.to_worker([w = &wire_, group] { w->tasks_.spawn(w->sink_->released(group)); });
    }
    void activate(AccountActivation activation) override {
      wire_.to_worker([w = &wire_, activation] { w->tasks_.spawn(w->do_activate(activation)); });
    }
    void deactivate(AccountRef account, Epoch epoch) override {
      wire_.to_worker([w = &wire_, account, epoch] { w->tasks_.spawn(w->sink_->deactivate(account, epoch)); });
    }
    void offer(TransactionTask task) override {
      wire_.to_worker([w = &wire_, task] { w->sink_->offered(task); });
    }
    void withdraw(TaskId task) override {
      wire_.to_worker([w = &wire_, task] { w->sink_->withdrawn(task); });
    }
    asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                     std::chrono::nanoseconds run_for) override {
      return wire_.sink_->holdings(std::move(account), deadline, run_for);
    }
    void close(std::string reason) override {
      asio::post(wire_.strand_, [self = wire_.shared_from_this(), reason = std::move(reason)] {
        self->end_main(reason);
        self->send(self->down_, [w = self.get(), reason] { w->end_worker(reason); }, false);
      });
    }

   private:
    MemoryWire& wire_;
  };

  class WorkerEnd final : public MainLink {
   public:
    explicit WorkerEnd(MemoryWire& wire) : wire_(wire) {}
    asio::awaitable<Result<std::chrono::nanoseconds>> heartbeat(Deadline deadline) override {
      return run_on(wire_.strand_, wire_.do_heartbeat(deadline));
    }
    asio::awaitable<Result<Permit>> ask_permit(TaskId task, Epoch epoch, Deadline deadline) override {
      return run_on(wire_.strand_, wire_.do_ask_permit(std::move(task), epoch, deadline));
    }
    void report(JournaledReport report) override {
      wire_.to_main([w = &wire_, report] {
        if (!w->lose_reports) w->tasks_.spawn(w->do_report(w->session_, report));
      });
    }
    void refuse(TaskId task, Error error) override {
      wire_.to_main([w = &wire_, task, error] { w->tasks_.spawn(w->session_->refused(task, error)); });
    }
    void dropped(TaskId /*task*/) override {}
    void close(std::string reason) override {
      asio::post(wire_.strand_, [self = wire_.shared_from_this(), reason = std::move(reason)] {
        self->end_worker(reason);
        self->send(self->up_, [w = self.get(), reason] { w->end_main(reason); }, false);
      });
    }

   private:
    MemoryWire& wire_;
  };

  static Error lost() { return make_error(ErrorCode::unavailable, "session_lost", "the session is over"); }

  // ---- strand: its own ----
  void end_main(const std::string& reason) {
    if (std::exchange(main_gone_, true)) return;
    reason_ = reason;
    // The session holds this wire: let go of it, as a transport must.
    if (const auto session = std::exchange(session_, nullptr)) session->closed(reason);
  }
  void end_worker(const std::string& reason) {
    if (std::exchange(worker_gone_, true)) return;
    news_.notify();
    sink_->session_closed(reason);
  }
  void to_worker(Message message) {
    asio::post(strand_, [self = shared_from_this(), message = std::move(message)]() mutable {
      if (self->main_gone_) return;
      if (!self->session_) {
        self->held_.push_back(std::move(message));
      } else {
        self->send(self->down_, [w = self.get(), message = std::move(message)] {
          if (!w->worker_gone_) message();
        });
      }
    });
  }
  void to_main(Message message) {
    asio::post(strand_, [self = shared_from_this(), message = std::move(message)]() mutable {
      if (self->worker_gone_) return;
      self->send(self->up_, [w = self.get(), message = std::move(message)] {
        if (w->session_) message();
      });
    });
  }
  // Losable: the network may drop or double it.
  void send(Pipe& pipe, Message message, bool losable = true) {
    if (dead_) return;
    SeededRng* rng = losable ? faults.rng : nullptr;
    if (rng != nullptr && rng->chance(faults.drop)) return;
    if (rng != nullptr && rng->chance(faults.twice)) pipe.queue.push_back(message);
    pipe.queue.push_back(std::move(message));
    if (!std::exchange(pipe.pumping, true)) tasks_.spawn(pump(pipe));
  }
  asio::awaitable<void> pump(Pipe& pipe) {
    while (!pipe.queue.empty()) {
      if (faults.rng != nullptr && faults.rng->chance(faults.delay)) {
        const auto longest = static_cast<std::uint64_t>(faults.longest_delay.count());
        co_await sleep_for(clock_, std::chrono::milliseconds(faults.rng->below(longest + 1)));
      }
      if (pipe.queue.empty()) break;
      const Message message = std::move(pipe.queue.front());
      pipe.queue.pop_front();
      if (!dead_) message();
    }
    pipe.pumping = false;
  }
  template <typename T>
  asio::awaitable<Result<T>> answer(Reply<T> reply, Deadline deadline) {
    while (!*reply) {
      const std::uint64_t seen = news_.version();
      if (worker_gone_) co_return lost();
      if (*reply) break;
      if (!co_await news_.wait(seen, clock_, deadline)) {
        co_return make_error(ErrorCode::deadline_exceeded, "no_answer", "main did not answer in time");
      }
    }
    co_return **reply;
  }
  template <typename T>
  void give(Reply<T> reply, Result<T> value) {
    send(down_, [this, reply = std::move(reply), value = std::move(value)] {
      *reply = value;
      news_.notify();
    });
  }
  asio::awaitable<Result<std::chrono::nanoseconds>> do_heartbeat(Deadline deadline) {
    const auto reply = std::make_shared<std::optional<Result<std::chrono::nanoseconds>>>();
    if (!deaf) to_main([this, reply] { give(reply, Result(session_->heartbeat())); });
    co_return co_await answer(reply, deadline);
  }
  asio::awaitable<Result<Permit>> do_ask_permit(TaskId task, Epoch epoch, Deadline deadline) {
    const auto reply = std::make_shared<std::optional<Result<Permit>>>();
    to_main([this, reply, task, epoch] { tasks_.spawn(get_permit(session_, reply, task, epoch)); });
    co_return co_await answer(reply, deadline);
  }
  asio::awaitable<void> get_permit(std::shared_ptr<WorkerSession> session, Reply<Permit> reply, TaskId task,
                                   Epoch epoch) {
    auto permit = co_await session->permit(task, epoch);
    if (lose_permits) co_return cut("cut");  // lost on the way: the worker sees the session end
    if (!permit.ok()) {
      permit = Permit{.task = task,
                      .epoch = epoch,
                      .child_orders = {},
                      .valid_for = {},
                      .run_for = {},
                      .refusal = permit.error().reason,
                      .retry_later = true};
    }
    give(std::move(reply), std::move(permit));
  }
  asio::awaitable<void> do_activate(AccountActivation activation) {
    const AccountRef ref = activation.account;
    const Epoch epoch = activation.epoch;
    auto result = co_await sink_->activate(std::move(activation));
    to_main([this, ref, epoch, result] { tasks_.spawn(session_->activated(ref, epoch, result)); });
  }
  asio::awaitable<void> do_report(std::shared_ptr<WorkerSession> session, JournaledReport report) {
    const std::uint64_t sequence = report.sequence;
    const auto taken = co_await session->report(std::move(report));
    if (!taken.ok()) co_return;
    send(down_, [this, sequence] {
      if (!worker_gone_) sink_->confirmed(sequence);
    });
  }

  const asio::strand<asio::any_io_executor> strand_;
  const Clock& clock_;

 public:
  // In a test's hand; strand: its own, or one thread.
  WireFaults faults;
  bool deaf = false;          // heartbeats go unanswered
  bool lose_permits = false;  // the permit is given and never arrives
  bool lose_reports = false;

 private:
  TaskSink* const sink_;
  MainEnd main_end_{*this};
  WorkerEnd worker_end_{*this};
  std::shared_ptr<WorkerSession> session_;
  std::deque<Message> held_;
  Pipe down_;
  Pipe up_;
  Signal news_;
  bool main_gone_ = false;
  bool worker_gone_ = false;
  bool dead_ = false;
  std::string reason_;
  TaskGroup tasks_;
};

// Dials main in the same process. `main` null: nobody there. The wires are kept for the test to cut.
class MemoryConnector final : public MainConnector {
 public:
  MemoryConnector(asio::any_io_executor executor, const Clock& clock) : executor_(std::move(executor)), clock_(clock) {}

  asio::awaitable<Result<OpenedSession>> connect(WorkerHello hello, TaskSink& sink, Deadline /*deadline*/) override {
    if (main == nullptr) {
      co_return make_error(ErrorCode::unavailable, "main_unreachable", "the main server cannot be reached");
    }
    auto wire = std::make_shared<MemoryWire>(executor_, sink, clock_, faults);
    wires.push_back(wire);
    auto opened = co_await main->open(std::move(hello), wire->main_end());
    if (!opened.ok()) co_return std::move(opened).error();
    wire->open(opened->session);
    co_return OpenedSession{.link = wire->worker_end(),
                            .ledger = opened->ledger,
                            .incarnation = opened->incarnation,
                            .lease = opened->lease};
  }
  MemoryWire& wire() { return *wires.back(); }

  WorkerSessions* main = nullptr;
  WireFaults faults;  // of the next wires
  std::deque<std::shared_ptr<MemoryWire>> wires;

 private:
  const asio::any_io_executor executor_;
  const Clock& clock_;
};

}  // namespace tradeauto
