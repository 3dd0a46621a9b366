#include "net/semaphore.h"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "net/signal.h"
#include "net/task_group.h"
#include "testing/fake_clock.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

asio::awaitable<void> hold(std::shared_ptr<Semaphore> semaphore, int name, std::vector<int>& entered, Signal& leave) {
  const Semaphore::Slot slot = co_await semaphore->acquire();
  entered.push_back(name);
  const SystemClock clock;
  co_await leave.wait(0, clock, Deadline::never());
}

asio::awaitable<void> end(TaskGroup& group) {
  group.cancel();
  co_await group.join();
}

TEST(SemaphoreTest, LetsInAtMostItsWidthInTheOrderOfComing) {
  asio::io_context context;
  const auto semaphore = Semaphore::make(2);
  std::vector<int> entered;
  Signal leave;
  TaskGroup group(context.get_executor());
  for (int name = 1; name <= 4; ++name) group.spawn(hold(semaphore, name, entered, leave));
  context.poll();
  EXPECT_EQ(entered, (std::vector<int>{1, 2}));
  EXPECT_EQ(semaphore->waiting(), 2U);
  leave.notify();
  run_async(context, group.join());
  EXPECT_EQ(entered, (std::vector<int>{1, 2, 3, 4}));
}

TEST(SemaphoreTest, AWaiterThatIsCancelledTakesNoPlace) {
  asio::io_context context;
  const auto semaphore = Semaphore::make(1);
  std::vector<int> entered;
  Signal leave;
  TaskGroup first(context.get_executor());
  TaskGroup second(context.get_executor());
  first.spawn(hold(semaphore, 1, entered, leave));
  context.poll();
  second.spawn(hold(semaphore, 2, entered, leave));
  context.poll();
  run_async(context, end(second));
  EXPECT_EQ(semaphore->waiting(), 0U);
  leave.notify();
  run_async(context, first.join());
  TaskGroup third(context.get_executor());
  third.spawn(hold(semaphore, 3, entered, leave));
  run_async(context, third.join());
  EXPECT_EQ(entered, (std::vector<int>{1, 3}));
}

}  // namespace
}  // namespace tradeauto
