#include "http/order_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/fake_values_test.h"
#include "http/name_list.h"

namespace tradeauto {
namespace {

TEST(OrderFilterTest, ReadsEveryFilter) {
  const auto filter = parse_order_filter({{"group", "family"},
                                          {"account", "family/mom"},
                                          {"symbol", "aapl"},
                                          {"client_order_id", "c-1"},
                                          {"status", "attention"},
                                          {"since", "2026-01-02T00:00:00Z"},
                                          {"until", "2026-01-03T00:00:00Z"},
                                          {"limit", "7"},
                                          {"cursor", order_cursor(OrderId(fake_uuid(1)))}});
  ASSERT_TRUE(filter.ok()) << filter.error().message;
  EXPECT_EQ(filter->group, GroupName("family"));
  EXPECT_EQ(filter->account, (AccountRef{GroupName("family"), AccountName("mom")}));
  EXPECT_EQ(filter->symbol, Symbol("AAPL"));
  EXPECT_EQ(filter->client_order_id, ClientOrderId("c-1"));
  EXPECT_EQ(filter->status, OrderStatus::attention);
  EXPECT_EQ(filter->since, kFakeNow);
  EXPECT_EQ(filter->until, kFakeNow + std::chrono::hours(24));
  EXPECT_EQ(filter->limit, 7U);
  EXPECT_EQ(filter->before, OrderId(fake_uuid(1)));
}

TEST(OrderFilterTest, HasDefaults) {
  const auto filter = parse_order_filter({{"cursor", ""}});
  ASSERT_TRUE(filter.ok());
  EXPECT_EQ(filter->limit, 50U);
  EXPECT_FALSE(filter->before);
}

TEST(OrderFilterTest, RefusesWhatItDoesNotKnow) {
  const std::vector<NameValues> wrong = {
      {{"limit", "0"}},
      {{"limit", "501"}},
      {{"limit", "x"}},
      {{"limit", "1x"}},
      {{"limit", "-1"}},
      {{"cursor", "x"}},
      {{"cursor", "o12"}},
      {{"cursor", "ozz"}},
      {{"cursor", "n6162"}},
      {{"colour", "red"}},
      {{"status", "odd"}},
      {{"since", "x"}},
      {{"until", "1"}},
      {{"group", "a/b"}},
      {{"account", "mom"}},
      {{"symbol", "A A"}},
      {{"limit", "1"}, {"limit", "2"}},
  };
  for (const NameValues& query : wrong) {
    const auto filter = parse_order_filter(query);
    ASSERT_FALSE(filter.ok()) << query.front().first << "=" << query.front().second;
    EXPECT_EQ(filter.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(filter.error().fields.front().pointer, "?" + query.front().first);
  }
}

TEST(NamePageTest, GoesOnWhereItEnded) {
  const auto name_of = [](const std::string& name) { return name; };
  const auto render = [](const std::string& name) { return boost::json::value(name); };
  const std::vector<std::string> names = {"c", "a", "b"};
  EXPECT_EQ(render_by_name(names, {.limit = 2, .after = {}}, name_of, render),
            R"({"items":["a","b"],"next_cursor":"n62"})");
  const auto page = parse_name_page({{"limit", "2"}, {"cursor", "n62"}});
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(render_by_name(names, *page, name_of, render), R"({"items":["c"],"next_cursor":null})");
  EXPECT_EQ(render_by_name(std::vector<std::string>{}, *page, name_of, render), R"({"items":[],"next_cursor":null})");
}

}  // namespace
}  // namespace tradeauto
