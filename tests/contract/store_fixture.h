#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/uuid.h"
#include "ports/store.h"
#include "testing/fake_clock.h"
#include "testing/run_async.h"
#include "testing/temp_folder.h"

namespace tradeauto {

// An engine that the contract suites run on.
struct StoreEngine {
  std::string name;
  std::function<std::unique_ptr<Store>(const std::filesystem::path& folder, const Clock& clock, Rng& rng)> open;
};

inline void PrintTo(const StoreEngine& engine, std::ostream* out) { *out << engine.name; }

// A fresh store with a group "family" that has the accounts mom and dad, both Paper, and a group "club" with kim.
class StoreContract : public ::testing::TestWithParam<StoreEngine> {
 protected:
  void SetUp() override {
    store = GetParam().open(folder.path(), clock, rng);
    fill();
  }
  void fill() {
    for (const char* name : {"family", "club"}) {
      ASSERT_TRUE(run(registry().put_group(GroupName(name), bot, clock.now())).ok());
    }
    for (const AccountRef& ref : {mom, dad, kim}) ASSERT_TRUE(run(registry().put_account(account(ref), {}, bot)).ok());
    filled = run(ledger().newest_event()).value();
  }

  Registry& registry() { return store->registry(); }
  Ledger& ledger() { return store->ledger(); }
  template <typename T>
  T run(asio::awaitable<T> task) {
    return run_async(io, std::move(task));
  }

  static AccountRef ref(const std::string& group, const std::string& name) {
    return {.group = GroupName(group), .account = AccountName(name)};
  }
  RegisteredAccount account(const AccountRef& of, std::string fingerprint = {}) const {
    RegisteredAccount made;
    made.ref = of;
    made.credential_fields = {"USERNAME", "PASSWORD"};
    made.sealed_credentials = std::string("sealed\0bytes", 12);
    made.login_fingerprint = std::move(fingerprint);
    made.created_at = clock.now();
    made.updated_at = clock.now();
    return made;
  }

  struct OrderShape {
    std::vector<AccountRef> accounts = {};
    std::vector<std::string> symbols = {"AAPL"};
    Side side = Side::buy;
    bool dry_run = false;
    std::vector<std::string> overrides = {};
    std::chrono::seconds start_within{900};
  };
  Order order(const std::string& client_order_id, OrderShape shape) {
    Order made;
    made.id = OrderId(make_uuid_v7(clock, rng));
    made.client_order_id = ClientOrderId(client_order_id);
    made.accounts = shape.accounts;
    made.side = shape.side;
    made.quantity = Quantity(Decimal::from_int(1));
    made.dry_run = shape.dry_run;
    made.overrides = shape.overrides;
    made.created_at = clock.now();
    made.deadline = clock.now() + shape.start_within;
    for (const std::string& symbol : shape.symbols) made.symbols.emplace_back(symbol);
    for (const AccountRef& account : shape.accounts) {
      for (const std::string& symbol : shape.symbols) {
        ChildOrder child;
        child.id = ChildOrderId(make_uuid_v7(clock, rng));
        child.order_id = made.id;
        child.account = account;
        child.symbol = Symbol(symbol);
        child.updated_at = clock.now();
        made.child_orders.push_back(std::move(child));
      }
    }
    return made;
  }
  // Accepts an order of that shape and returns it.
  Order placed(const std::string& client_order_id, OrderShape shape) {
    auto accepted = run(ledger().accept(order(client_order_id, std::move(shape)), "hash of " + client_order_id, bot));
    EXPECT_TRUE(accepted.ok()) << accepted.error().message;
    return std::move(accepted->order);
  }
  Order stored(const OrderId& id) { return run(ledger().order(id)).value(); }
  ChildOrder stored(const ChildOrderId& id) { return run(ledger().child_order(id)).value(); }

