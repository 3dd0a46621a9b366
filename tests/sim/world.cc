#include "sim/world.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "store/memory/memory_store.h"

namespace tradeauto {

World::World(std::uint64_t seed, std::chrono::seconds bound)
    : rng(seed), store(make_memory_store(clock, rng)), run_for(bound), key_(MasterKey::generate(rng)) {
  start_main();
}

World::~World() {
  while (!nodes.empty()) {
    kill_worker(nodes.begin()->first);
    nodes.erase(nodes.begin());
  }
  if (main) kill_main();
}

World::Node::Node(World& world, const std::string& node_name)
    : name(node_name), journal("journal-" + node_name), connector(world.io.get_executor(), world.clock) {}

void World::until(const std::function<bool()>& done, const char* what, std::chrono::seconds limit) {
  ASSERT_TRUE(time.until(done, limit)) << "never happened: " << what;
}

void World::dial_main() {
  for (auto& [name, node] : nodes) node->connector.main = main ? &main->sessions() : nullptr;
}

void World::start_main() {
  access = std::make_unique<FaultyStore>(*store, clock);
  access->faults.pause = disk;
  MainServerSettings settings;
  settings.router.lease = kLease;
  settings.router.run_for = run_for;
  main = std::make_unique<MainServer>(settings, MainServer::Needs{.store = *access,
                                                                  .key = key_,
                                                                  .clock = clock,
                                                                  .rng = rng,
                                                                  .log = null_logger(),
                                                                  .executor = io.get_executor()});
  ASSERT_TRUE(time.run(main->start()).ok());
  dial_main();
}

void World::kill_main() {
  access->faults.kill();
  access->faults.release();
  for (auto& [name, node] : nodes) {
    node->connector.main = nullptr;
    for (const auto& wire : node->connector.wires) wire->kill_main_end();
  }
  time.run(main->stop());
  for (auto& [name, node] : nodes) {
    for (const auto& wire : node->connector.wires) time.run(wire->join());
    node->connector.wires.clear();
  }
  time.settle();
  main.reset();
}

World::Node& World::start_worker(const std::string& name) {
  std::unique_ptr<Node>& slot = nodes[name];
  if (!slot) slot = std::make_unique<Node>(*this, name);
  Node& node = *slot;
  node.connector.main = main ? &main->sessions() : nullptr;
  auto executor = std::make_unique<FakeExecutor>(clock);
  node.executor = executor.get();
  executor->behaviours = node.behaviours;
  executor->on_placed = [this](const FakeExecutor::Placement& placement) { placed.push_back(placement); };
  if (node.prepare) node.prepare(*executor);
  std::vector<NamedExecutor> executors;
  executors.push_back({.name = "fake", .executor = std::move(executor)});
  WorkerSettings settings;
  settings.name = WorkerName(name);
  settings.version = "test";
  node.worker = std::make_unique<Worker>(settings, Worker::Needs{.journal = node.journal,
                                                                 .connector = node.connector,
                                                                 .executors = std::move(executors),
                                                                 .clock = clock,
                                                                 .rng = rng,
                                                                 .log = null_logger(),
                                                                 .executor = io.get_executor()});
  node.worker->start();
  return node;
}

void World::kill_worker(const std::string& name, bool main_sees_it) {
  Node& node = *nodes.at(name);
  if (!node.worker) return;
  node.executor->dead = true;
  node.journal.freeze();
  node.connector.main = nullptr;
  for (const auto& wire : node.connector.wires) wire->kill_worker_end(main_sees_it);
  time.run(node.worker->stop(Deadline::after(clock, std::chrono::seconds(0))));
  for (const auto& wire : node.connector.wires) time.run(wire->join());
  time.settle();
  node.executor = nullptr;
  node.worker.reset();
  node.connector.wires.clear();
  const std::uint64_t unsynced = node.journal.unsynced();
  const std::uint64_t survives = unsynced == 0 ? 0 : rng.below(unsynced + 1);
  node.journal.reopen(survives, survives < unsynced && rng.chance(20));
}

std::size_t World::placements(const std::string& account, const std::string& symbol) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      placed, [&](const FakeExecutor::Placement& one) { return one.account == account && one.symbol == symbol; }));
}

void World::add_group(const std::string& group, const std::vector<std::string>& accounts) {
  ASSERT_TRUE(time.run(main->accounts().put_group(GroupName(group), {})).ok());
  for (const std::string& account : accounts) {
    const AccountRef ref{.group = GroupName(group), .account = AccountName(account)};
    const auto put =
        time.run(main->accounts().put_account(ref, Brokerage::paper, Credentials(), true, std::nullopt, {}));
    ASSERT_TRUE(put.ok()) << put.error().message;
  }
}

Result<Ledger::Accepted> World::buy(const std::string& client_order_id, const std::string& group,
                                    std::vector<std::string> symbols, std::chrono::seconds deadline) {
  OrderRequest request;
  request.client_order_id = ClientOrderId(client_order_id);
  request.group = GroupName(group);
  request.side = Side::buy;
  request.quantity = Quantity(Decimal::from_int(1));
  for (std::string& symbol : symbols) request.symbols.emplace_back(std::move(symbol));
  request.deadline_within = deadline;
  request.canonical = "buy 1 " + group;
  return time.run(main->orders().create(std::move(request)));
}

Order World::order(const OrderId& id) { return time.run(store->ledger().order(id)).value(); }

ChildOrder World::child(const OrderId& id, const std::string& account) {
  Order found = order(id);
  for (ChildOrder& child : found.child_orders) {
    if (child.account.account == AccountName(account)) return child;
  }
  ADD_FAILURE() << "no child order of " << account;
  return {};
}

std::string World::worker_of(const std::string& group) {
  const auto view = time.run(main->accounts().group(GroupName(group)));
  return view.ok() && view->worker ? view->worker->str() : "";
}

}  // namespace tradeauto
