#include "http/http_listener.h"

#include <list>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

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

}  // namespace

struct HttpListener::Impl {
  Impl(HttpListenerSettings its_settings, Needs its_needs)
      : settings(std::move(its_settings)),
        handler(its_needs.handler),
        clock(its_needs.clock),
        log(std::move(its_needs.log)),
        executor(std::move(its_needs.executor)),
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
      auto connection = std::make_shared<Connection>(std::move(socket), tls, settings.connection, handler, clock, log);
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

  const HttpListenerSettings settings;
  RequestHandler& handler;
  const Clock& clock;
  const Logger log;
  const asio::any_io_executor executor;
  OpenConnections connections;
  tcp::acceptor acceptor;  // its strand, which has what follows too
  std::shared_ptr<const TlsMaterial> tls_made_of;
  TlsContext tls;
  TaskGroup tasks;
};

HttpListener::HttpListener(HttpListenerSettings settings, Needs needs)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(needs))) {}

HttpListener::~HttpListener() = default;

Result<std::uint16_t> HttpListener::open() {
  return listen(impl_->acceptor, {.what = "HTTP",
                                  .host_setting = "HTTP_HOST",
                                  .host = impl_->settings.host,
                                  .port_setting = "HTTP_PORT",
                                  .port = impl_->settings.port});
}

asio::ip::address HttpListener::address() const {
  error_code failed;  // one that is not open has none
  return impl_->acceptor.local_endpoint(failed).address();
}

void HttpListener::accept() { impl_->tasks.spawn_on(impl_->acceptor.get_executor(), impl_->accept()); }

asio::awaitable<void> HttpListener::stop(Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  co_await run_on(impl_->acceptor.get_executor(), impl_->close_acceptor());
  for (const auto& connection : impl_->connections.all()) connection->drain();
  co_await (impl_->tasks.join() || sleep_until(impl_->clock, deadline));
  impl_->tasks.cancel();
  for (const auto& connection : impl_->connections.all()) connection->cut();
  co_await impl_->tasks.join();
}

}  // namespace tradeauto