  Epoch assign(const std::string& group, const std::string& worker = "w1") {
    return run(registry().assign(GroupName(group), WorkerName(worker), clock.now())).value();
  }
  // A permit request for the order's child orders of the account.
  PermitRequest ask(const Order& from, const AccountRef& account, Epoch epoch,
                    const std::string& journal = "journal-1") {
    PermitRequest request;
    request.task.id = TaskId("task of " + from.id.str() + " " + account.account.str());
    request.task.order_id = from.id;
    request.task.account = account;
    request.task.side = from.side;
    request.task.quantity = from.quantity;
    for (const ChildOrder& child : from.child_orders) {
      if (child.account == account) request.task.child_orders.push_back({.id = child.id, .symbol = child.symbol});
    }
    request.worker = WorkerName("w1");
    request.journal = JournalId(journal);
    request.epoch = epoch;
    request.now = clock.now();
    request.run_deadline = clock.now() + std::chrono::minutes(5);
    return request;
  }
  PermitDecision permit(PermitRequest request) { return run(ledger().permit(std::move(request))).value(); }
  // Accepts an order for one account and brings its child orders to `executing`.
  Order executing(const std::string& client_order_id, OrderShape shape) {
    const AccountRef account = shape.accounts.front();
    const Order made = placed(client_order_id, std::move(shape));
    const auto decision = permit(ask(made, account, assign(account.group.str())));
    EXPECT_EQ(decision.permitted.size(), made.child_orders.size());
    return stored(made.id);
  }
  // The same, brought to `in_doubt`.
  Order doubtful(const std::string& client_order_id, OrderShape shape) {
    const Order made = executing(client_order_id, std::move(shape));
    std::vector<ChildOrderId> ids;
    for (const ChildOrder& child : made.child_orders) ids.push_back(child.id);
    EXPECT_EQ(run(ledger().doubt(ids, "worker_lost", "gone", clock.now())).value().size(), ids.size());
    return stored(made.id);
  }

  ExecutionReport execution(ExecutionStatus status, const std::string& sub_account = "xxxx0001") const {
    ExecutionReport made;
    made.sub_account = sub_account;
    made.status = status;
    made.broker_order_id = "42";
    made.quantity = Quantity(Decimal::parse("0.000000001").value());
    made.price = Price(Decimal::parse("123456789012345678.5").value());
    made.message = "ok";
    made.evidence = "line 1\nline 2";
    made.at = clock.now();
    return made;
  }
  ChildOrderReport complete(const ChildOrderId& id, ChildOrderStatus status,
                            std::vector<ExecutionReport> executions = {}) const {
    ChildOrderReport made;
    made.child_order = id;
    made.complete = true;
    made.status = status;
    made.reason = "a_reason";
    made.detail = "for people";
    made.executions = std::move(executions);
    return made;
  }
  std::optional<ChildOrderChange> report(ChildOrderReport of) {
    auto taken = run(ledger().report(std::move(of), WorkerName("w1"), clock.now()));
    EXPECT_TRUE(taken.ok()) << taken.error().message;
    return std::move(*taken);
  }

  // Those since the store was filled.
  std::vector<Event> events() { return run(ledger().events(filled, 100000)).value(); }
  std::size_t count_events(const std::string& type) {
    std::size_t count = 0;
    for (const Event& event : events()) count += event.type == type ? 1 : 0;
    return count;
  }

  const Actor bot{.kind = Actor::Kind::token, .name = "bot"};
  std::uint64_t filled = 0;  // the last event of the filling
  const AccountRef mom = ref("family", "mom");
  const AccountRef dad = ref("family", "dad");
  const AccountRef kim = ref("club", "kim");
  TempFolder folder;
  FakeClock clock;
  SystemRng rng;
  boost::asio::io_context io;
  std::unique_ptr<Store> store;
};

inline std::string engine_name(const ::testing::TestParamInfo<StoreEngine>& info) { return info.param.name; }

}  // namespace tradeauto
