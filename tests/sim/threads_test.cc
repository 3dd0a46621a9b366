// The same parts on real threads and real time, for ThreadSanitizer: what belongs to a strand must be touched on it
// alone.
#include <atomic>
#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "main_server/main_server.h"
#include "store/memory/memory_store.h"
#include "testing/fake_executor.h"
#include "testing/memory_journal.h"
#include "testing/memory_link.h"
#include "testing/null_log.h"
#include "worker/worker.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// Asio counts references with a release and a fence of acquire, which ThreadSanitizer does not see: the last owner's
// delete would be a race with the one before.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions() {
  return "race:ref_count_down\n";
}
#endif
#endif

namespace tradeauto {
namespace {

constexpr int kThreads = 4;
constexpr int kOrders = 60;

asio::awaitable<void> place_and_wait(OrderApi& api, const Clock& clock, int number, std::atomic<int>& filled) {
  OrderRequest request;
  request.client_order_id = ClientOrderId("c-" + std::to_string(number));
  request.group = GroupName("family");
  request.quantity = Quantity(Decimal::from_int(1));
  request.symbols = {Symbol("S" + std::to_string(number))};
  request.canonical = "one";
  const auto accepted = co_await api.create(std::move(request));
  if (!accepted.ok()) co_return;
  const auto order = co_await api.wait(accepted->order.id, Deadline::after(clock, std::chrono::seconds(60)));
  if (!order.ok()) co_return;
  for (const ChildOrder& child : order->child_orders) filled += child.status == ChildOrderStatus::filled ? 1 : 0;
}

class ThreadsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < kThreads; ++i) threads_.push_back(std::async(std::launch::async, [this] { io_.run(); }));
  }
  void TearDown() override {
    guard_.reset();
    for (auto& thread : threads_) thread.get();
  }
  void run(asio::awaitable<void> task) {
    asio::co_spawn(asio::make_strand(io_), std::move(task), asio::use_future).get();
  }
  static asio::awaitable<void> set_up(MainServer& main) {
    EXPECT_TRUE((co_await main.start()).ok());
    EXPECT_TRUE((co_await main.accounts().put_group(GroupName("family"), {})).ok());
    for (const char* account : {"mom", "dad"}) {
      AccountRef ref{.group = GroupName("family"), .account = AccountName(account)};
      EXPECT_TRUE(
          (co_await main.accounts().put_account(std::move(ref), Brokerage::paper, {}, true, std::nullopt, {})).ok());
    }
  }

  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(io_);
  std::vector<std::future<void>> threads_;
  SystemClock clock_;
  SystemRng rng_;
};

TEST_F(ThreadsTest, OrdersOfManyClientsReachEachAccountOnceOnManyThreads) {
  const auto store = make_memory_store(clock_, rng_);
  MainServerSettings settings;
  MainServer main(settings, MainServer::Needs{.store = *store,
                                              .key = MasterKey::generate(rng_),
                                              .clock = clock_,
                                              .rng = rng_,
                                              .log = null_logger(),
                                              .executor = io_.get_executor()});
  run(set_up(main));
  MemoryJournal journal("journal");
  MemoryConnector connector(io_.get_executor(), clock_);
  connector.main = &main.sessions();
  auto fake = std::make_unique<FakeExecutor>(clock_);
  FakeExecutor* const executor = fake.get();
  std::vector<NamedExecutor> executors;
  executors.push_back({.name = "fake", .executor = std::move(fake)});
  WorkerSettings worker_settings;
  worker_settings.name = WorkerName("w1");
  Worker worker(worker_settings, Worker::Needs{.journal = journal,
                                               .connector = connector,
                                               .executors = std::move(executors),
                                               .clock = clock_,
                                               .rng = rng_,
                                               .log = null_logger(),
                                               .executor = io_.get_executor()});
  worker.start();

  std::atomic<int> filled = 0;
  TaskGroup clients(io_.get_executor());
  for (int i = 0; i < kOrders; ++i) {
    clients.spawn_on(asio::make_strand(io_), place_and_wait(main.orders(), clock_, i, filled));
  }
  run(clients.join());
  run(worker.stop(Deadline::after(clock_, std::chrono::seconds(30))));
  for (const auto& wire : connector.wires) run(wire->join());
  run(main.stop());

  EXPECT_EQ(filled, 2 * kOrders);
  EXPECT_EQ(executor->placed.size(), 2U * kOrders);
  EXPECT_EQ(executor->most_at_once, 1U);
}

}  // namespace
}  // namespace tradeauto
