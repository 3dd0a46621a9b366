#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "main_server/main_server.h"
#include "ports/store.h"
#include "testing/fake_executor.h"
#include "testing/memory_journal.h"
#include "testing/memory_link.h"
#include "testing/null_log.h"
#include "testing/run_async.h"
#include "worker/worker.h"

namespace tradeauto {

// A main server and workers in one process, with in-memory links, journals that outlive a kill, and brokers in the test's hand.
class World {
 public:
  static constexpr std::chrono::milliseconds kLease{250};

  World();
  ~World();

  // Lets the world run until `done`, or fails the test after ten seconds.
  void until(const std::function<bool()>& done, const char* what);

  void start_main();
  // Ends main as kill -9 does for its peers: every wire is cut; the store stays.
  void kill_main();

  struct Node {
    explicit Node(World& world, const std::string& name);
    std::string name;
    MemoryJournal journal;
    MemoryConnector connector;
    FakeExecutor* executor = nullptr;  // of the running worker
    std::map<std::string, FakeExecutor::Behaviour> behaviours;
    std::function<void(const TransactionTask&)> before_place;
    std::vector<std::pair<std::string, std::string>> placed;  // by earlier processes of this node
    std::unique_ptr<Worker> worker;
  };
  // A worker with this name: a new one, or a new process on the journal of the one that was killed.
  Node& start_worker(const std::string& name);
  // Ends the worker's process: its runs die with it; what its journal has stays.
  void kill_worker(const std::string& name);
  // How often (account, symbol) reached a broker, over all workers.
  std::size_t placements(const std::string& account, const std::string& symbol) const;

  void add_group(const std::string& group, const std::vector<std::string>& accounts);
  Result<Ledger::Accepted> buy(const std::string& client_order_id, const std::string& group,
                               std::vector<std::string> symbols = {"AAPL"},
                               std::chrono::seconds deadline = std::chrono::seconds(60));
  Order order(const OrderId& id);
  ChildOrder child(const OrderId& id, const std::string& account);
  ChildOrderStatus status(const OrderId& id, const std::string& account) { return child(id, account).status; }
  std::string worker_of(const std::string& group);

  asio::io_context io;
  SystemClock clock;
  SystemRng rng;
  std::unique_ptr<Store> store;
  std::unique_ptr<MainServer> main;
  std::map<std::string, std::unique_ptr<Node>> nodes;
  std::chrono::nanoseconds run_for = std::chrono::seconds(30);

 private:
  MasterKey key_;
};

}  // namespace tradeauto
