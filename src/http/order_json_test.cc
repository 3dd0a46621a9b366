#include "http/order_json.h"

#include <chrono>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "http/fake_values_test.h"
#include "http/order_filter.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

Order order() {
  Order order;
  order.id = OrderId(fake_uuid(1));
  order.client_order_id = ClientOrderId("c-1");
  order.group = GroupName("family");
  order.quantity = Quantity(Decimal::from_int(1));
  order.symbols = {Symbol("AAPL")};
  order.created_at = kFakeNow;
  order.deadline = kFakeNow + std::chrono::minutes(15);
  ChildOrder child;
  child.id = ChildOrderId(fake_uuid(2));
  child.order_id = order.id;
  child.account = {.group = GroupName("family"), .account = AccountName("mom")};
  child.brokerage = Brokerage::tradier;
  child.symbol = Symbol("AAPL");
  child.status = ChildOrderStatus::in_doubt;
  child.reason = "child_process_killed";
  child.detail = "the run was ended";
  child.worker = WorkerName("w1");
  child.updated_at = kFakeNow;
  ExecutionReport report;
  report.sub_account = "xxxx1234";
  report.status = ExecutionStatus::submitted;
  report.broker_order_id = "228175";
  report.quantity = Quantity(Decimal::from_int(1));
  report.message = "ok";
  report.evidence = "raw line";
  report.at = kFakeNow;
  child.executions = {report};
  order.child_orders = {child, child};
  order.child_orders[1].status = ChildOrderStatus::submitted;
  order.child_orders[1].reason.clear();
  order.child_orders[1].detail.clear();
  order.child_orders[1].worker.reset();
  return order;
}

TEST(OrderJsonTest, ShowsAnOrderInFull) {
  const json::value expected = json::parse(R"({
    "id": "00000000-0000-7000-8000-000000000001", "client_order_id": "c-1", "group": "family", "accounts": null,
    "side": "buy", "quantity": "1", "symbols": ["AAPL"], "dry_run": false, "status": "attention",
    "created_at": "2026-01-02T00:00:00.000000Z", "deadline": "2026-01-02T00:15:00.000000Z", "retry_of": null,
    "counts": {"submitted": 1, "in_doubt": 1},
    "child_orders": [
      {"id": "00000000-0000-7000-8000-000000000002", "order_id": "00000000-0000-7000-8000-000000000001",
       "group": "family", "account": "mom", "brokerage": "Tradier", "symbol": "AAPL", "status": "in_doubt",
       "reason": "child_process_killed", "detail": "the run was ended", "sent": "maybe", "worker": "w1",
       "updated_at": "2026-01-02T00:00:00.000000Z",
       "executions": [{"sub_account": "xxxx1234", "status": "submitted", "broker_order_id": "228175", "quantity": "1",
         "price": null, "message": "ok", "evidence": "raw line", "at": "2026-01-02T00:00:00.000000Z"}]},
      {"id": "00000000-0000-7000-8000-000000000002", "order_id": "00000000-0000-7000-8000-000000000001",
       "group": "family", "account": "mom", "brokerage": "Tradier", "symbol": "AAPL", "status": "submitted",
       "reason": null, "detail": null, "sent": "yes", "worker": null, "updated_at": "2026-01-02T00:00:00.000000Z",
       "executions": [{"sub_account": "xxxx1234", "status": "submitted", "broker_order_id": "228175", "quantity": "1",
         "price": null, "message": "ok", "evidence": "raw line", "at": "2026-01-02T00:00:00.000000Z"}]}]})");
  EXPECT_EQ(json::parse(render_order(order())), expected);
}

TEST(OrderJsonTest, NamesTheAccountsOfAnOrderWithoutAGroup) {
  Order some = order();
  some.group.reset();
  some.accounts = {{.group = GroupName("family"), .account = AccountName("mom")}};
  const json::value shown = json::parse(render_order(some));
  EXPECT_TRUE(shown.at("group").is_null());
  EXPECT_EQ(shown.at("accounts"), json::array{"family/mom"});
}

TEST(OrderJsonTest, WritesDecimalsAsText) {
  Order some = order();
  some.quantity = Quantity(Decimal::parse("0.125").value());
  some.child_orders[0].executions[0].price = Price(Decimal::parse("189.4200").value());
  const json::value shown = json::parse(render_order(some));
  EXPECT_EQ(shown.at("quantity"), "0.125");
  EXPECT_EQ(shown.at_pointer("/child_orders/0/executions/0/price"), "189.42");
}

TEST(OrderJsonTest, AFullPageHasACursor) {
  const json::value full = json::parse(render_orders({order()}, 1));
  EXPECT_EQ(full.at("next_cursor").as_string(), order_cursor(order().id).c_str());
  const json::value last = json::parse(render_orders({order()}, 2));
  EXPECT_TRUE(last.at("next_cursor").is_null());
  EXPECT_EQ(last.at("items").as_array().size(), 1U);
}

}  // namespace
}  // namespace tradeauto
