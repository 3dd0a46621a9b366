#include "sim/world.h"

#include <gtest/gtest.h>

#include "store/memory/memory_store.h"

namespace tradeauto {

World::World() : store(make_memory_store(clock, rng)), key_(MasterKey::generate(rng)) { start_main(); }

World::~World() {
  while (!nodes.empty()) {
    kill_worker(nodes.begin()->first);
    nodes.erase(nodes.begin());
  }
  if (main) kill_main();
}

World::Node::Node(World& world, const std::string& node_name)
    : name(node_name), journal("journal-" + node_name), connector(world.io.get_executor(), world.clock) {}

void World::until(const std::function<bool()>& done, const char* what) {
  const Deadline give_up = Deadline::after(clock, std::chrono::seconds(10));
  while (!done()) {
    ASSERT_FALSE(give_up.over(clock)) << "never happened: " << what;
    io.restart();
    io.run_one_for(std::chrono::milliseconds(5));
  }
}

void World::start_main() {
  MainServerSettings settings;
  settings.router.lease = kLease;
  settings.router.run_for = run_for;
  main = std::make_unique<MainServer>(settings, MainServer::Needs{.store = *store,
                                                                  .key = key_,
                                                                  .clock = clock,
                                                                  .rng = rng,
                                                                  .log = null_logger(),
                                                                  .executor = io.get_executor()});
  ASSERT_TRUE(run_async(io, main->start()).ok());
  for (auto& [name, node] : nodes) node->connector.main = &main->sessions();
}

void World::kill_main() {
  for (auto& [name, node] : nodes) {
    node->connector.main = nullptr;
    for (const auto& wire : node->connector.wires) wire->cut("killed");
  }
  run_async(io, main->stop());
  for (auto& [name, node] : nodes) {
    for (const auto& wire : node->connector.wires) run_async(io, wire->join());
  }
  io.restart();
  io.poll();
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
  executor->before_place = node.before_place;
  std::vector<NamedExecutor> executors;
  executors.push_back({.name = "fake", .executor = std::move(executor)});
  WorkerSettings settings;
  settings.name = WorkerName(name);
  settings.version = "test";
  settings.first_backoff = std::chrono::milliseconds(5);
  settings.longest_backoff = std::chrono::milliseconds(20);
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

void World::kill_worker(const std::string& name) {
  Node& node = *nodes.at(name);
  if (!node.worker) return;
  for (const auto& wire : node.connector.wires) wire->cut("killed");
  node.connector.main = nullptr;
  run_async(io, node.worker->stop(Deadline::after(clock, std::chrono::seconds(0))));
  for (const auto& wire : node.connector.wires) run_async(io, wire->join());
  io.restart();
  io.poll();
  node.placed.insert(node.placed.end(), node.executor->placed.begin(), node.executor->placed.end());
  node.executor = nullptr;
  node.worker.reset();
  node.connector.wires.clear();
}

std::size_t World::placements(const std::string& account, const std::string& symbol) const {
  const std::pair<std::string, std::string> wanted(account, symbol);
  std::size_t count = 0;
  for (const auto& [name, node] : nodes) {
    count += static_cast<std::size_t>(std::ranges::count(node->placed, wanted));
    if (node->executor != nullptr) count += static_cast<std::size_t>(std::ranges::count(node->executor->placed, wanted));
  }
  return count;
}

void World::add_group(const std::string& group, const std::vector<std::string>& accounts) {
  ASSERT_TRUE(run_async(io, main->accounts().put_group(GroupName(group))).ok());
  for (const std::string& account : accounts) {
    const AccountRef ref{.group = GroupName(group), .account = AccountName(account)};
    const auto put = run_async(io, main->accounts().put_account(ref, Brokerage::paper, Credentials(), true, std::nullopt));
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
  return run_async(io, main->orders().create(std::move(request)));
}

Order World::order(const OrderId& id) { return run_async(io, main->orders().get(id)).value(); }

ChildOrder World::child(const OrderId& id, const std::string& account) {
  for (ChildOrder& child : order(id).child_orders) {
    if (child.account.account == AccountName(account)) return child;
  }
  ADD_FAILURE() << "no child order of " << account;
  return {};
}

std::string World::worker_of(const std::string& group) {
  const auto view = run_async(io, main->accounts().group(GroupName(group)));
  return view.ok() && view->worker ? view->worker->str() : "";
}

}  // namespace tradeauto
