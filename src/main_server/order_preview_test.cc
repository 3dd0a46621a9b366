// What an order would be, and what to look out for.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using enum ChildOrderStatus;

class OrderPreviewTest : public MainBench {};

TEST_F(OrderPreviewTest, APreviewStoresNothingAndShowsWhatWouldTrade) {
  add_group("family", {"mom", "dad"});
  const std::uint64_t newest = time.run(main->events().newest_event()).value();
  const auto preview = time.run(main->orders().preview(request("c-1", "family", {"AAPL", "MSFT"})));
  ASSERT_TRUE(preview.ok()) << preview.error().message;
  EXPECT_EQ(preview->order.child_orders.size(), 4U);
  ASSERT_EQ(preview->warnings.size(), 2U) << "once for each account";
  EXPECT_EQ(preview->warnings[0].code, "not_active");
  EXPECT_EQ(preview->warnings[0].detail, "no worker serves the group yet");
  EXPECT_TRUE(time.run(main->orders().list(OrderFilter()))->empty());
  EXPECT_EQ(time.run(main->events().newest_event()).value(), newest);
}

TEST_F(OrderPreviewTest, APreviewFailsAsTheOrderWould) {
  EXPECT_EQ(time.run(main->orders().preview(request("c-1", "nobody"))).error().reason, "unknown_group");
  add_group("family");
  OrderRequest past = request("c-1");
  past.deadline = clock.now();
  EXPECT_EQ(time.run(main->orders().preview(past)).error().reason, "deadline_over");
  store->faults.fail("list_orders");
  EXPECT_EQ(time.run(main->orders().preview(request("c-1"))).error().code, ErrorCode::internal);
}

TEST_F(OrderPreviewTest, APreviewWarnsOfDoubtAndOfBrokeragesWithoutAGuarantee) {
  add_group("family");
  Credentials token;
  token.set("ACCESS_TOKEN", SecretString(std::string("a-token-of-tradier")));
  ASSERT_TRUE(put("family", "broker", Brokerage::tradier, token).ok());
  const Peer w1 = connect(hello("w1"));
  OrderRequest first = request("c-1");
  first.group.reset();
  first.accounts = {ref("family", "mom")};
  const OrderId id = accepted(first);
  permit(w1, w1.link->offers.at(0));
  ASSERT_TRUE(report(w1, 2, child(id).id, in_doubt).ok());
  const auto codes = [this](OrderRequest of) {
    std::vector<std::string> found;
    const auto preview = time.run(main->orders().preview(std::move(of)));
    for (const auto& warning : preview->warnings) {
      if (warning.code != "not_active") found.push_back(warning.code + " " + warning.account.account.str());
    }
    return found;
  };
  OrderRequest again = request("c-2", "family", {"MSFT", "AAPL"});
  EXPECT_EQ(codes(again), (std::vector<std::string>{"no_guarantee broker", "in_doubt_open mom"}));
  again.overrides = {"in_doubt_open"};
  EXPECT_EQ(codes(again), (std::vector<std::string>{"no_guarantee broker"}));
  again = request("c-2");
  again.side = Side::sell;
  EXPECT_EQ(codes(again), (std::vector<std::string>{"no_guarantee broker"}));
  again = request("c-2");
  again.dry_run = true;
  EXPECT_TRUE(codes(again).empty());
}

}  // namespace
}  // namespace tradeauto
