#include "net/task_group.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "net/pool.h"
#include "net/signal.h"
#include "net/timer.h"
#include "testing/fake_clock.h"
#include "testing/run_async.h"

namespace tradeauto {
namespace {

asio::awaitable<void> wait_for_ever(bool& ended) {
  struct OnExit {
    bool& flag;
    ~OnExit() { flag = true; }
  } on_exit{ended};
  const SystemClock clock;
  co_await sleep_until(clock, Deadline::never());
}

asio::awaitable<void> cancel_and_join(TaskGroup& group) {
  group.cancel();
  co_await group.join();
}

TEST(TaskGroupTest, CancelEndsEveryTaskAndJoinWaitsForIt) {
  asio::io_context context;
  TaskGroup group(context.get_executor());
  bool first = false;
  bool second = false;
  group.spawn(wait_for_ever(first));
  group.spawn(wait_for_ever(second));
  context.poll();
  EXPECT_EQ(group.size(), 2U);
  run_async(context, cancel_and_join(group));
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroupTest, StartsNothingAfterCancel) {
  asio::io_context context;
  TaskGroup group(context.get_executor());
  group.cancel();
  bool ended = false;
  group.spawn(wait_for_ever(ended));
  EXPECT_EQ(group.size(), 0U);
}

asio::awaitable<int> ask_pool(BlockingPool& pool) {
  co_return co_await pool.run([] { return 42; });
}

TEST(BlockingPoolTest, ReturnsTheValueOnTheCallersThread) {
  asio::io_context context;
  auto guard = asio::make_work_guard(context);
  BlockingPool pool("test", 1);
  EXPECT_EQ(run_async(context, ask_pool(pool)), 42);
}

asio::awaitable<bool> wait_signal(Signal& signal, std::uint64_t seen, const Clock& clock, Deadline deadline) {
  co_return co_await signal.wait(seen, clock, deadline);
}

TEST(SignalTest, ANotifyBeforeTheWaitIsNotLost) {
  asio::io_context context;
  const FakeClock clock;
  Signal signal;
  const auto seen = signal.version();
  signal.notify();
  EXPECT_TRUE(run_async(context, wait_signal(signal, seen, clock, Deadline::never())));
}

TEST(SignalTest, WakesAWaiter) {
  asio::io_context context;
  const FakeClock clock;
  Signal signal;
  asio::post(context, [&] { asio::post(context, [&] { signal.notify(); }); });
  EXPECT_TRUE(run_async(context, wait_signal(signal, signal.version(), clock, Deadline::never())));
}

TEST(SignalTest, EndsAtTheDeadline) {
  asio::io_context context;
  const FakeClock clock;
  Signal signal;
  const auto over = Deadline::after(clock, std::chrono::seconds(0));
  EXPECT_FALSE(run_async(context, wait_signal(signal, signal.version(), clock, over)));
}

}  // namespace
}  // namespace tradeauto
