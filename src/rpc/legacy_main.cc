#include "rpc/legacy_main.h"

#include <set>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/uuid.h"
#include "net/timer.h"
#include "rpc/legacy_channel.h"
#include "rpc/legacy_peer.h"
#include "rpc/status.h"

namespace tradeauto {
namespace {

constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kCallTimeout{60};
// A worker that cannot be reached for so long is forgotten; it pings when it starts.
constexpr std::chrono::minutes kForget{30};
constexpr std::size_t kMaxWorkers = 1024;
constexpr std::size_t kWorkersALook = 200;

WorkerName name_of(const std::string& endpoint) {
  std::string name = "legacy-";
  for (const char c : endpoint) {
    if (c == '[' || c == ']') continue;
    name += c == ':' || c == '%' ? '-' : c;
  }
  return WorkerName(name.substr(0, 64));
}

// Every brokerage but Paper; whether its tool is there nobody can ask.
ExecutorInfo original_tool() {
  ExecutorInfo tool{.name = "autorsa", .brokerages = {}, .available = true, .version = {}, .problem = {}};
  for (const BrokerageInfo& each : all_brokerages()) {
    if (each.brokerage != Brokerage::paper) tool.brokerages.push_back(each.brokerage);
  }
  return tool;
}

std::vector<GroupName> groups_of(const LegacyAccounts& accounts) {
  std::set<GroupName> groups;
  for (const auto& [account, held] : accounts.held) groups.insert(account.group);
  return {groups.begin(), groups.end()};
}

}  // namespace

LegacyMain::LegacyMain(Needs needs) : needs_(std::move(needs)), strand_(asio::make_strand(needs_.executor)) {}

Result<void> LegacyMain::allow(const std::vector<std::string>& addresses) {
  TRY(allowed_, parse_legacy_allow(addresses));
  return {};
}

void LegacyMain::close() {
  asio::post(strand_, [this] {
    closed_ = true;
    for (const auto& [endpoint, worker] : workers_) {
      worker->retired = true;
      if (worker->link) worker->link->end("shutting_down");
    }
    workers_.clear();
  });
}

grpc::ServerUnaryReactor* LegacyMain::ping(grpc::CallbackServerContext* context, const TradingService::Ping* request,
                                           TradingService::Pong* /*response*/) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto endpoint = admit(context->peer(), request->return_to_port());
  if (!endpoint.ok()) {
    needs_.log.warn("a ping was refused", {{"peer", context->peer()}, {"reason", endpoint.error().reason}});
    reactor->Finish(to_status(endpoint.error()));
    return reactor;
  }
  asio::post(strand_, [this, reactor, endpoint = *endpoint] {
    const auto taken = take(endpoint);
    reactor->Finish(taken.ok() ? grpc::Status::OK : to_status(taken.error()));
  });
  return reactor;
}

Result<std::string> LegacyMain::admit(const std::string& peer, std::int32_t port) const {
  TRY(const asio::ip::address address, peer_address(peer));
  if (!may_speak_legacy(address, allowed_)) {
    return make_error(ErrorCode::permission_denied, "legacy_not_allowed",
                      fmt::format("{} is not in LEGACY_ALLOW", address.to_string()));
  }
  return callback_endpoint(address, port);
}

Result<void> LegacyMain::take(const std::string& endpoint) {
  if (closed_) return make_error(ErrorCode::unavailable, "shutting_down", "the main server is shutting down");
  const auto known = workers_.find(endpoint);
  if (known == workers_.end() && workers_.size() >= kMaxWorkers) {
    return make_error(ErrorCode::resource_exhausted, "too_many_workers", "too many workers have pinged");
  }
  if (known != workers_.end() && take_again(*known->second)) return {};
  auto worker = std::make_shared<Worker>();
  worker->endpoint = endpoint;
  worker->name = name_of(endpoint);
  worker->accounts = std::make_shared<LegacyAccounts>();
  if (known != workers_.end()) {
    // The same journal: the router replaces the old session, and what that one sent is in doubt until it is answered.
    Worker& old = *known->second;
    worker->journal = old.journal;
    old.retired = true;
    if (old.link) old.link->end("superseded");
    // Lost, and not looked at since.
    if (old.channel->GetState(false) != GRPC_CHANNEL_READY) old.accounts->forget_connection();
    *worker->accounts = old.accounts->of_new_process();
  } else {
    worker->journal = JournalId(make_uuid_v7(needs_.clock, needs_.rng));
  }
  worker->heard_of = needs_.clock.boot_now();
  worker->channel = legacy::make_channel(endpoint);
  workers_[endpoint] = worker;
  needs_.log.info("a worker pinged", {{"worker", worker->name}});
  needs_.tasks.spawn_on(strand_, keep(std::move(worker)));
  if (!std::exchange(looks_, true)) needs_.tasks.spawn_on(strand_, look());
  return {};
}

