#include "rpc/legacy_connector.h"

#include <cassert>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>

#include "MainTradingService.grpc.pb.h"
#include "net/address.h"
#include "net/run_on.h"
#include "net/timer.h"
#include "rpc/grpc_server.h"
#include "rpc/legacy_call.h"
#include "rpc/legacy_channel.h"
#include "rpc/legacy_listener.h"
#include "rpc/legacy_peer.h"
#include "rpc/legacy_servicer.h"
#include "rpc/status.h"

namespace tradeauto {
namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::minutes kPingTimeout{2};
// The wire knows no lease: the session lasts until the connection closes.
constexpr std::chrono::hours kLease{24 * 365};
// Answers that are on their way when the worker says goodbye.
constexpr std::chrono::milliseconds kFarewell{800};

std::vector<asio::ip::address> addresses_of(const std::string& host) {
  boost::asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  boost::system::error_code failed;
  std::vector<asio::ip::address> found;
  // A name that cannot be resolved cannot be pinged either, and the ping says why.
  for (const auto& entry : resolver.resolve(bare_host(host), "", failed)) {
    found.push_back(entry.endpoint().address());
  }
  return found;
}

Error ping_failed(const grpc::Status& status, const std::string& main) {
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED) {
    return make_error(ErrorCode::unavailable, "not_an_original_main",
                      fmt::format("the server at {} does not know MainTradingService.ping", main));
  }
  // The original's exception when no group waits for a worker.
  if (status.error_code() == grpc::StatusCode::UNKNOWN) {
    return make_error(ErrorCode::unavailable, "no_group",
                      fmt::format("the main server at {} has no group for this worker yet", main));
  }
  return from_status(status, main);
}

}  // namespace

class LegacyConnector::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(LegacyConnectorSettings settings, Needs needs)
      : settings_(std::move(settings)),
        needs_(std::move(needs)),
        strand_(asio::make_strand(needs_.executor)),
        servicer_({.journal = needs_.journal,
                   .clock = needs_.clock,
                   .rng = needs_.rng,
                   .log = needs_.log,
                   .strand = strand_,
                   .tasks = tasks_,
                   .start_within = settings_.start_within,
                   .run_for =
                       [this](Brokerage brokerage) {
                         return info(brokerage).needs_browser ? settings_.browser_run_for : settings_.run_for;
                       }}),
        server_({.host_setting = "TASK_FETCHER_HOST",
                 .port_setting = "TASK_FETCHER_PORT",
                 .host = settings_.listen_host,
                 .port = settings_.listen_port},
                {&servicer_}),
        listener_({.adopt = [this](int socket) { server_.adopt(socket); },
                   .clock = needs_.clock,
                   .log = needs_.log,
                   .strand = strand_}),
        tasks_(strand_) {}

  Result<std::string> listen();
  bool listens() const { return port_ != 0; }
  static asio::awaitable<Result<OpenedSession>> connect(std::shared_ptr<Impl> self, WorkerHello hello, TaskSink& sink);
  static asio::awaitable<void> stop(std::shared_ptr<Impl> self, Deadline deadline);
  bool stopped() const { return !listens() || stopped_; }

 private:
  class Link;

  asio::awaitable<Result<OpenedSession>> ping(WorkerHello hello, TaskSink& sink);
  asio::awaitable<void> watch(std::shared_ptr<Link> link, std::uint64_t called_before);
  asio::awaitable<void> farewell(std::shared_ptr<Link> link, std::string reason);
  asio::awaitable<void> answers_sent(Deadline deadline);
  void end(const std::shared_ptr<Link>& link, std::string reason);

  const LegacyConnectorSettings settings_;
  Needs needs_;
  const asio::any_io_executor strand_;
  std::uint16_t port_ = 0;  // 0: does not listen

  // Strand.
  std::shared_ptr<grpc::Channel> channel_;
  std::shared_ptr<Link> link_;
  TaskSink* sink_ = nullptr;
  bool stopped_ = false;

  LegacyServicer servicer_;
  GrpcServer server_;
  LegacyListener listener_;
  TaskGroup tasks_;
};

