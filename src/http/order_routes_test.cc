#include "http/order_routes.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"
#include "http/order_filter.h"
#include "net/pool.h"

namespace tradeauto {
namespace {

class OrderRoutesTest : public testing::Test, public ApiBench {
 protected:
  static std::string order(const std::string& id, const std::string& group = "family",
                           const std::string& quantity = "1") {
    return R"({"client_order_id":")" + id + R"(","group":")" + group + R"(","side":"buy","quantity":")" + quantity +
           R"(","symbols":["AAPL"]})";
  }
};

TEST_F(OrderRoutesTest, CreatesOnceAndShowsTheSameAfterwards) {
  const auto created = call("POST", "/v1/orders", order("c-1"));
  EXPECT_EQ(created.reply.status, 201U);
  EXPECT_EQ(created.header("Location"), "/v1/orders/" + fake_uuid(1));
  EXPECT_EQ(created.header("Preference-Applied"), "");
  EXPECT_EQ(created.body.at("status"), "working");
  const auto again = call("POST", "/v1/orders", order("c-1", "family", "1.0"));
  EXPECT_EQ(again.reply.status, 200U);
  EXPECT_EQ(again.body, created.body);
  EXPECT_EQ(again.header("Location"), created.header("Location"));
  EXPECT_EQ(call("GET", "/v1/orders/" + fake_uuid(1)).body, created.body);
  const auto other = call("POST", "/v1/orders", order("c-1", "family", "2"));
  EXPECT_EQ(other.reply.status, 422U);
  EXPECT_EQ(other.code(), "client_order_id_reused");
}

TEST_F(OrderRoutesTest, RefusesBeforeAnythingIsAsked) {
  EXPECT_EQ(call("POST", "/v1/orders", "{}").reply.status, 400U);
  EXPECT_EQ(call("POST", "/v1/orders?dry_run=true", order("c-1")).reply.status, 400U);
  EXPECT_TRUE(orders.requests.empty());
}

TEST_F(OrderRoutesTest, PassesOnWhatTheServiceSays) {
  const auto unknown = call("POST", "/v1/orders", order("c-1", "nobody"));
  EXPECT_EQ(unknown.reply.status, 404U);
  EXPECT_EQ(unknown.code(), "unknown_group");
  orders.failure = make_error(ErrorCode::internal, "disk_failed", "the disk failed");
  orders.failure->effect = Effect::maybe;
  const auto failed = call("POST", "/v1/orders", order("c-2"));
  EXPECT_EQ(failed.reply.status, 500U);
  EXPECT_EQ(failed.body.at("sent"), "maybe");
}

TEST_F(OrderRoutesTest, TakesTheIdempotencyKey) {
  const std::string body = R"({"group":"family","side":"buy","quantity":"1","symbols":["AAPL"]})";
  const auto created = call("POST", "/v1/orders", body, {{"idempotency-key", "k-1"}});
  EXPECT_EQ(created.body.at("client_order_id"), "k-1");
  EXPECT_EQ(call("POST", "/v1/orders", order("k-1")).reply.status, 200U);
  EXPECT_EQ(call("POST", "/v1/orders", order("c-1"), {{"idempotency-key", "k-1"}}).reply.status, 400U);
}

TEST_F(OrderRoutesTest, ListsPageByPage) {
  for (int i = 0; i < 5; ++i) call("POST", "/v1/orders", order("c-" + std::to_string(i)));
  std::vector<std::string> seen;
  std::string target = "/v1/orders?limit=2&group=family";
  for (int page = 0; page < 3; ++page) {
    const auto answer = call("GET", target);
    for (const auto& item : answer.body.at("items").as_array()) {
      seen.emplace_back(item.at("client_order_id").as_string());
    }
    const auto& next = answer.body.at("next_cursor");
    ASSERT_EQ(next.is_null(), page == 2);
    if (!next.is_null()) target = "/v1/orders?limit=2&cursor=" + std::string(next.as_string());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"c-4", "c-3", "c-2", "c-1", "c-0"}));
  EXPECT_EQ(orders.filters.front().group, GroupName("family"));
  EXPECT_EQ(call("GET", "/v1/orders?limit=501").reply.status, 400U);
}

