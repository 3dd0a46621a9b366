#include "rpc/session_connector.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>
#include <grpcpp/create_channel.h>

#include "net/address.h"
#include "net/task_group.h"
#include "rpc/grpc_server.h"
#include "rpc/main_stream.h"
#include "rpc/session_server.h"
#include "rpc/tls_credentials.h"

namespace tradeauto {
namespace {

std::shared_ptr<grpc::Channel> make_channel(const std::string& address, const SessionConnectorSettings& settings) {
  silence_grpc();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  // Each session dials anew: gRPC's own backoff after a failure would delay the next one, and ours is enough.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(settings.keepalive.count()));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  return grpc::CreateCustomChannel(address, channel_credentials(settings.tls), arguments);
}

}  // namespace

class SessionConnector::Impl {
 public:
  Impl(SessionConnectorSettings settings, Needs needs)
      : settings_(std::move(settings)), needs_(std::move(needs)), tasks_(needs_.executor) {}

  static asio::awaitable<Result<OpenedSession>> connect(std::shared_ptr<Impl> self, WorkerHello hello, TaskSink& sink,
                                                        Deadline deadline) {
    CO_TRY(const std::string address, join_address("MAIN_SERVER_HOST", self->settings_.host, self->settings_.port));
    CO_TRY(SecretString token, co_await self->needs_.pool.run(self->needs_.token));
    const std::string main = fmt::format("{} (MAIN_SERVER_HOST={}, MAIN_SERVER_PORT={})", address, self->settings_.host,
                                         self->settings_.port);
    auto channel = self->needs_.own_main != nullptr ? self->needs_.own_main->own_channel()
                                                    : make_channel(address, self->settings_);
    auto stream = std::make_shared<MainStream>(asio::make_strand(self->needs_.executor), std::move(channel),
                                               MainStream::Needs{.sink = sink,
                                                                 .clock = self->needs_.clock,
                                                                 .log = self->needs_.log,
                                                                 .tasks = self->tasks_,
                                                                 .live = self->live_,
                                                                 .main = main});
    co_return co_await stream->open(std::move(token), std::move(hello), deadline);
  }

  static asio::awaitable<void> stop(std::shared_ptr<Impl> self, Deadline deadline) {
    for (const auto& stream : self->live_.close()) stream->close("stopping");
    // Each ends within its linger time, or is cancelled then.
    co_await self->live_.wait_empty(self->needs_.clock, Deadline::never());
    asio::steady_timer timer(self->needs_.executor);
    timer.expires_after(std::min<std::chrono::nanoseconds>(deadline.left(self->needs_.clock), std::chrono::hours(1)));
    timer.async_wait([self](boost::system::error_code canceled) {
      if (!canceled) self->tasks_.cancel();
    });
    co_await self->tasks_.join();
    timer.cancel();
  }
  bool stopped() const { return live_.size() == 0; }

 private:
  const SessionConnectorSettings settings_;
  Needs needs_;
  LiveStreams<MainStream> live_;
  TaskGroup tasks_;
};

SessionConnector::SessionConnector(SessionConnectorSettings settings, Needs needs)
    : impl_(std::make_shared<Impl>(std::move(settings), std::move(needs))) {}

SessionConnector::~SessionConnector() { assert(impl_->stopped() && "stop() before a SessionConnector dies"); }

asio::awaitable<Result<OpenedSession>> SessionConnector::connect(WorkerHello hello, TaskSink& sink, Deadline deadline) {
  return Impl::connect(impl_, std::move(hello), sink, deadline);
}

asio::awaitable<void> SessionConnector::stop(Deadline deadline) { return Impl::stop(impl_, deadline); }

}  // namespace tradeauto