// The worker's end of the session; what it says is for the servicer.
class LegacyConnector::Impl::Link final : public MainLink, public std::enable_shared_from_this<Link> {
 public:
  explicit Link(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

  asio::awaitable<Result<std::chrono::nanoseconds>> heartbeat(Deadline /*deadline*/) override {
    return run_on(impl_->strand_, stands(shared_from_this()));
  }
  asio::awaitable<Result<Permit>> ask_permit(TaskId task, Epoch epoch, Deadline /*deadline*/) override {
    return run_on(impl_->strand_, permit(shared_from_this(), std::move(task), epoch));
  }
  void report(JournaledReport report) override {
    asio::post(impl_->strand_, [impl = impl_, report = std::move(report)] { impl->servicer_.report(report); });
  }
  void refuse(TaskId task, Error error) override {
    unsent(std::move(task), std::move(error.reason), std::move(error.message));
  }
  void dropped(TaskId task) override {
    unsent(std::move(task), "not_started", "it was not started in time, or the worker is stopping");
  }
  void close(std::string reason) override {
    asio::post(impl_->strand_, [self = shared_from_this(), reason = std::move(reason)] {
      self->impl_->tasks_.spawn(self->impl_->farewell(self, reason));
    });
  }

 private:
  static asio::awaitable<Result<std::chrono::nanoseconds>> stands(std::shared_ptr<Link> self) {
    if (self->impl_->link_ != self) co_return session_lost();
    co_return kLease;
  }
  static asio::awaitable<Result<Permit>> permit(std::shared_ptr<Link> self, TaskId task, Epoch epoch) {
    if (self->impl_->link_ != self) co_return session_lost();
    co_return self->impl_->servicer_.permit(task, epoch);
  }
  static Error session_lost() {
    return make_error(ErrorCode::unavailable, "session_lost", "the session with the main server is over");
  }
  void unsent(TaskId task, std::string reason, std::string detail) {
    asio::post(impl_->strand_, [impl = impl_, task = std::move(task), reason = std::move(reason),
                                detail = std::move(detail)] { impl->servicer_.unsent(task, reason, detail); });
  }

  const std::shared_ptr<Impl> impl_;
};

Result<std::string> LegacyConnector::Impl::listen() {
  if (!listens()) {
    TRY(auto allowed, parse_legacy_allow(settings_.allow));
    listener_.always_allow(std::move(allowed));
    auto port = listener_.open({.what = "an original main",
                                .host_setting = "TASK_FETCHER_HOST",
                                .host = settings_.listen_host,
                                .port_setting = "TASK_FETCHER_PORT",
                                .port = settings_.listen_port});
    if (!port.ok()) return std::move(port).error();
    TRY_VOID(server_.start_unbound());
    port_ = *port;
    tasks_.spawn(listener_.serve());
  }
  return join_address("TASK_FETCHER_HOST", settings_.listen_host, port_);
}

asio::awaitable<Result<OpenedSession>> LegacyConnector::Impl::connect(std::shared_ptr<Impl> self, WorkerHello hello,
                                                                      TaskSink& sink) {
  if (!self->listens()) {
    CO_TRY(const std::string address, self->listen());
    self->needs_.log.info("listening for an original main", {{"task_fetcher", address}});
  }
  co_return co_await run_on(self->strand_, self->ping(std::move(hello), sink));
}

asio::awaitable<Result<OpenedSession>> LegacyConnector::Impl::ping(WorkerHello hello, TaskSink& sink) {
  CO_TRY(const std::string address, join_address("MAIN_SERVER_HOST", settings_.host, settings_.port));
  const std::string main =
      fmt::format("{} (MAIN_SERVER_HOST={}, MAIN_SERVER_PORT={})", address, settings_.host, settings_.port);
  listener_.hang_up();  // of a ping that failed behind main's back
  listener_.allow(co_await needs_.pool.run([host = settings_.host] { return addresses_of(host); }));
  const std::uint64_t called_before = listener_.accepted();
  // The journal grows with each attempt, so this epoch is above every earlier one.
  servicer_.open(sink, {.incarnation = 0, .counter = hello.journal.last_sequence}, hello.standings);
  channel_ = legacy::make_channel(address);
  auto stub = TradingService::MainTradingService::NewStub(channel_);
  using Ping = legacy::Call<TradingService::Ping, TradingService::Pong>;
  auto call = std::make_shared<Ping>();
  call->request.set_return_to_port(port_);
  call->context.set_deadline(legacy::wall_deadline(needs_.clock, kPingTimeout));
  co_await legacy::send(call, [&stub](Ping& ping, std::function<void(grpc::Status)> done) {
    stub->async()->ping(&ping.context, &ping.request, &ping.response, std::move(done));
  });
  if (!call->status.ok()) {
    servicer_.close();
    listener_.hang_up();
    channel_.reset();
    co_return ping_failed(call->status, main);
  }
  servicer_.ready();
  sink_ = &sink;
  link_ = std::make_shared<Link>(shared_from_this());
  tasks_.spawn(watch(link_, called_before));
  co_return OpenedSession{.link = link_, .ledger = LedgerId("original-main"), .incarnation = 0, .lease = kLease};
}

// Main is gone when its connection is. Before it has called back, only its end of the ping's connection tells.
asio::awaitable<void> LegacyConnector::Impl::watch(std::shared_ptr<Link> link, std::uint64_t called_before) {
  while (link_ == link) {
    const bool called = listener_.accepted() > called_before;
    if (listener_.connections() == 0 && (called || channel_->GetState(false) != GRPC_CHANNEL_READY)) {
      end(link, "connection_lost");
      co_return;
    }
    co_await sleep_for(needs_.clock, kLook);
  }
}

asio::awaitable<void> LegacyConnector::Impl::farewell(std::shared_ptr<Link> link, std::string reason) {
  co_await answers_sent(Deadline::after(needs_.clock, kFarewell));
  // The worker waits no longer for what still runs; while main listens, it hears what may have been sent.
  if (link_ == link) servicer_.abandon();
  co_await answers_sent(Deadline::after(needs_.clock, kLook));
  end(link, std::move(reason));
}

asio::awaitable<void> LegacyConnector::Impl::answers_sent(Deadline deadline) {
  while (servicer_.calls() > 0 && !deadline.over(needs_.clock)) co_await sleep_for(needs_.clock, kLook / 10);
}

void LegacyConnector::Impl::end(const std::shared_ptr<Link>& link, std::string reason) {
  if (link_ != link) return;
  link_.reset();
  channel_.reset();
  servicer_.close();
  listener_.hang_up();
  std::exchange(sink_, nullptr)->session_closed(std::move(reason));
}

asio::awaitable<void> LegacyConnector::Impl::stop(std::shared_ptr<Impl> self, Deadline deadline) {
  if (!self->listens()) co_return;
  co_await run_on(self->strand_, [](Impl& impl, Deadline until) -> asio::awaitable<void> {
    impl.listener_.close();
    const Deadline farewell = Deadline::after(impl.needs_.clock, kFarewell);
    co_await impl.answers_sent(farewell < until ? farewell : until);
    impl.servicer_.abandon();
    if (impl.link_) impl.end(impl.link_, "stopping");
  }(*self, deadline));
  self->tasks_.cancel();
  co_await self->tasks_.join();
  co_await self->server_.stop();
  self->stopped_ = true;
}

LegacyConnector::LegacyConnector(LegacyConnectorSettings settings, Needs needs)
    : impl_(std::make_shared<Impl>(std::move(settings), std::move(needs))) {}

LegacyConnector::~LegacyConnector() { assert(impl_->stopped() && "stop() before a LegacyConnector dies"); }

Result<std::string> LegacyConnector::listen() { return impl_->listen(); }

asio::awaitable<Result<OpenedSession>> LegacyConnector::connect(WorkerHello hello, TaskSink& sink,
                                                                Deadline /*deadline*/) {
  return Impl::connect(impl_, std::move(hello), sink);
}

asio::awaitable<void> LegacyConnector::stop(Deadline deadline) { return Impl::stop(impl_, deadline); }

}  // namespace tradeauto