TEST_F(OrderRoutesTest, ListsExecutionsOfAllOrders) {
  for (int i = 0; i < 3; ++i) call("POST", "/v1/orders", order("c-" + std::to_string(i)));
  EXPECT_TRUE(call("GET", "/v1/executions").body.at("items").as_array().empty());
  ExecutionReport filled;
  filled.sub_account = "xxxx1234";
  filled.status = ExecutionStatus::filled;
  orders.report(filled);
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto answer = call("GET", "/v1/executions?status=filled&group=family&limit=1&cursor=" + cursor);
    ASSERT_EQ(answer.reply.status, 200U) << answer.reply.body;
    for (const auto& item : answer.body.at("items").as_array()) {
      seen.emplace_back(item.at("order_id").as_string());
      EXPECT_EQ(item.at("sub_account"), "xxxx1234");
      EXPECT_EQ(item.at("side"), "buy");
    }
    const auto& next = answer.body.at("next_cursor");
    cursor = next.is_null() ? std::string() : std::string(next.as_string());
  } while (!cursor.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{fake_uuid(5), fake_uuid(3), fake_uuid(1)}));
  EXPECT_TRUE(call("GET", "/v1/executions?status=rejected").body.at("items").as_array().empty());
  EXPECT_EQ(call("GET", "/v1/executions?status=settled").reply.status, 400U) << "an order's";
  const std::string gone = execution_cursor({.order = OrderId(fake_uuid(2)), .taken = 0});
  EXPECT_EQ(call("GET", "/v1/executions?cursor=" + gone).body.at("items").as_array().size(), 1U) << "those after it";
}

TEST_F(OrderRoutesTest, ShowsWhatIsThereAndNothingElse) {
  call("POST", "/v1/orders", order("c-1"));
  EXPECT_EQ(call("GET", "/v1/orders/" + fake_uuid(9)).code(), "unknown_order");
  EXPECT_EQ(call("GET", "/v1/orders/not-an-id").reply.status, 404U);
  const auto child = call("GET", "/v1/child_orders/" + fake_uuid(2));
  EXPECT_EQ(child.body.at("order_id").as_string(), fake_uuid(1).c_str());
  EXPECT_EQ(call("GET", "/v1/child_orders/x").code(), "unknown_child_order");
}

TEST_F(OrderRoutesTest, AnswersAtOnceWhatIsSettled) {
  call("POST", "/v1/orders", order("c-1"));
  orders.settle(ChildOrderStatus::filled);
  const auto answer = call("GET", "/v1/orders/" + fake_uuid(1), {}, {{"prefer", "wait=30"}});
  EXPECT_EQ(answer.body.at("status"), "settled");
  EXPECT_EQ(answer.header("Preference-Applied"), "wait=30");
}

TEST_F(OrderRoutesTest, CancelsWhatIsPendingAndNothingElse) {
  call("POST", "/v1/orders", order("c-1"));
  const std::string target = "/v1/orders/" + fake_uuid(1) + "/cancel";
  EXPECT_EQ(call("POST", target, R"({"reason":"no"})").reply.status, 400U);
  EXPECT_EQ(call("POST", target + "?all=true").reply.status, 400U);
  EXPECT_EQ(call("GET", target).reply.status, 405U);
  const auto canceled = call("POST", target);
  EXPECT_EQ(canceled.reply.status, 200U);
  EXPECT_EQ(canceled.body.at_pointer("/child_orders/0/status"), "canceled");
  EXPECT_EQ(canceled.body, call("GET", "/v1/orders/" + fake_uuid(1)).body);
  const auto again = call("POST", target, "{}");
  EXPECT_EQ(again.reply.status, 409U);
  EXPECT_EQ(again.code(), "nothing_to_cancel");
  for (const std::string& id : {fake_uuid(99), std::string("c-1")}) {
    const auto unknown = call("POST", "/v1/orders/" + id + "/cancel");
    EXPECT_EQ(unknown.reply.status, 404U);
    EXPECT_EQ(unknown.code(), "unknown_order");
  }
}

