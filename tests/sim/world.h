#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "main_server/main_server.h"
#include "ports/store.h"
#include "testing/fake_executor.h"
#include "testing/faulty_store.h"
#include "testing/memory_journal.h"
#include "testing/memory_link.h"
#include "testing/null_log.h"
#include "testing/seeded_rng.h"
#include "testing/sim_time.h"
#include "worker/worker.h"

namespace tradeauto {

// A main server and workers in one process and in virtual time, with in-memory links, a store and journals that outlive
// a kill, and brokers in the test's hand. One thread: the same seed is the same run.
class World {
 public:
  static constexpr std::chrono::seconds kLease{15};

  explicit World(std::uint64_t seed = 1, std::chrono::seconds run_for = std::chrono::seconds(300));
  ~World();

  // Lets the world run until `done`, or fails the test after `limit` of its time.
  void until(const std::function<bool()>& done, const char* what,
             std::chrono::seconds limit = std::chrono::minutes(20));

  void start_main();
  // kill -9: what it had not yet written is not written, and its peers see their connections break.
  void kill_main();

  struct Node {
    explicit Node(World& world, const std::string& name);
    std::string name;
    MemoryJournal journal;
    MemoryConnector connector;
    FakeExecutor* executor = nullptr;  // of the running worker
    std::map<std::string, FakeExecutor::Behaviour> behaviours;
    std::function<void(FakeExecutor&)> prepare;  // each new process's executor
    std::unique_ptr<Worker> worker;
  };
  // A worker with this name: a new one, or a new process on the journal of the one that was killed.
  Node& start_worker(const std::string& name);
  // kill -9: its runs die with it; what its journal had on disk stays, and perhaps a little more. Main sees its
  // connection break, or nothing (the machine is gone).
  void kill_worker(const std::string& name, bool main_sees_it = true);
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
  SimClock clock;
  SimTime time{io, clock};
  SeededRng rng;
  std::unique_ptr<Store> store;         // what is on main's disk
  std::unique_ptr<FaultyStore> access;  // the running main's way to it
  std::unique_ptr<MainServer> main;
  std::map<std::string, std::unique_ptr<Node>> nodes;
  std::vector<FakeExecutor::Placement> placed;  // the brokers' own ledger
  std::chrono::nanoseconds run_for;
  std::function<asio::awaitable<void>()> disk;  // how long main's disk takes

 private:
  void dial_main();

  MasterKey key_;
};

}  // namespace tradeauto
