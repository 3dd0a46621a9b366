#include "net/timer.h"

#include <gtest/gtest.h>

#include "net/signal.h"
#include "net/task_group.h"
#include "testing/sim_time.h"

namespace tradeauto {
namespace {

asio::awaitable<void> note_end(const Clock& clock, std::chrono::nanoseconds duration, BootTime* end) {
  co_await sleep_for(clock, duration);
  *end = clock.boot_now();
}

class TimerTest : public testing::Test {
 protected:
  asio::io_context io_;
  SimClock clock_;
  SimTime time_{io_, clock_};
  const BootTime start_ = clock_.boot_now();
};

TEST_F(TimerTest, SleepersOfAVirtualClockWakeInTheirOrderAndTakeNoTime) {
  TaskGroup tasks(io_.get_executor());
  BootTime late;
  BootTime early;
  tasks.spawn(note_end(clock_, std::chrono::hours(2), &late));
  tasks.spawn(note_end(clock_, std::chrono::hours(1), &early));
  time_.run(tasks.join());
  EXPECT_EQ(early, start_ + std::chrono::hours(1));
  EXPECT_EQ(late, start_ + std::chrono::hours(2));
}

TEST_F(TimerTest, ASleeperEndsWhenItIsCancelled) {
  TaskGroup tasks(io_.get_executor());
  BootTime end;
  tasks.spawn(note_end(clock_, std::chrono::hours(1), &end));
  time_.settle();
  tasks.cancel();
  time_.settle();
  EXPECT_EQ(tasks.size(), 0U);
  EXPECT_EQ(end, BootTime());
}

TEST_F(TimerTest, ASignalIsWaitedForUntilTheDeadlineOfAVirtualClock) {
  Signal signal;
  EXPECT_FALSE(time_.run(signal.wait(0, clock_, Deadline::after(clock_, std::chrono::minutes(5)))));
  EXPECT_EQ(clock_.boot_now(), start_ + std::chrono::minutes(5));
  signal.notify();
  EXPECT_TRUE(time_.run(signal.wait(0, clock_, Deadline::after(clock_, std::chrono::minutes(5)))));
}

}  // namespace
}  // namespace tradeauto