TEST_F(OrderRoutesTest, PreviewsWithoutStoring) {
  const std::string body = R"({"group":"family","side":"buy","quantity":"1","symbols":["AAPL"]})";
  const auto preview = call("POST", "/v1/orders/preview", body);
  EXPECT_EQ(preview.reply.status, 200U);
  EXPECT_EQ(preview.body.at_pointer("/accounts/0/guarantee"), "dedupes");
  EXPECT_EQ(preview.body.at_pointer("/child_orders/0/symbol"), "AAPL");
  EXPECT_EQ(preview.body.at_pointer("/warnings/0/code"), "not_active");
  EXPECT_TRUE(preview.body.at_pointer("/warnings/0/symbol").is_null());
  EXPECT_EQ(call("POST", "/v1/orders/preview", order("c-1")).reply.status, 200U);
  EXPECT_TRUE(call("GET", "/v1/orders").body.at("items").as_array().empty());
  EXPECT_EQ(call("POST", "/v1/orders/preview", "{}").reply.status, 400U);
  EXPECT_EQ(call("POST", "/v1/orders/preview?x=1", body).reply.status, 400U);
  EXPECT_EQ(call("GET", "/v1/orders/preview").reply.status, 405U) << "no order of this name";
  orders.failure = make_error(ErrorCode::not_found, "unknown_group", "there is none");
  EXPECT_EQ(call("POST", "/v1/orders/preview", body).code(), "unknown_group");
}

TEST_F(OrderRoutesTest, RetriesAsANewOrder) {
  call("POST", "/v1/orders", order("c-1"));
  const std::string target = "/v1/orders/" + fake_uuid(1) + "/retry";
  EXPECT_EQ(call("POST", target, "{}").reply.status, 400U);
  EXPECT_EQ(call("POST", target + "?now=true", R"({"client_order_id":"c-2"})").reply.status, 400U);
  const auto early = call("POST", target, R"({"client_order_id":"c-2"})");
  EXPECT_EQ(early.reply.status, 409U);
  EXPECT_EQ(early.code(), "nothing_to_retry");
  orders.settle(ChildOrderStatus::denied);
  const auto made = call("POST", target, R"({"client_order_id":"c-2"})", {{"prefer", "wait=0"}});
  EXPECT_EQ(made.reply.status, 201U);
  EXPECT_EQ(made.header("Location"), "/v1/orders/" + std::string(made.body.at("id").as_string()));
  EXPECT_EQ(made.header("Preference-Applied"), "wait=0");
  EXPECT_EQ(call("POST", target, "{}", {{"idempotency-key", "c-2"}}).reply.status, 200U);
  EXPECT_EQ(call("POST", target, R"({"client_order_id":"c-2","include_rejected":true})").code(),
            "client_order_id_reused");
  EXPECT_EQ(call("POST", "/v1/orders/c-1/retry", R"({"client_order_id":"c-3"})").code(), "unknown_order");
}

TEST_F(OrderRoutesTest, ResolvesADoubtInTheNameOfTheToken) {
  call("POST", "/v1/orders", order("c-1"));
  const std::string target = "/v1/child_orders/" + fake_uuid(2);
  const std::string body = R"({"outcome":"not_placed","note":"looked"})";
  EXPECT_EQ(call("POST", target + "/resolve", body).code(), "not_in_doubt");
  orders.settle(ChildOrderStatus::in_doubt);
  const auto shown = call("GET", target);
  const auto resolved = call("POST", target + "/resolve", body, {{"if-match", shown.header("ETag")}});
  EXPECT_EQ(resolved.reply.status, 200U);
  EXPECT_EQ(resolved.body.at("status"), "denied");
  EXPECT_NE(resolved.header("ETag"), "");
  const Resolution& last = orders.resolutions.back();
  EXPECT_EQ(last.outcome, ExecutionStatus::not_sent);
  EXPECT_EQ(last.note, "looked");
  EXPECT_EQ(last.by, (Actor{.kind = Actor::Kind::token, .name = "admin"}));
  EXPECT_EQ(last.if_updated_at, kFakeNow);
}

