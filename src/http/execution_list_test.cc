#include "http/execution_list.h"

#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/fake_values_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;

ExecutionReport report(std::string sub_account, ExecutionStatus status = ExecutionStatus::filled) {
  ExecutionReport report;
  report.sub_account = std::move(sub_account);
  report.status = status;
  report.at = kFakeNow;
  return report;
}

// Number `number` of an account's orders: a child order of each symbol with two reports, "<number>-<symbol>-1" and -2.
Order order_of(std::size_t number, const std::vector<std::string>& symbols, const std::string& group = "family") {
  Order order;
  order.id = OrderId(fake_uuid(number));
  order.client_order_id = ClientOrderId("c-" + std::to_string(number));
  order.created_at = kFakeNow;
  for (const std::string& symbol : symbols) {
    ChildOrder child;
    child.id = ChildOrderId(fake_uuid(1000 + number));
    child.account = {.group = GroupName(group), .account = AccountName("mom")};
    child.symbol = Symbol(symbol);
    const std::string name = std::to_string(number) + "-" + symbol;
    child.executions = {report(name + "-1"), report(name + "-2", ExecutionStatus::rejected)};
    order.child_orders.push_back(std::move(child));
  }
  return order;
}

struct Page {
  std::vector<std::string> seen;
  std::string next;
};

// What the routes do, over `ledger` (newest first).
Page page_of(ExecutionQuery query, const std::vector<Order>& ledger) {
  ExecutionList list(query);
  for (const Order& order : ledger) {
    if (query.after && order.id == query.after->order) list.resume(order);
  }
  while (list.wants_orders()) {
    const OrderFilter filter = list.wanted_orders();
    std::vector<Order> found;
    for (const Order& order : ledger) {
      if (found.size() < filter.limit && (!filter.before || order.id < *filter.before)) found.push_back(order);
    }
    list.add(found);
  }
  const json::value body = json::parse(std::move(list).render());
  Page page;
  for (const json::value& item : body.at("items").as_array()) {
    page.seen.emplace_back(item.at("sub_account").as_string());
  }
  if (!body.at("next_cursor").is_null()) page.next = body.at("next_cursor").as_string();
  return page;
}

ExecutionQuery after(ExecutionQuery query, const std::string& cursor) {
  const auto parsed = parse_execution_query({{"cursor", cursor}});
  EXPECT_TRUE(parsed.ok()) << cursor;
  query.after = parsed->after;
  return query;
}

TEST(ExecutionListTest, PagesEndWithinAnOrderAndMissNothing) {
  const std::vector<Order> ledger = {order_of(3, {"AAPL", "MSFT"}), order_of(2, {}), order_of(1, {"AAPL"})};
  for (std::size_t limit = 1; limit <= 7; ++limit) {
    ExecutionQuery query;
    query.limit = limit;
    std::vector<std::string> seen;
    Page page = page_of(query, ledger);
    for (int pages = 0; pages < 10; ++pages) {
      EXPECT_LE(page.seen.size(), limit);
      seen.insert(seen.end(), page.seen.begin(), page.seen.end());
      if (page.next.empty()) break;
      page = page_of(after(query, page.next), ledger);
    }
    EXPECT_THAT(seen, ElementsAre("3-AAPL-1", "3-AAPL-2", "3-MSFT-1", "3-MSFT-2", "1-AAPL-1", "1-AAPL-2")) << limit;
    EXPECT_EQ(page.next, "");
  }
}

TEST(ExecutionListTest, FiltersReportsAndNotOnlyTheirOrders) {
  const std::vector<Order> ledger = {order_of(2, {"AAPL", "MSFT"}), order_of(1, {"AAPL"}, "other")};
  ExecutionQuery query;
  query.orders.symbol = Symbol("MSFT");
  EXPECT_THAT(page_of(query, ledger).seen, ElementsAre("2-MSFT-1", "2-MSFT-2"));
  query.status = ExecutionStatus::rejected;
  EXPECT_THAT(page_of(query, ledger).seen, ElementsAre("2-MSFT-2"));
  query = {};
  query.orders.group = GroupName("other");
  EXPECT_THAT(page_of(query, ledger).seen, ElementsAre("1-AAPL-1", "1-AAPL-2"));
  query = {};
  query.orders.account = AccountRef{.group = GroupName("family"), .account = AccountName("dad")};
  EXPECT_THAT(page_of(query, ledger).seen, IsEmpty());
}

TEST(ExecutionListTest, ACursorShowsNothingOfAnOrderThatTheQueryLeavesOut) {
  const std::vector<Order> ledger = {order_of(1, {"AAPL"})};
  const std::string cursor = execution_cursor({.order = ledger.front().id, .taken = 1});
  EXPECT_THAT(page_of(after({}, cursor), ledger).seen, ElementsAre("1-AAPL-2"));
  const auto hidden = [&](auto narrow) {
    ExecutionQuery query;
    narrow(query.orders);
    return page_of(after(query, cursor), ledger).seen;
  };
  EXPECT_THAT(hidden([](OrderFilter& f) { f.groups = {GroupName("other")}; }), IsEmpty());
  EXPECT_THAT(hidden([](OrderFilter& f) { f.client_order_id = ClientOrderId("c-2"); }), IsEmpty());
  EXPECT_THAT(hidden([](OrderFilter& f) { f.since = kFakeNow + std::chrono::hours(1); }), IsEmpty());
  EXPECT_THAT(hidden([](OrderFilter& f) { f.until = kFakeNow; }), IsEmpty());
}

TEST(ExecutionListTest, APageLooksAtABoundedNumberOfOrders) {
  std::vector<Order> ledger;
  for (std::size_t i = 2 * ExecutionList::kMostOrders; i > 0; --i) ledger.push_back(order_of(i, {}));
  ledger.push_back(order_of(0, {"AAPL"}));
  Page page = page_of({}, ledger);
  EXPECT_THAT(page.seen, IsEmpty());
  ASSERT_NE(page.next, "");
  page = page_of(after({}, page.next), ledger);
  EXPECT_THAT(page.seen, IsEmpty());
  ASSERT_NE(page.next, "");
  page = page_of(after({}, page.next), ledger);
  EXPECT_THAT(page.seen, ElementsAre("0-AAPL-1", "0-AAPL-2"));
  EXPECT_EQ(page.next, "");
}

TEST(ExecutionListTest, ACursorOfAnotherListIsRefused) {
  for (const std::string& cursor : {order_cursor(OrderId(fake_uuid(1))), name_cursor("a"), std::string("x"),
                                    std::string("x3a31"), std::string("xzz")}) {
    EXPECT_FALSE(parse_execution_query({{"cursor", cursor}}).ok()) << cursor;
  }
  EXPECT_FALSE(parse_execution_query({{"status", "settled"}}).ok()) << "an order's";
  EXPECT_FALSE(parse_execution_query({{"limit", "0"}}).ok());
  EXPECT_FALSE(parse_execution_query({{"side", "buy"}}).ok());
}

}  // namespace
}  // namespace tradeauto
