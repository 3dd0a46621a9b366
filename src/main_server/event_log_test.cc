#include "main_server/event_log.h"

#include <gtest/gtest.h>

#include "testing/main_bench.h"

namespace tradeauto {
namespace {

class EventLogTest : public MainBench {};

TEST_F(EventLogTest, WhoFollowsIsWokenByWhatIsOnDisk) {
  add_group("family");
  EventApi& log = main->events();
  const std::uint64_t seen = log.event_version();
  EXPECT_FALSE(time.run(log.wait_for_events(seen, Deadline::after(clock, std::chrono::seconds(1)))));
  const OrderId id = accepted(request("c-1"));
  EXPECT_TRUE(time.run(log.wait_for_events(seen, Deadline::after(clock, std::chrono::seconds(1)))));
  const auto newest = time.run(log.newest_event());
  ASSERT_TRUE(newest.ok());
  const auto events = time.run(log.events(*newest - 1, 10));
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->front().type, "order_accepted");
  EXPECT_EQ(events->front().order, id);
}

TEST_F(EventLogTest, ReadingWakesNobodyNorDoesWhatFailed) {
  add_group("family");
  const OrderId id = accepted(request("c-1"));
  const std::uint64_t seen = main->events().event_version();
  EXPECT_TRUE(time.run(main->orders().get(id)).ok());
  EXPECT_FALSE(time.run(main->orders().cancel(OrderId("nobody"))).ok());
  EXPECT_EQ(main->events().event_version(), seen);
  EXPECT_TRUE(time.run(main->orders().cancel(id)).ok());
  EXPECT_GT(main->events().event_version(), seen);
}

}  // namespace
}  // namespace tradeauto