TEST_F(OrderRoutesTest, AnOrderARetryAndACancelSayWhoAsks) {
  access.give("bot", {Scope::orders_read, Scope::orders_write});
  token = "bot";
  const std::string id(call("POST", "/v1/orders", order("c-1")).body.at("id").as_string());
  call("POST", "/v1/orders/" + id + "/cancel");
  orders.settle(ChildOrderStatus::denied);
  call("POST", "/v1/orders/" + id + "/retry", R"({"client_order_id":"c-2"})");
  const Actor bot{.kind = Actor::Kind::token, .name = "bot"};
  EXPECT_EQ(orders.actors, std::vector{bot});
  ASSERT_EQ(orders.requests.size(), 2U);
  for (const OrderRequest& request : orders.requests) EXPECT_EQ(request.by, bot);
}

TEST_F(OrderRoutesTest, AResolutionThatIsWrongDecidesNothing) {
  call("POST", "/v1/orders", order("c-1"));
  orders.settle(ChildOrderStatus::in_doubt);
  const std::string target = "/v1/child_orders/" + fake_uuid(2) + "/resolve";
  const std::string body = R"({"outcome":"filled","note":"looked"})";
  EXPECT_EQ(call("POST", target, "{}").reply.status, 400U);
  EXPECT_EQ(call("POST", target, R"({"outcome":"perhaps","note":"looked"})").reply.status, 422U);
  EXPECT_EQ(call("POST", target + "?force=true", body).reply.status, 400U);
  EXPECT_EQ(call("POST", target, body, {{"if-match", "x"}}).reply.status, 400U);
  EXPECT_TRUE(orders.resolutions.empty());
  EXPECT_EQ(call("POST", target, body, {{"if-match", "\"1\""}}).reply.status, 412U);
  EXPECT_EQ(call("POST", "/v1/child_orders/" + fake_uuid(99) + "/resolve", body).code(), "unknown_child_order");
  EXPECT_EQ(call("POST", "/v1/child_orders/c-1/resolve", body).code(), "unknown_child_order");
  orders.resolutions.clear();
  EXPECT_EQ(call("POST", target, body, {{"if-match", "*"}}).reply.status, 200U);
  EXPECT_FALSE(orders.resolutions.back().if_updated_at.has_value());
}

TEST_F(OrderRoutesTest, HoldsTheAnswerUntilTheOrderIsSettled) {
  call("POST", "/v1/orders", order("c-1"));
  BlockingPool pool("settle", 1);
  asio::post(pool.executor(), [this] {
    if (orders.await_waiting(1)) orders.settle(ChildOrderStatus::filled);
  });
  const auto answer = call("POST", "/v1/orders", order("c-1"), {{"prefer", "wait=30"}});
  EXPECT_EQ(answer.reply.status, 200U);
  EXPECT_EQ(answer.body.at("status"), "settled");
  EXPECT_EQ(answer.header("Preference-Applied"), "wait=30");
}

TEST_F(OrderRoutesTest, AnswersWithTheOrderAsItIsWhenTheTimeIsOver) {
  const auto created = call("POST", "/v1/orders", order("c-1"), {{"prefer", "wait=0"}});
  EXPECT_EQ(created.reply.status, 201U);
  EXPECT_EQ(created.body.at("status"), "working");
  EXPECT_EQ(created.header("Preference-Applied"), "wait=0");
}

TEST_F(OrderRoutesTest, WaitsForNobodyWhoIsGone) {
  call("POST", "/v1/orders", order("c-1"));
  peer = FakePeer(false);
  const auto answer = call("GET", "/v1/orders/" + fake_uuid(1), {}, {{"prefer", "wait=100"}});
  EXPECT_EQ(answer.body.at("status"), "working");
  EXPECT_EQ(answer.header("Preference-Applied"), "wait=60") << "the longest there is";
  EXPECT_TRUE(orders.await_waiting(0));
}

TEST_F(OrderRoutesTest, AWaitForNothingIsNotFound) {
  EXPECT_EQ(call("GET", "/v1/orders/" + fake_uuid(1), {}, {{"prefer", "wait=5"}}).reply.status, 404U);
}

}  // namespace
}  // namespace tradeauto
