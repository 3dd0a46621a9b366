#include "rpc/session_server.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "net/address.h"
#include "net/task_group.h"
#include "rpc/grpc_server.h"
#include "rpc/legacy_main.h"
#include "rpc/status.h"
#include "rpc/worker_stream.h"
#include "tradeauto/v1/worker.grpc.pb.h"

namespace tradeauto {
namespace {

using SessionReactor = grpc::ServerBidiReactor<v1::WorkerMessage, v1::MainMessage>;

// A call that ends before it has begun.
class RefusedCall final : public SessionReactor {
 public:
  explicit RefusedCall(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }  // OnDone is the only end of a reactor's life
};

std::string_view bearer_token(const grpc::CallbackServerContext& context) {
  constexpr std::string_view kBearer = "Bearer ";
  const auto found = context.client_metadata().find("authorization");
  if (found == context.client_metadata().end()) return {};
  const std::string_view value(found->second.data(), found->second.size());
  return value.starts_with(kBearer) ? value.substr(kBearer.size()) : std::string_view();
}

GrpcServerSettings server_settings(const SessionServerSettings& settings) {
  GrpcServerSettings out;
  out.host_setting = "GRPC_HOST";
  out.port_setting = "GRPC_PORT";
  out.host = settings.host;
  out.port = settings.port;
  out.tls = settings.tls;
  out.keepalive = settings.keepalive;
  return out;
}

}  // namespace

class SessionServer::Impl final : public v1::WorkerService::CallbackService {
 public:
  Impl(SessionServerSettings settings, Needs needs)
      : settings_(std::move(settings)),
        needs_(std::move(needs)),
        legacy_({.sessions = needs_.sessions,
                 .clock = needs_.clock,
                 .rng = needs_.rng,
                 .log = needs_.log,
                 .executor = needs_.executor,
                 .tasks = tasks_}),
        server_(server_settings(settings_), services()),
        tasks_(needs_.executor) {}

  SessionReactor* Session(grpc::CallbackServerContext* context) override {
    const std::string_view token = bearer_token(*context);
    if (token.empty() || !needs_.may_join(token)) {
      needs_.log.warn("a worker without a good token was refused", {{"peer", context->peer()}});
      return refuse(make_error(ErrorCode::unauthenticated, "bad_token", "the token is missing or wrong"));
    }
    auto stream = std::make_shared<WorkerStream>(asio::make_strand(needs_.executor), context,
                                                 WorkerStream::Needs{.sessions = needs_.sessions,
                                                                     .clock = needs_.clock,
                                                                     .log = needs_.log,
                                                                     .tasks = tasks_,
                                                                     .live = live_,
                                                                     .hello_timeout = settings_.hello_timeout});
    if (!live_.add(stream, settings_.max_sessions)) {
      return live_.closed()
                 ? refuse(make_error(ErrorCode::unavailable, "shutting_down", "the main server is shutting down"))
                 : refuse(make_error(ErrorCode::resource_exhausted, "too_many_sessions",
                                     "too many workers are connected"));
    }
    stream->start();
    return stream.get();
  }

  Result<std::uint16_t> start() {
    const bool may_reach = settings_.tls != nullptr || settings_.allow_plaintext_beyond_loopback;
    TRY_VOID(check_plaintext("GRPC_HOST", settings_.host, may_reach));
    if (settings_.legacy_peers) TRY_VOID(legacy_.allow(*settings_.legacy_peers));
    auto port = server_.start();
    started_ = port.ok();
    if (started_) server_.set_serving(true);
    return port;
  }
  void set_serving(bool serving) { server_.set_serving(serving); }
  std::shared_ptr<grpc::Channel> own_channel() { return server_.own_channel(); }

  static asio::awaitable<void> stop(std::shared_ptr<Impl> self, Deadline deadline) {
    if (!std::exchange(self->started_, false)) co_return;
    self->server_.set_serving(false);
    for (const auto& stream : self->live_.close()) stream->close("shutting_down");
    self->legacy_.close();
    // A stream that does not end by itself in time is ended with the server.
    co_await self->live_.wait_empty(self->needs_.clock, deadline);
    co_await self->server_.stop();
    co_await self->live_.wait_empty(self->needs_.clock, Deadline::never());
    asio::steady_timer timer(self->needs_.executor);
    timer.expires_after(std::min<std::chrono::nanoseconds>(deadline.left(self->needs_.clock), std::chrono::hours(1)));
    timer.async_wait([self](boost::system::error_code canceled) {
      if (!canceled) self->tasks_.cancel();
    });
    co_await self->tasks_.join();
    timer.cancel();
  }
  bool started() const { return started_; }

 private:
  static SessionReactor* refuse(const Error& error) { return new RefusedCall(to_status(error)); }

  std::vector<grpc::Service*> services() {
    std::vector<grpc::Service*> out{this};
    if (settings_.legacy_peers) out.push_back(&legacy_);
    return out;
  }

  const SessionServerSettings settings_;
  Needs needs_;
  LegacyMain legacy_;
  GrpcServer server_;
  LiveStreams<WorkerStream> live_;
  bool started_ = false;
  TaskGroup tasks_;
};

SessionServer::SessionServer(SessionServerSettings settings, Needs needs)
    : impl_(std::make_shared<Impl>(std::move(settings), std::move(needs))) {}

SessionServer::~SessionServer() { assert(!impl_->started() && "stop() before a SessionServer dies"); }

Result<std::uint16_t> SessionServer::start() { return impl_->start(); }

std::shared_ptr<grpc::Channel> SessionServer::own_channel() { return impl_->own_channel(); }

void SessionServer::set_serving(bool serving) { impl_->set_serving(serving); }

asio::awaitable<void> SessionServer::stop(Deadline deadline) { return Impl::stop(impl_, deadline); }

}  // namespace tradeauto
