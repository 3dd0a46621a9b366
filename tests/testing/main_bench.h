#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "main_server/main_server.h"
#include "net/signal.h"
#include "store/memory/memory_store.h"
#include "testing/faulty_store.h"
#include "testing/null_log.h"
#include "testing/seeded_rng.h"
#include "testing/sim_time.h"

namespace tradeauto {

// Main's end of a link that only writes down what main sends. Who is asked what an account holds answers what the test
// has put into `holdings_answers`, as soon as it is there.
class RecordingLink final : public WorkerLink {
 public:
  explicit RecordingLink(const Clock& clock) : clock_(clock) {}

  void assign(GroupName group, Epoch epoch) override {
    epochs[group.str()] = epoch;
    assigned.push_back(group.str());
  }
  void release(GroupName group) override { released.push_back(group.str()); }
  void activate(AccountActivation activation) override { activations.push_back(std::move(activation)); }
  void deactivate(AccountRef account, Epoch /*epoch*/) override { deactivated.push_back(std::move(account)); }
  void offer(TransactionTask task) override { offers.push_back(std::move(task)); }
  void withdraw(TaskId task) override { withdrawn.push_back(std::move(task)); }
  asio::awaitable<Result<HoldingsReport>> holdings(AccountRef account, Deadline deadline,
                                                   std::chrono::nanoseconds run_for) override {
    const std::string name = account.account.str();
    asked.push_back(name);
    // A worker that works gives up by itself.
    if (!mute) deadline = std::min(deadline, Deadline::after(clock_, run_for));
    while (true) {
      const auto seen = answered_.version();
      if (const auto it = holdings_answers.find(name); it != holdings_answers.end()) co_return it->second;
      if (!co_await answered_.wait(seen, clock_, deadline)) {
        co_return make_error(ErrorCode::deadline_exceeded, "no_answer", "no answer in time");
      }
    }
  }
  void answer(const std::string& account, Result<HoldingsReport> what) {
    holdings_answers.insert_or_assign(account, std::move(what));
    answered_.notify();
  }
  void close(std::string reason) override { closed = std::move(reason); }

  std::map<std::string, Epoch> epochs;
  std::vector<std::string> assigned;
  std::vector<std::string> released;
  std::vector<AccountActivation> activations;
  std::vector<AccountRef> deactivated;
  std::vector<TransactionTask> offers;
  std::vector<TaskId> withdrawn;
  std::optional<std::string> closed;
  bool mute = false;                                               // it answers nothing at all
  std::vector<std::string> asked;                                  // accounts
  std::map<std::string, Result<HoldingsReport>> holdings_answers;  // by account

 private:
  const Clock& clock_;
  Signal answered_;
};

// A main server in virtual time, on a store whose disk a test can break, with workers that are the test itself.
class MainBench : public testing::Test {
 protected:
  static constexpr std::chrono::seconds kLease{15};
  static constexpr const char* kAdministrator = "ta_administrator";

  struct Peer {
    std::shared_ptr<RecordingLink> link;
    std::shared_ptr<WorkerSession> session;

    Epoch epoch(const std::string& group) const { return link->epochs.at(group); }
  };

  void SetUp() override { start(); }
  void TearDown() override { stop(); }

  void start() {
    store = std::make_unique<FaultyStore>(*memory, clock);
    MainServerSettings settings;
    settings.router.lease = kLease;
    settings.router.offers_per_account = offers_per_account;
    main = std::make_unique<MainServer>(settings,
                                        MainServer::Needs{.store = *store,
                                                          .key = MasterKey::from_bytes(SecretString(key)).value(),
                                                          .clock = clock,
                                                          .rng = rng,
                                                          .log = null_logger(),
                                                          .executor = io.get_executor(),
                                                          .administrator = SecretString(kAdministrator)});
    ASSERT_TRUE(time.run(main->start()).ok());
    time.settle();
  }
  void stop() {
    if (!main) return;
    store->faults.release();
    time.run(main->stop());
    time.settle();
    main.reset();
  }

  void add_group(const std::string& group, const std::vector<std::string>& accounts = {"mom"}) {
    ASSERT_TRUE(time.run(main->accounts().put_group(GroupName(group), bot)).ok());
    for (const std::string& account : accounts) ASSERT_TRUE(put(group, account).ok());
    time.settle();
  }
  Result<AccountApi::PutAccount> put(const std::string& group, const std::string& account,
                                     Brokerage brokerage = Brokerage::paper, Credentials credentials = {},
                                     bool enabled = true, std::optional<std::uint64_t> version = std::nullopt) {
    return time.run(
        main->accounts().put_account(ref(group, account), brokerage, std::move(credentials), enabled, version, bot));
  }
  static AccountRef ref(const std::string& group, const std::string& account) {
    return {.group = GroupName(group), .account = AccountName(account)};
  }

