#include "http/http_server.h"

#include <list>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "http/api_handler.h"
#include "http/connection.h"
#include "net/listener.h"
#include "net/run_on.h"
#include "net/task_group.h"
#include "net/timer.h"
#include "net/tls_context.h"

namespace tradeauto {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::size_t kTurnedAwayAtOnce = 64;

ConnectionSettings connection_settings(const HttpServerSettings& settings) {
  return {.limits = {.header_bytes = settings.header_bytes, .body_bytes = settings.body_bytes},
          .handshake_time = settings.handshake_time,
          .idle_time = settings.idle_time,
          .header_time = settings.header_time,
          .body_time = settings.body_time,
          .write_time = settings.write_time,
          .linger_time = settings.linger_time};
}

// Those that are open, so that they can be told of the end.
class OpenConnections {
 public:
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return connections_.size();
  }
  void add(std::shared_ptr<Connection> connection) {
    const std::scoped_lock lock(mutex_);
    connections_.push_back(std::move(connection));
  }
  void remove(const std::shared_ptr<Connection>& connection) {
    const std::scoped_lock lock(mutex_);
    connections_.remove(connection);
  }
  std::vector<std::shared_ptr<Connection>> all() const {
    const std::scoped_lock lock(mutex_);
    return {connections_.begin(), connections_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::list<std::shared_ptr<Connection>> connections_;
};

// Without a token whoever reaches the server is an administrator, so nobody else may: the address counts, not its name.
Result<void> check_reach(const tcp::acceptor& acceptor, const HttpServerSettings& settings) {
  error_code failed;
  const auto address = acceptor.local_endpoint(failed).address();
  if (settings.auth || (!failed && address.is_loopback())) return {};
  return make_error(ErrorCode::unprocessable, "auth_off_beyond_loopback",
                    fmt::format("AUTH=off, and HTTP_HOST={} is the address {}, which others can reach. Set "
                                "HTTP_HOST=127.0.0.1, or AUTH=on",
                                settings.host, address.to_string()));
}

}  // namespace

struct HttpServer::Impl {
  Impl(HttpServerSettings its_settings, Needs its_needs)
      : settings(std::move(its_settings)),
        per_connection(connection_settings(settings)),
        clock(its_needs.clock),
        log(its_needs.log),
        executor(its_needs.executor),
        handler({.version = settings.version,
                 .longest_wait = settings.longest_wait,
                 .event_streams = settings.event_streams,
                 .auth = settings.auth,
                 .legacy = settings.legacy,
                 .open_metrics = settings.open_metrics,
                 .rate_per_minute = settings.rate_per_minute,
                 .cors_origins = settings.cors_origins},
                {.orders = its_needs.orders,
                 .accounts = its_needs.accounts,
                 .workers = its_needs.workers,
                 .events = its_needs.events,
                 .token = std::move(its_needs.token),
                 .clock = its_needs.clock,
                 .rng = its_needs.rng,
                 .log = its_needs.log}),
        acceptor(asio::make_strand(executor)),
        tasks(executor) {}

  asio::awaitable<void> accept() {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(asio::make_strand(executor), kTuple);
      if (error == asio::error::operation_aborted || !acceptor.is_open()) co_return;
      if (error) {
        // No file descriptor is left, say: those that end give theirs back.
        log.warn("a connection cannot be taken", {{"why", error.message()}});
        co_await sleep_for(clock, kAcceptPause);
        continue;
      }
      const std::size_t open = connections.size();
      if (open >= settings.connections + kTurnedAwayAtOnce) continue;
      const bool serve = open < settings.connections;
      const auto strand = socket.get_executor();
      renew_tls();
      if (settings.tls && !tls) continue;  // never in clear instead
      auto connection = std::make_shared<Connection>(std::move(socket), tls, per_connection, handler, clock, log);
      connections.add(connection);
      tasks.spawn_on(strand, run(std::move(connection), serve));
    }
  }

  // A certificate that was replaced counts from the next connection on.
  void renew_tls() {
    if (!settings.tls) return;
    auto current = settings.tls->current();
    if (current == tls_made_of) return;
    auto context = make_server_context(*current);
    tls_made_of = std::move(current);
    if (context.ok()) {
      tls = std::move(context).value();
    } else {
      log.error("the certificate cannot be used", {{"why", context.error().message}});
    }
  }

  asio::awaitable<void> close_acceptor() {
    error_code ignored;  // nobody can connect any more, whatever it says
    acceptor.close(ignored);
    co_return;
  }

  asio::awaitable<void> run(std::shared_ptr<Connection> connection, bool serve) {
    const Leave leave{connections, connection};
    if (serve) {
      co_await connection->serve();
    } else {
      co_await connection->turn_away();
    }
  }

  // A coroutine that is canceled leaves by an exception.
  struct Leave {
    OpenConnections& connections;
    std::shared_ptr<Connection> connection;
    ~Leave() { connections.remove(connection); }
  };

  const HttpServerSettings settings;
  const ConnectionSettings per_connection;
  const Clock& clock;
  const Logger log;
  const asio::any_io_executor executor;
  ApiHandler handler;
  OpenConnections connections;
  tcp::acceptor acceptor;  // its strand, which has what follows too
  std::shared_ptr<const TlsMaterial> tls_made_of;
  TlsContext tls;
  TaskGroup tasks;
};

HttpServer::HttpServer(HttpServerSettings settings, Needs needs)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(needs))) {}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::start() {
  TRY(const std::uint16_t port, listen(impl_->acceptor, {.what = "HTTP",
                                                         .host_setting = "HTTP_HOST",
                                                         .host = impl_->settings.host,
                                                         .port_setting = "HTTP_PORT",
                                                         .port = impl_->settings.port}));
  if (auto reach = check_reach(impl_->acceptor, impl_->settings); !reach.ok()) {
    error_code ignored;  // it never accepted
    impl_->acceptor.close(ignored);
    return std::move(reach).error();
  }
  impl_->tasks.spawn_on(impl_->acceptor.get_executor(), impl_->accept());
  return port;
}

void HttpServer::set_ready(bool ready) { impl_->handler.set_ready(ready); }

asio::awaitable<void> HttpServer::stop(Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  set_ready(false);
  co_await run_on(impl_->acceptor.get_executor(), impl_->close_acceptor());
  for (const auto& connection : impl_->connections.all()) connection->drain();
  co_await (impl_->tasks.join() || sleep_until(impl_->clock, deadline));
  impl_->tasks.cancel();
  for (const auto& connection : impl_->connections.all()) connection->cut();
  co_await impl_->tasks.join();
}

}  // namespace tradeauto
