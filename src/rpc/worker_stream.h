#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "base/log.h"
#include "net/task_group.h"
#include "ports/worker_link.h"
#include "rpc/convert.h"
#include "rpc/live_streams.h"
#include "rpc/pending_replies.h"
#include "rpc/stream_bridge.h"
#include "tradeauto/v1/worker.pb.h"

namespace tradeauto {

// Main's end of one worker's session stream. Strand: its own; WorkerLink's functions may be called from any thread.
//
//     hello ─▶ WorkerSessions::open ─▶ welcome, what was held back, then messages ─▶ end() ─▶ closed(), Finish, OnDone
//
// What main sends before the welcome is held back, so that the welcome is first on the wire. When too many of the
// worker's messages are being worked on, it stops reading: flow control then slows the worker.
class WorkerStream final : public StreamBridge<grpc::ServerBidiReactor<v1::WorkerMessage, v1::MainMessage>,
                                               v1::WorkerMessage, v1::MainMessage>,
                           public WorkerLink {
 public:
  struct Needs {
    WorkerSessions& sessions;
    const Clock& clock;
    Logger log;
    TaskGroup& tasks;
    LiveStreams<WorkerStream>& live;
    std::chrono::nanoseconds hello_timeout;
  };
  // `context` is gRPC's and valid until OnDone; what `needs` refers to outlives the stream's time in `live`.
  WorkerStream(asio::any_io_executor strand, grpc::CallbackServerContext* context, Needs needs);

  // Waits for the hello. Once, before the reactor is handed to gRPC.
  void start();

  void assign(GroupName group, Epoch epoch) override;
  void release(GroupName group) override;
  void activate(AccountActivation activation) override;
  void deactivate(AccountRef account, Epoch epoch) override;
  void offer(TransactionTask task) override;
  void withdraw(TaskId task) override;
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                   std::chrono::nanoseconds run_for) override;
  void close(std::string reason) override;

  void OnCancel() override;
  void OnDone() override;

 private:
  using Self = std::shared_ptr<WorkerStream>;

  Self self() { return std::static_pointer_cast<WorkerStream>(shared_from_this()); }
  void on_message(v1::WorkerMessage message) override;
  void on_read_end() override;
  void on_write_failed() override;
  void on_all_written() override { maybe_finish(); }
  void on_written(v1::MainMessage& message) override;

  void take_hello(const v1::WorkerMessage& message);
  Result<void> handle(const v1::WorkerMessage& message);
  static asio::awaitable<void> open(Self self, WorkerHello hello);
  static asio::awaitable<void> answer_permit(Self self, std::uint64_t id, PermitQuestion question);
  static asio::awaitable<void> take_report(Self self, JournaledReport report);
  static asio::awaitable<void> take_activation(Self self, ActivationOutcome outcome);
  static asio::awaitable<void> take_refusal(Self self, TaskRefusal refusal);
  static asio::awaitable<Result<HoldingsReport>> ask_holdings(Self self, AccountRef account, Deadline deadline,
                                                              std::chrono::nanoseconds run_for);
  void begin_task(asio::awaitable<void> task);
  void end_task();

  void post_send(v1::MainMessage message);
  void send(v1::MainMessage message);
  // The worker broke the contract, or there is no session for it: it is told why.
  void fail(const Error& error);
  // The session is over: closed() is called, nothing is read any more, what is queued still goes out.
  void end(std::string reason, grpc::Status status);
  void tell_closed(const std::string& reason, const Error* error);
  void maybe_finish();
  void end_after(std::chrono::nanoseconds wait, Error error);

  grpc::CallbackServerContext* const context_;
  Needs needs_;

  // Strand.
  asio::steady_timer timer_;  // for the hello; then for the end of a broken stream; then for what is left to write
  std::shared_ptr<WorkerSession> session_;
  std::deque<v1::MainMessage> held_;
  PendingReplies<HoldingsReport> replies_;
  std::size_t in_flight_ = 0;
  bool hello_seen_ = false;
  bool ending_ = false;
  bool finished_ = false;
  std::string reason_;
  grpc::Status status_;
};

}  // namespace tradeauto
