#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "cli/cli_bench_test.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class OrderChangeTest : public CliBench {};

TEST_F(OrderChangeTest, CancelAsksOnceAndPrintsTheOrder) {
  on("POST /v1/orders/o-1/cancel", 200, order_json("working", {"executing", "canceled"}));
  const Outcome done = run({"order", "cancel", "o-1"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("1 of its child orders are canceled"));
  EXPECT_THAT(done.err, HasSubstr("1 had been started"));
  EXPECT_THAT(done.out, HasSubstr("account1  Paper      AAPL    canceled"));
  ASSERT_EQ(requests().size(), 1U);
  EXPECT_EQ(requests().front().body, "");
}

TEST_F(OrderChangeTest, CancelOfAllSaysNothingOfWhatWasStarted) {
  on("POST /v1/orders/o-1/cancel", 200, order_json("failed", {"canceled"}));
  const Outcome done = run({"order", "cancel", "o-1", "-o", "json"});
  EXPECT_THAT(done.err, Not(HasSubstr("started")));
  EXPECT_EQ(json::parse(done.out), json::parse(order_json("failed", {"canceled"})));
}

TEST_F(OrderChangeTest, ACancelThatIsRefusedSaysWhy) {
  on("POST /v1/orders/o-1/cancel", 409, problem_json(409, "nothing_to_cancel", "no"));
  const Outcome refused = run({"order", "cancel", "o-1"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("because of nothing_to_cancel"));
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(run({"order", "cancel", "o-2"}).code, 3);
  EXPECT_EQ(run({"order", "cancel"}).code, 2);
}

TEST_F(OrderChangeTest, ACancelWhoseAnswerIsLostIsNotRepeated) {
  on("POST /v1/orders/o-1/cancel", {.cut = true});
  const Outcome lost = run({"order", "cancel", "o-1", "--server", address()});
  EXPECT_EQ(lost.code, 6);
  EXPECT_THAT(lost.err, HasSubstr("tradeauto order show o-1 --server " + address()));
  EXPECT_EQ(requests().size(), 1U);
  on("POST /v1/orders/o-3/cancel", 200, "{}");
  EXPECT_EQ(run({"order", "cancel", "o-3"}).code, 1);
}

}  // namespace
}  // namespace tradeauto