  OrderRequest request(const std::string& client_order_id, const std::string& group = "family",
                       const std::vector<std::string>& symbols = {"AAPL"}) const {
    OrderRequest request;
    request.client_order_id = ClientOrderId(client_order_id);
    request.group = GroupName(group);
    request.quantity = Quantity(Decimal::from_int(1));
    for (const std::string& symbol : symbols) request.symbols.emplace_back(symbol);
    request.canonical = group;
    request.by = bot;
    return request;
  }
  Result<Ledger::Accepted> create(OrderRequest request) { return time.run(main->orders().create(std::move(request))); }
  OrderId accepted(OrderRequest request) {
    const auto result = create(std::move(request));
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
    time.settle();
    return result.ok() ? result->order.id : OrderId();
  }
  ChildOrder child(const OrderId& id, const std::string& account = "mom") {
    Order order = time.run(memory->ledger().order(id)).value();
    for (ChildOrder& one : order.child_orders) {
      if (one.account.account == AccountName(account)) return one;
    }
    ADD_FAILURE() << "no child order of " << account;
    return {};
  }
  ChildOrderStatus status(const OrderId& id, const std::string& account = "mom") { return child(id, account).status; }

  static WorkerHello hello(const std::string& name, std::uint64_t sequence = 1, const std::string& journal = "") {
    WorkerHello hello;
    hello.name = WorkerName(name);
    hello.journal = {.id = JournalId(journal.empty() ? "journal-" + name : journal), .last_sequence = sequence};
    return hello;
  }
  // Of one that pinged: it has no journal.
  static WorkerHello legacy_hello(const std::string& name) {
    WorkerHello legacy = hello(name, 0);
    legacy.kind = WorkerHello::Kind::legacy;
    legacy.journal.tail_cut = true;
    return legacy;
  }
  Result<Peer> dial(WorkerHello hello) {
    auto link = std::make_shared<RecordingLink>(clock);
    auto opened = time.run(main->sessions().open(std::move(hello), link));
    if (!opened.ok()) return opened.error();
    time.settle();
    return Peer{.link = link, .session = opened->session};
  }
  Peer connect(WorkerHello hello) {
    auto peer = dial(std::move(hello));
    EXPECT_TRUE(peer.ok()) << (peer.ok() ? "" : peer.error().message);
    return peer.ok() ? *peer : Peer();
  }
  Permit permit(const Peer& peer, const TransactionTask& task) {
    auto permit = time.run(peer.session->permit(task.id, task.epoch));
    time.settle();
    return permit.value();
  }
  Result<void> report(const Peer& peer, std::uint64_t sequence, const ChildOrderId& id, ChildOrderStatus status) {
    ChildOrderReport report;
    report.child_order = id;
    report.complete = true;
    report.status = status;
    auto taken = time.run(peer.session->report({.sequence = sequence, .task = {}, .report = std::move(report)}));
    time.settle();
    return taken;
  }
  void hang_up(const Peer& peer, const std::string& reason = "cut") {
    peer.session->closed(reason);
    time.settle();
  }
  // Time passes, and these workers go on sending heartbeats.
  void pass(std::chrono::nanoseconds duration, const std::vector<Peer>& alive = {}) {
    for (auto left = duration; left > std::chrono::nanoseconds::zero(); left -= std::chrono::seconds(1)) {
      for (const Peer& peer : alive) peer.session->heartbeat();
      time.pass(std::min<std::chrono::nanoseconds>(left, std::chrono::seconds(1)));
    }
  }
  std::string worker_of(const std::string& group) {
    const auto view = time.run(main->accounts().group(GroupName(group)));
    return view.ok() && view->worker ? view->worker->str() : "";
  }

  const Actor bot{.kind = Actor::Kind::token, .name = "bot"};
  asio::io_context io;
  SimClock clock;
  SimTime time{io, clock};
  SeededRng rng{1};
  std::unique_ptr<Store> memory = make_memory_store(clock, rng);
  std::unique_ptr<FaultyStore> store;
  std::unique_ptr<MainServer> main;
  std::size_t offers_per_account = 256;
  const std::string key = std::string(32, 'k');
};

}  // namespace tradeauto
