#include "rpc/worker_stream.h"

#include <utility>

#include "net/run_on.h"
#include "rpc/convert_fields.h"
#include "rpc/status.h"

namespace tradeauto {
namespace {

// Messages of one worker that are being worked on; enough to fill a group commit.
constexpr std::size_t kMaxInFlight = 256;
// Messages that a worker has not taken. It reads all the time, so one that is so far behind is gone.
constexpr std::size_t kMaxQueued = 100'000;
// How long the last messages may take once the session is over.
constexpr std::chrono::seconds kLinger{1};
// A broken connection shows as an end of the messages first, as a cancellation a moment later.
constexpr std::chrono::milliseconds kBroken{100};

Error session_lost() { return make_error(ErrorCode::unavailable, "session_lost", "the worker's session is over"); }

}  // namespace

WorkerStream::WorkerStream(asio::any_io_executor strand, grpc::CallbackServerContext* context, Needs needs)
    : StreamBridge(strand), context_(context), needs_(std::move(needs)), timer_(strand) {}

void WorkerStream::start() {
  attach();
  asio::post(strand(), [self = self()] {
    self->end_after(self->needs_.hello_timeout,
                    make_error(ErrorCode::deadline_exceeded, "hello_timeout", "no hello came in time"));
    self->read_next();
  });
}

void WorkerStream::end_after(std::chrono::nanoseconds wait, Error error) {
  timer_.expires_after(wait);
  timer_.async_wait([self = self(), error = std::move(error)](boost::system::error_code canceled) {
    if (!canceled && !self->ending_) self->fail(error);
  });
}

// ---- from the worker ----

void WorkerStream::on_message(v1::WorkerMessage message) {
  if (ending_) return;
  if (!hello_seen_) {
    take_hello(message);
    return;
  }
  if (const auto handled = handle(message); !handled.ok()) {
    fail(handled.error());
  } else if (!ending_ && in_flight_ < kMaxInFlight) {
    read_next();
  }
}

void WorkerStream::take_hello(const v1::WorkerMessage& message) {
  hello_seen_ = true;
  timer_.cancel();
  if (!message.has_hello()) {
    fail(wire::bad_field("kind", "the first message is not a hello"));
    return;
  }
  auto hello = wire::under("hello", from_proto(message.hello()));
  if (!hello.ok()) {
    fail(hello.error());
    return;
  }
  needs_.tasks.spawn_on(strand(), open(self(), std::move(*hello)));
}

asio::awaitable<void> WorkerStream::open(Self self, WorkerHello hello) {
  self->needs_.log = self->needs_.log.with({"worker", hello.name});
  auto opened = co_await self->needs_.sessions.open(std::move(hello), self);
  if (!opened.ok()) {
    if (!self->ending_) self->fail(opened.error());
    co_return;
  }
  if (self->ending_) {
    opened->session->closed(self->reason_);
    co_return;
  }
  v1::MainMessage welcome;
  *welcome.mutable_welcome() = to_proto(*opened);
  self->session_ = std::move(opened->session);
  self->write(std::move(welcome));
  for (v1::MainMessage& message : std::exchange(self->held_, {})) self->write(std::move(message));
  self->read_next();
}

Result<void> WorkerStream::handle(const v1::WorkerMessage& message) {
  using Kind = v1::WorkerMessage::KindCase;
  switch (message.kind_case()) {
    case Kind::kHeartbeat: {
      v1::MainMessage answer;
      answer.mutable_heartbeat_ack()->set_id(message.heartbeat().id());
      answer.mutable_heartbeat_ack()->set_lease_nanos(session_->heartbeat().count());
      send(std::move(answer));
      return {};
    }
    case Kind::kPermitRequest: {
      TRY(auto question, wire::under("permit_request", from_proto(message.permit_request())));
      begin_task(answer_permit(self(), message.permit_request().id(), std::move(question)));
      return {};
    }
    case Kind::kReport: {
      TRY(auto report, wire::under("report", from_proto(message.report())));
      begin_task(take_report(self(), std::move(report)));
      return {};
    }
    case Kind::kActivationResult: {
      TRY(auto outcome, wire::under("activation_result", from_proto(message.activation_result())));
      begin_task(take_activation(self(), std::move(outcome)));
      return {};
    }
    case Kind::kRefusal: {
      TRY(auto refusal, wire::under("refusal", from_proto(message.refusal())));
      begin_task(take_refusal(self(), std::move(refusal)));
      return {};
    }
    case Kind::kHoldingsAnswer: {
      const v1::HoldingsAnswer& answer = message.holdings_answer();
      if (answer.has_error()) {
        replies_.answer(answer.id(), from_proto(answer.error()));
        return {};
      }
      TRY(auto report, wire::under("holdings_answer.report", from_proto(answer.report())));
      replies_.answer(answer.id(), std::move(report));
      return {};
    }
    case Kind::kGoodbye: end(message.goodbye().reason().substr(0, 64), grpc::Status::OK); return {};
    case Kind::kHello: return wire::bad_field("hello", "came a second time");
    case Kind::KIND_NOT_SET: return unknown_kind();
  }
  return unknown_kind();
}

void WorkerStream::begin_task(asio::awaitable<void> task) {
  ++in_flight_;
  // On the strand already, so it runs to its first suspension here and now: calls keep the order of the messages.
  needs_.tasks.spawn_on(strand(), std::move(task));
}

void WorkerStream::end_task() {
  --in_flight_;
  if (!ending_) read_next();
}

asio::awaitable<void> WorkerStream::answer_permit(Self self, std::uint64_t id, PermitQuestion question) {
  const auto session = self->session_;
  auto permit = co_await session->permit(question.task, question.epoch);
  v1::MainMessage answer;
  answer.mutable_permit_answer()->set_id(id);
  if (!permit.ok()) {
    self->needs_.log.error(
        "no permit could be given",
        {{"task", question.task}, {"reason", permit.error().reason}, {"message", permit.error().message}});
    permit = Permit{.task = question.task,
                    .epoch = question.epoch,
                    .child_orders = {},
                    .valid_for = {},
                    .run_for = {},
                    .refusal = permit.error().reason,
                    .retry_later = true};
  }
  *answer.mutable_permit_answer()->mutable_permit() = to_proto(*permit);
  self->send(std::move(answer));
  self->end_task();
}

asio::awaitable<void> WorkerStream::take_report(Self self, JournaledReport report) {
  const auto session = self->session_;
  const std::uint64_t sequence = report.sequence;
  const TaskId task = report.task;
  const ChildOrderId child = report.report.child_order;
  const auto taken = co_await session->report(std::move(report));
  if (taken.ok()) {
    v1::MainMessage answer;
    answer.mutable_report_confirmed()->set_sequence(sequence);
    self->send(std::move(answer));
  } else {
    self->needs_.log.warn("a report was not taken; the worker keeps it", {{"sequence", sequence},
                                                                          {"task", task},
                                                                          {"child_order", child},
                                                                          {"reason", taken.error().reason},
                                                                          {"message", taken.error().message}});
  }
  self->end_task();
}

asio::awaitable<void> WorkerStream::take_activation(Self self, ActivationOutcome outcome) {
  const auto session = self->session_;
  co_await session->activated(std::move(outcome.account), outcome.epoch, std::move(outcome.result));
  self->end_task();
}

asio::awaitable<void> WorkerStream::take_refusal(Self self, TaskRefusal refusal) {
  const auto session = self->session_;
  co_await session->refused(std::move(refusal.task), std::move(refusal.error));
  self->end_task();
}

// ---- to the worker ----

void WorkerStream::post_send(v1::MainMessage message) {
  asio::post(strand(), [self = self(), message = std::move(message)]() mutable { self->send(std::move(message)); });
}

void WorkerStream::send(v1::MainMessage message) {
  if (ending_) {
    on_written(message);
  } else if (!session_) {
    held_.push_back(std::move(message));
  } else if (queued() < kMaxQueued) {
    write(std::move(message));
  } else {
    needs_.log.warn("the worker does not read what it is sent", {{"queued", queued()}});
    drop_writes();
    end("slow_reader", {grpc::StatusCode::RESOURCE_EXHAUSTED, "slow_reader"});
    if (!finished_) context_->TryCancel();
  }
}

void WorkerStream::on_written(v1::MainMessage& message) {
  if (message.has_activate()) wipe(*message.mutable_activate());
}

void WorkerStream::assign(GroupName group, Epoch epoch) {
  v1::MainMessage message;
  message.mutable_assign()->set_group(group.str());
  *message.mutable_assign()->mutable_epoch() = to_proto(epoch);
  post_send(std::move(message));
}

void WorkerStream::release(GroupName group) {
  v1::MainMessage message;
  message.mutable_release()->set_group(group.str());
  post_send(std::move(message));
}

void WorkerStream::activate(AccountActivation activation) {
  v1::MainMessage message;
  *message.mutable_activate() = to_proto(activation);
  post_send(std::move(message));
}

void WorkerStream::deactivate(AccountRef account, Epoch epoch) {
  v1::MainMessage message;
  *message.mutable_deactivate()->mutable_account() = to_proto(account);
  *message.mutable_deactivate()->mutable_epoch() = to_proto(epoch);
  post_send(std::move(message));
}

void WorkerStream::offer(TransactionTask task) {
  v1::MainMessage message;
  *message.mutable_offer() = to_proto(task);
  post_send(std::move(message));
}

void WorkerStream::withdraw(TaskId task) {
  v1::MainMessage message;
  message.mutable_withdraw()->set_task(task.str());
  post_send(std::move(message));
}

asio::awaitable<Result<HoldingsReport>> WorkerStream::holdings(AccountRef account, Deadline deadline,
                                                               std::chrono::nanoseconds run_for) {
  return run_on(strand(), ask_holdings(self(), std::move(account), deadline, run_for));
}

asio::awaitable<Result<HoldingsReport>> WorkerStream::ask_holdings(Self self, AccountRef account, Deadline deadline,
                                                                   std::chrono::nanoseconds run_for) {
  if (self->ending_) co_return session_lost();
  const std::uint64_t id = self->replies_.next_id();
  v1::MainMessage message;
  v1::HoldingsRequest& request = *message.mutable_holdings_request();
  request.set_id(id);
  *request.mutable_account() = to_proto(account);
  request.set_left_nanos(deadline.left(self->needs_.clock).count());
  request.set_run_nanos(run_for.count());
  self->send(std::move(message));
  co_return co_await self->replies_.wait(id, self->needs_.clock, deadline);
}

// ---- the end ----

void WorkerStream::close(std::string reason) {
  asio::post(strand(), [self = self(), reason = std::move(reason)] {
    if (self->ending_) return;
    self->tell_closed(reason, nullptr);
    self->end(reason, grpc::Status::OK);
  });
}

void WorkerStream::fail(const Error& error) {
  needs_.log.warn("session ended by us",
                  {{"peer", context_->peer()}, {"reason", error.reason}, {"message", error.message}});
  tell_closed(error.reason, &error);
  end(error.reason, to_status(error));
}

void WorkerStream::tell_closed(const std::string& reason, const Error* error) {
  v1::MainMessage message;
  message.mutable_closed()->set_reason(reason);
  if (error != nullptr) *message.mutable_closed()->mutable_error() = to_proto(*error);
  write(std::move(message));
}

void WorkerStream::end(std::string reason, grpc::Status status) {
  if (std::exchange(ending_, true)) return;
  reason_ = std::move(reason);
  status_ = std::move(status);
  for (v1::MainMessage& message : std::exchange(held_, {})) on_written(message);
  replies_.fail_all(session_lost());
  if (const auto session = std::exchange(session_, nullptr)) session->closed(reason_);
  timer_.expires_after(kLinger);
  timer_.async_wait([self = self()](boost::system::error_code canceled) {
    if (canceled || self->finished_) return;
    self->drop_writes();
    self->context_->TryCancel();  // the write under way fails, and the stream is finished then
  });
  maybe_finish();
}

void WorkerStream::maybe_finish() {
  if (!ending_ || finished_ || !writes_done()) return;
  finished_ = true;
  timer_.cancel();
  Finish(status_);
}

void WorkerStream::on_read_end() {
  if (ending_) return;
  end_after(kBroken, wire::bad_field("kind", "the stream ended without a goodbye, or with bytes that are no message"));
}

void WorkerStream::on_write_failed() {
  end("connection_lost", {grpc::StatusCode::UNAVAILABLE, "connection_lost"});
  maybe_finish();
}

void WorkerStream::OnCancel() {
  asio::post(strand(), [self = self()] {
    if (self->finished_) return;
    self->drop_writes();
    self->end("connection_lost", {grpc::StatusCode::CANCELLED, "connection_lost"});
    self->maybe_finish();
  });
}

void WorkerStream::OnDone() {
  asio::post(strand(), [self = self()] {
    self->detach();
    self->needs_.live.remove(self.get());
  });
}

}  // namespace tradeauto
