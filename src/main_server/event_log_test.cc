#include "main_server/event_log.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "testing/main_bench.h"

namespace tradeauto {
namespace {

class EventLogTest : public MainBench {};

struct ProbeNotes final : MainProbe {
  void child_order_became(ChildOrderStatus status, Brokerage brokerage) override {
    became.emplace_back(status, brokerage);
  }
  void ledger_written(std::chrono::nanoseconds /*took*/) override { ++writes; }

  std::vector<std::pair<ChildOrderStatus, Brokerage>> became;
  int writes = 0;
};

TEST_F(EventLogTest, AProbeIsToldOfEachStatusThatIsOnDisk) {
  add_group("family", {"mom", "dad"});
  ProbeNotes notes;
  EventLog log(memory->ledger(), clock, &notes);
  const Order order = time.run(main->orders().get(accepted(request("c-1")))).value();
  EXPECT_FALSE(time.run(log.accept(order, "another body", bot)).ok());
  EXPECT_EQ(notes.writes, 0) << "what failed wrote nothing";

  Order fresh = order;
  fresh.id = OrderId("fresh");
  fresh.client_order_id = ClientOrderId("c-2");
  for (ChildOrder& child : fresh.child_orders) {
    child.order_id = fresh.id;
    child.id = ChildOrderId("fresh-" + child.account.account.str());
  }
  using enum ChildOrderStatus;
  using Became = std::pair<ChildOrderStatus, Brokerage>;
  ASSERT_TRUE(time.run(log.accept(fresh, "body", bot)).ok());
  EXPECT_EQ(notes.became, (std::vector<Became>{{pending, Brokerage::paper}, {pending, Brokerage::paper}}));
  ASSERT_TRUE(time.run(log.accept(fresh, "body", bot)).ok());
  EXPECT_EQ(notes.became.size(), 2U) << "the same order again is none";
  notes.became.clear();
  ASSERT_TRUE(time.run(log.cancel(fresh.id, bot, clock.now())).ok());
  EXPECT_EQ(notes.became, (std::vector<Became>{{canceled, Brokerage::paper}, {canceled, Brokerage::paper}}));
  EXPECT_EQ(notes.writes, 3);
}

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
  EXPECT_FALSE(time.run(main->orders().cancel(OrderId("nobody"), bot)).ok());
  EXPECT_EQ(main->events().event_version(), seen);
  EXPECT_TRUE(time.run(main->orders().cancel(id, bot)).ok());
  EXPECT_GT(main->events().event_version(), seen);
}

}  // namespace
}  // namespace tradeauto
