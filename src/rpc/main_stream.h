#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include "base/log.h"
#include "base/secret.h"
#include "net/task_group.h"
#include "ports/main_link.h"
#include "rpc/convert.h"
#include "rpc/live_streams.h"
#include "rpc/pending_replies.h"
#include "rpc/stream_bridge.h"
#include "tradeauto/v1/worker.grpc.pb.h"

namespace tradeauto {

// The worker's end of its session stream. Strand: its own; MainLink's functions may be called from any thread.
//
//     hello ─▶ welcome ─▶ open() has it ─▶ messages ─▶ end() ─▶ session_closed(); the rest is read and dropped; OnDone
//
// Nothing is read between the welcome and open()'s return, so the sink hears of a session only once it is open.
class MainStream final : public StreamBridge<grpc::ClientBidiReactor<v1::WorkerMessage, v1::MainMessage>,
                                             v1::MainMessage, v1::WorkerMessage>,
                         public MainLink {
 public:
  struct Needs {
    TaskSink& sink;
    const Clock& clock;
    Logger log;
    TaskGroup& tasks;
    LiveStreams<MainStream>& live;
    std::string main;  // where it is and which settings say so, for errors
  };
  // `needs` outlives the stream's time in `live`.
  MainStream(asio::any_io_executor strand, std::shared_ptr<grpc::Channel> channel, Needs needs);

  // Dials and waits for the welcome. Once; any executor. After an error or a cancellation the stream ends by itself.
  asio::awaitable<Result<OpenedSession>> open(SecretString token, WorkerHello hello, Deadline deadline);

  asio::awaitable<Result<std::chrono::nanoseconds>> heartbeat(Deadline deadline) override;
  asio::awaitable<Result<Permit>> ask_permit(TaskId task, Epoch epoch, Deadline deadline) override;
  void report(JournaledReport report) override;
  void refuse(TaskId task, Error error) override;
  void dropped(TaskId /*task*/) override {}  // main withdraws, or offers it again, by itself
  void close(std::string reason) override;

  void OnDone(const grpc::Status& status) override;

 private:
  using Self = std::shared_ptr<MainStream>;
  class Abandon;

  Self self() { return std::static_pointer_cast<MainStream>(shared_from_this()); }
  void on_message(v1::MainMessage message) override;
  void on_read_end() override;
  void on_write_failed() override;
  void on_all_written() override;

  static asio::awaitable<Result<OpenedSession>> do_open(Self self, SecretString token, WorkerHello hello,
                                                        Deadline deadline);
  void take_first(const v1::MainMessage& message);
  Result<void> handle(v1::MainMessage& message);
  static asio::awaitable<void> do_activate(Self self, AccountActivation activation);
  static asio::awaitable<void> do_holdings(Self self, std::uint64_t id, HoldingsQuestion question);
  static asio::awaitable<Result<std::chrono::nanoseconds>> ask_lease(Self self, Deadline deadline);
  static asio::awaitable<Result<Permit>> do_ask_permit(Self self, TaskId task, Epoch epoch, Deadline deadline);

  void post_send(v1::WorkerMessage message);
  void send(v1::WorkerMessage message);
  // Says goodbye as the last message, then end().
  void leave(std::string reason);
  // The session is over: session_closed() is called, what is queued still goes out, what comes is dropped.
  void end(std::string reason);
  void release_hold();

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::WorkerService::Stub> stub_;
  Needs needs_;
  grpc::ClientContext context_;

  // Strand.
  asio::steady_timer timer_;
  PendingReplies<OpenedSession> welcome_;
  PendingReplies<std::chrono::nanoseconds> leases_;
  PendingReplies<Permit> permits_;
  std::uint64_t welcome_id_ = 0;
  bool welcomed_ = false;  // the first message is here
  bool opened_ = false;    // the sink may be called
  bool leaving_ = false;   // a goodbye is queued
  bool ending_ = false;
  bool held_ = false;  // gRPC waits with OnDone for us
};

}  // namespace tradeauto
