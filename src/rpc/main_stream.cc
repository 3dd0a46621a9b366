#include "rpc/main_stream.h"

#include <utility>

#include <fmt/format.h>

#include "net/run_on.h"
#include "rpc/convert_fields.h"
#include "rpc/status.h"

namespace tradeauto {
namespace {

// Messages that main has not taken. It reads all the time, so one that is so far behind is gone.
constexpr std::size_t kMaxQueued = 100'000;
// Old streams may still say goodbye while the next one dials.
constexpr std::size_t kMaxStreams = 64;
// How long the last messages may take once the session is over.
constexpr std::chrono::seconds kLinger{1};

Error session_lost() { return make_error(ErrorCode::unavailable, "session_lost", "the session is over"); }

}  // namespace

// Ends a stream that nobody waits for any more: its open() failed or was cancelled.
class MainStream::Abandon {
 public:
  explicit Abandon(MainStream& stream) : stream_(&stream) {}
  Abandon(const Abandon&) = delete;
  Abandon& operator=(const Abandon&) = delete;
  ~Abandon() {
    if (stream_ != nullptr) stream_->context_.TryCancel();
  }
  void keep() { stream_ = nullptr; }

 private:
  MainStream* stream_;
};

MainStream::MainStream(asio::any_io_executor strand, std::shared_ptr<grpc::Channel> channel, Needs needs)
    : StreamBridge(strand),
      channel_(std::move(channel)),
      stub_(v1::WorkerService::NewStub(channel_)),
      needs_(std::move(needs)),
      timer_(strand) {}

asio::awaitable<Result<OpenedSession>> MainStream::open(SecretString token, WorkerHello hello, Deadline deadline) {
  return run_on(strand(), do_open(self(), std::move(token), std::move(hello), deadline));
}

asio::awaitable<Result<OpenedSession>> MainStream::do_open(Self self, SecretString token, WorkerHello hello,
                                                           Deadline deadline) {
  if (!self->needs_.live.add(self, kMaxStreams)) {
    co_return make_error(ErrorCode::unavailable, "shutting_down", "this worker is shutting down");
  }
  Abandon abandon(*self);
  self->context_.AddMetadata("authorization", fmt::format("Bearer {}", token.reveal()));
  self->attach();
  self->stub_->async()->Session(&self->context_, self.get());
  self->AddHold();
  self->held_ = true;
  self->StartCall();
  v1::WorkerMessage message;
  *message.mutable_hello() = to_proto(hello);
  self->write(std::move(message));
  self->read_next();
  self->welcome_id_ = self->welcome_.next_id();
  auto opened = co_await self->welcome_.wait(self->welcome_id_, self->needs_.clock, deadline);
  if (opened.ok() && self->ending_) co_return session_lost();
  if (!opened.ok()) {
    if (opened.error().reason != "no_answer") co_return opened;
    co_return make_error(ErrorCode::unavailable, "main_unreachable",
                         fmt::format("no answer from the main server at {} in time", self->needs_.main));
  }
  abandon.keep();
  self->opened_ = true;
  self->read_next();
  opened->link = self;
  co_return opened;
}

// ---- from main ----

void MainStream::on_message(v1::MainMessage message) {
  if (ending_) {
    read_next();
    return;
  }
  if (!welcomed_) {
    take_first(message);
    return;
  }
  if (const auto handled = handle(message); !handled.ok()) {
    needs_.log.error("the main server broke the protocol: session ended",
                     {{"reason", handled.error().reason}, {"message", handled.error().message}});
    leave(handled.error().reason);
    return;
  }
  read_next();
}

void MainStream::take_first(const v1::MainMessage& message) {
  welcomed_ = true;
  if (message.has_welcome()) {
    welcome_.answer(welcome_id_, wire::under("welcome", from_proto(message.welcome())));
  } else if (message.has_closed() && message.closed().has_error()) {
    welcome_.answer(welcome_id_, from_proto(message.closed().error()));
  } else {
    welcome_.answer(welcome_id_, wire::bad_field("kind", "the first message is not a welcome"));
  }
}

Result<void> MainStream::handle(v1::MainMessage& message) {
  using Kind = v1::MainMessage::KindCase;
  switch (message.kind_case()) {
    case Kind::kHeartbeatAck: {
      TRY(const auto lease, wire::under("heartbeat_ack", from_proto(message.heartbeat_ack())));
      leases_.answer(message.heartbeat_ack().id(), lease);
      return {};
    }
    case Kind::kPermitAnswer: {
      TRY(auto permit, wire::under("permit_answer.permit", from_proto(message.permit_answer().permit())));
      permits_.answer(message.permit_answer().id(), std::move(permit));
      return {};
    }
    case Kind::kReportConfirmed: needs_.sink.confirmed(message.report_confirmed().sequence()); return {};
    case Kind::kAssign: {
      TRY(auto assignment, wire::under("assign", from_proto(message.assign())));
      needs_.tasks.spawn_on(strand(), needs_.sink.assigned(std::move(assignment.group), assignment.epoch));
      return {};
    }
    case Kind::kRelease: {
      TRY(auto group, wire::under("release", from_proto(message.release())));
      needs_.tasks.spawn_on(strand(), needs_.sink.released(std::move(group)));
      return {};
    }
    case Kind::kActivate: {
      TRY(auto activation, wire::under("activate", from_proto(std::move(*message.mutable_activate()))));
      needs_.tasks.spawn_on(strand(), do_activate(self(), std::move(activation)));
      return {};
    }
    case Kind::kDeactivate: {
      TRY(auto deactivation, wire::under("deactivate", from_proto(message.deactivate())));
      needs_.tasks.spawn_on(strand(), needs_.sink.deactivate(std::move(deactivation.account), deactivation.epoch));
      return {};
    }
    case Kind::kOffer: {
      TRY(auto task, wire::under("offer", from_proto(message.offer())));
      needs_.sink.offered(std::move(task));
      return {};
    }
    case Kind::kWithdraw: {
      TRY(auto task, wire::under("withdraw", from_proto(message.withdraw())));
      needs_.sink.withdrawn(std::move(task));
      return {};
    }
    case Kind::kHoldingsRequest: {
      TRY(auto question, wire::under("holdings_request", from_proto(message.holdings_request())));
      needs_.tasks.spawn_on(strand(), do_holdings(self(), message.holdings_request().id(), std::move(question)));
      return {};
    }
    case Kind::kClosed: end(message.closed().reason().substr(0, 64)); return {};
    case Kind::kWelcome: return wire::bad_field("welcome", "came a second time");
    case Kind::KIND_NOT_SET: return unknown_kind();
  }
  return unknown_kind();
}

asio::awaitable<void> MainStream::do_activate(Self self, AccountActivation activation) {
  ActivationOutcome outcome{.account = activation.account, .epoch = activation.epoch, .result = {}};
  outcome.result = co_await self->needs_.sink.activate(std::move(activation));
  v1::WorkerMessage message;
  *message.mutable_activation_result() = to_proto(outcome);
  self->send(std::move(message));
}

asio::awaitable<void> MainStream::do_holdings(Self self, std::uint64_t id, HoldingsQuestion question) {
  const Deadline deadline = Deadline::after(self->needs_.clock, question.left);
  const auto holdings = co_await self->needs_.sink.holdings(std::move(question.account), deadline, question.run_for);
  v1::WorkerMessage message;
  v1::HoldingsAnswer& answer = *message.mutable_holdings_answer();
  answer.set_id(id);
  if (holdings.ok()) {
    *answer.mutable_report() = to_proto(*holdings);
  } else {
    *answer.mutable_error() = to_proto(holdings.error());
  }
  self->send(std::move(message));
}

// ---- to main ----

asio::awaitable<Result<std::chrono::nanoseconds>> MainStream::heartbeat(Deadline deadline) {
  return run_on(strand(), ask_lease(self(), deadline));
}

asio::awaitable<Result<std::chrono::nanoseconds>> MainStream::ask_lease(Self self, Deadline deadline) {
  if (self->ending_) co_return session_lost();
  const std::uint64_t id = self->leases_.next_id();
  v1::WorkerMessage message;
  message.mutable_heartbeat()->set_id(id);
  self->send(std::move(message));
  co_return co_await self->leases_.wait(id, self->needs_.clock, deadline);
}

asio::awaitable<Result<Permit>> MainStream::ask_permit(TaskId task, Epoch epoch, Deadline deadline) {
  return run_on(strand(), do_ask_permit(self(), std::move(task), epoch, deadline));
}

asio::awaitable<Result<Permit>> MainStream::do_ask_permit(Self self, TaskId task, Epoch epoch, Deadline deadline) {
  if (self->ending_) co_return session_lost();
  const std::uint64_t id = self->permits_.next_id();
  v1::WorkerMessage message;
  v1::PermitRequest& request = *message.mutable_permit_request();
  request.set_id(id);
  request.set_task(task.str());
  *request.mutable_epoch() = to_proto(epoch);
  self->send(std::move(message));
  co_return co_await self->permits_.wait(id, self->needs_.clock, deadline);
}

void MainStream::report(JournaledReport report) {
  v1::WorkerMessage message;
  *message.mutable_report() = to_proto(report);
  post_send(std::move(message));
}

void MainStream::refuse(TaskId task, Error error) {
  v1::WorkerMessage message;
  *message.mutable_refusal() = to_proto(TaskRefusal{.task = std::move(task), .error = std::move(error)});
  post_send(std::move(message));
}

void MainStream::post_send(v1::WorkerMessage message) {
  asio::post(strand(), [self = self(), message = std::move(message)]() mutable { self->send(std::move(message)); });
}

void MainStream::send(v1::WorkerMessage message) {
  if (ending_) return;
  if (queued() < kMaxQueued) {
    write(std::move(message));
    return;
  }
  needs_.log.warn("the main server does not read what it is sent", {{"queued", queued()}});
  drop_writes();
  end("slow_reader");
  context_.TryCancel();
}

// ---- the end ----

void MainStream::close(std::string reason) {
  asio::post(strand(), [self = self(), reason = std::move(reason)]() mutable {
    if (!self->ending_) self->leave(std::move(reason));
  });
}

void MainStream::leave(std::string reason) {
  v1::WorkerMessage message;
  message.mutable_goodbye()->set_reason(reason);
  leaving_ = true;
  write(std::move(message));
  end(std::move(reason));
}

void MainStream::end(std::string reason) {
  if (std::exchange(ending_, true)) return;
  leases_.fail_all(session_lost());
  permits_.fail_all(session_lost());
  if (opened_) needs_.sink.session_closed(std::move(reason));
  if (!held_) return;
  read_next();
  timer_.expires_after(kLinger);
  timer_.async_wait([self = self()](boost::system::error_code canceled) {
    if (!canceled) self->context_.TryCancel();
  });
}

void MainStream::on_all_written() {
  if (std::exchange(leaving_, false) && held_) StartWritesDone();
}

void MainStream::on_read_end() {
  // Before the welcome the status says more, and it comes with OnDone.
  if (opened_) end("connection_lost");
  release_hold();
}

void MainStream::on_write_failed() {
  leaving_ = false;
  if (opened_) end("connection_lost");
}

void MainStream::release_hold() {
  if (!std::exchange(held_, false)) return;
  timer_.cancel();
  drop_writes();
  ending_ = true;  // nothing may be started any more
  RemoveHold();
}

void MainStream::OnDone(const grpc::Status& status) {
  asio::post(strand(), [self = self(), status] {
    self->welcome_.fail_all(from_status(status, self->needs_.main));
    self->end("connection_lost");
    self->detach();
    self->needs_.live.remove(self.get());
  });
}

}  // namespace tradeauto