// A worker that is being dialled and was never met needs no other connection: nothing was sent on this one, and it
// leads to the newest process too. So a flood of pings costs no more than their answers.
bool LegacyMain::take_again(Worker& worker) const {
  if (worker.met || worker.channel->GetState(false) == GRPC_CHANNEL_READY) return false;
  worker.accounts->forget_connection();
  *worker.accounts = worker.accounts->of_new_process();
  worker.heard_of = needs_.clock.boot_now();
  grpc::experimental::ChannelResetConnectionBackoff(worker.channel.get());  // it may be there by now
  return true;
}

// At all sessions at once, for timers of their own cost more; and more seldom the more they are. Before a send the link
// looks by itself, and the shortest lease is a second.
asio::awaitable<void> LegacyMain::look() {
  while (!closed_) {
    for (const auto& [endpoint, worker] : workers_) {
      if (worker->session) look_at(*worker);
    }
    co_await sleep_for(needs_.clock, kLook * (1 + workers_.size() / kWorkersALook));
  }
}

void LegacyMain::look_at(Worker& worker) {
  if (worker.link->ended()) return;
  if (!worker.link->ready()) {
    worker.accounts->forget_connection();
    worker.link->end("connection_lost");
    return;
  }
  worker.session->heartbeat();
  worker.link->look_again();
}

asio::awaitable<void> LegacyMain::keep(std::shared_ptr<Worker> worker) {
  while (!worker->retired) {
    if (worker->channel->GetState(true) == GRPC_CHANNEL_READY) {
      co_await serve(worker);
      worker->heard_of = needs_.clock.boot_now();
    } else {
      worker->accounts->forget_connection();
      if (needs_.clock.boot_now() - worker->heard_of > kForget) {
        needs_.log.warn("a worker is forgotten: it cannot be reached", {{"worker", worker->name}});
        workers_.erase(worker->endpoint);
        co_return;
      }
    }
    if (!worker->retired) co_await sleep_for(needs_.clock, kLook);
  }
}

// One session, from READY until the channel is lost, the router or the next ping ends it.
asio::awaitable<void> LegacyMain::serve(std::shared_ptr<Worker> worker) {
  const auto link = std::make_shared<LegacyLink>(LegacyLink::Needs{.channel = worker->channel,
                                                                   .accounts = worker->accounts,
                                                                   .clock = needs_.clock,
                                                                   .rng = needs_.rng,
                                                                   .log = needs_.log.with({"worker", worker->name}),
                                                                   .strand = strand_,
                                                                   .call_timeout = kCallTimeout});
  WorkerHello hello;
  hello.kind = WorkerHello::Kind::legacy;
  hello.name = worker->name;
  // It has no journal: that it did not start something is never proven.
  hello.journal = {.id = worker->journal, .last_sequence = 0, .tail_cut = true};
  hello.executors = {original_tool()};
  hello.only_groups = groups_of(*worker->accounts);
  worker->link = link;
  worker->met = true;
  auto opened = co_await needs_.sessions.open(std::move(hello), link);
  if (!opened.ok()) {
    needs_.log.warn("no session for a worker that pinged",
                    {{"worker", worker->name}, {"reason", opened.error().reason}});
    worker->link.reset();
    co_await sleep_for(needs_.clock, std::chrono::seconds(1));
    co_return;
  }
  worker->session = opened->session;
  // Until what was sent is answered: the worker does one thing at a time, and so do we.
  co_await LegacyLink::work(link, std::move(opened->session));
  worker->session.reset();
  worker->link.reset();
}

}  // namespace tradeauto
