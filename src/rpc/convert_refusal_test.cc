// What a peer sends and no message of ours can be.
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rpc/convert.h"
#include "rpc/dice_test.h"

namespace tradeauto {
namespace {

template <typename Wire>
struct Broken {
  std::string field;
  std::function<void(Wire&)> breaks;
};

template <typename Wire>
void expect_refusals(const Wire& good, const std::vector<Broken<Wire>>& cases) {
  for (const Broken<Wire>& broken : cases) {
    Wire wire = good;
    broken.breaks(wire);
    const auto parsed = from_proto(std::move(wire));
    ASSERT_FALSE(parsed.ok()) << broken.field;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(parsed.error().reason, "protocol_error");
    ASSERT_EQ(parsed.error().fields.size(), 1U);
    EXPECT_EQ(parsed.error().fields[0].pointer, broken.field);
    EXPECT_TRUE(parsed.error().message.starts_with(broken.field + ": ")) << parsed.error().message;
  }
}

TEST(ConvertRefusalTest, ABadHelloIsRefusedByFieldName) {
  Dice dice(1);
  expect_refusals<v1::Hello>(
      to_proto(dice.hello()),
      {{"name", [](auto& m) { m.clear_name(); }},
       {"name", [](auto& m) { m.set_name("no/slash"); }},
       {"journal", [](auto& m) { m.clear_journal(); }},
       {"journal.id", [](auto& m) { m.mutable_journal()->clear_id(); }},
       {"journal.id", [](auto& m) { m.mutable_journal()->set_id(std::string(129, 'x')); }},
       {"executors[0].name", [](auto& m) { m.mutable_executors(0)->clear_name(); }},
       {"executors[0].brokerages[0].value",
        [](auto& m) { m.mutable_executors(0)->set_brokerages(0, v1::BROKERAGE_UNSPECIFIED); }},
       {"only_groups[0].name", [](auto& m) { m.set_only_groups(0, " g"); }},
       {"standings[0].child_orders[0].id", [](auto& m) { m.mutable_standings(0)->set_child_orders(0, "a b"); }},
       {"standings[0].state",
        [](auto& m) { m.mutable_standings(0)->set_state(static_cast<v1::TaskStanding_State>(99)); }}});
}

TEST(ConvertRefusalTest, ABadOfferIsRefusedByFieldName) {
  Dice dice(2);
  expect_refusals<v1::Offer>(to_proto(dice.task()),
                             {{"task", [](auto& m) { m.clear_task(); }},
                              {"epoch", [](auto& m) { m.clear_epoch(); }},
                              {"order", [](auto& m) { m.clear_order(); }},
                              {"client_order_id", [](auto& m) { m.set_client_order_id("two words"); }},
                              {"account", [](auto& m) { m.clear_account(); }},
                              {"account.group", [](auto& m) { m.mutable_account()->clear_group(); }},
                              {"account.account", [](auto& m) { m.mutable_account()->set_account("a/b"); }},
                              {"brokerage", [](auto& m) { m.set_brokerage(static_cast<v1::Brokerage>(18)); }},
                              {"side", [](auto& m) { m.clear_side(); }},
                              {"quantity", [](auto& m) { m.set_quantity("1e5"); }},
                              {"quantity", [](auto& m) { m.set_quantity("0"); }},
                              {"quantity", [](auto& m) { m.set_quantity("-1"); }},
                              {"child_orders", [](auto& m) { m.clear_child_orders(); }},
                              {"child_orders", [](auto& m) { *m.add_child_orders() = m.child_orders(0); }},
                              {"child_orders[0].id", [](auto& m) { m.mutable_child_orders(0)->clear_id(); }},
                              {"child_orders[0].symbol", [](auto& m) { m.mutable_child_orders(0)->set_symbol("A;B"); }},
                              {"start_within_nanos", [](auto& m) { m.set_start_within_nanos(-1); }},
                              {"run_for_nanos", [](auto& m) { m.set_run_for_nanos(-1); }}});
}

TEST(ConvertRefusalTest, ABadReportIsRefusedByFieldName) {
  Dice dice(3);
  JournaledReport report{1, TaskId("t"), dice.child_order_report()};
  report.report.executions = {dice.execution()};
  using Wire = v1::Report;
  const auto execution = [](Wire& m) { return m.mutable_report()->mutable_executions(0); };
  expect_refusals<Wire>(to_proto(report),
                        {{"sequence", [](auto& m) { m.clear_sequence(); }},
                         {"task", [](auto& m) { m.set_task("a\nb"); }},
                         {"report", [](auto& m) { m.clear_report(); }},
                         {"report.child_order", [](auto& m) { m.mutable_report()->clear_child_order(); }},
                         {"report.status", [](auto& m) { m.mutable_report()->clear_status(); }},
                         {"report.executions[0].status", [&](auto& m) { execution(m)->clear_status(); }},
                         {"report.executions[0].quantity", [&](auto& m) { execution(m)->set_quantity("many"); }},
                         {"report.executions[0].price", [&](auto& m) { execution(m)->set_price(""); }}});
}

TEST(ConvertRefusalTest, OtherBadMessagesAreRefusedByFieldName) {
  Dice dice(4);
  expect_refusals<v1::Permit>(to_proto(dice.permit()),
                              {{"task", [](auto& m) { m.clear_task(); }},
                               {"epoch", [](auto& m) { m.clear_epoch(); }},
                               {"child_orders[0].id", [](auto& m) { m.set_child_orders(0, ""); }},
                               {"valid_for_nanos", [](auto& m) { m.set_valid_for_nanos(-5); }},
                               {"run_for_nanos", [](auto& m) { m.set_run_for_nanos(-5); }}});
  expect_refusals<v1::Activate>(to_proto(dice.activation()),
                                {{"account", [](auto& m) { m.clear_account(); }},
                                 {"brokerage", [](auto& m) { m.clear_brokerage(); }},
                                 {"epoch", [](auto& m) { m.clear_epoch(); }},
                                 {"credentials", [](auto& m) { (*m.mutable_credentials())["pass word"] = "x"; }}});
  expect_refusals<v1::HoldingsReport>(
      to_proto(dice.holdings()), {{"account", [](auto& m) { m.clear_account(); }},
                                  {"holdings[0].symbol", [](auto& m) { m.mutable_holdings(0)->clear_symbol(); }},
                                  {"holdings[0].quantity", [](auto& m) { m.mutable_holdings(0)->set_quantity("."); }},
                                  {"holdings[0].price", [](auto& m) { m.mutable_holdings(0)->set_price("$1"); }},
                                  {"cash[0].amount", [](auto& m) { m.mutable_cash(0)->clear_amount(); }}});
  expect_refusals<v1::PermitRequest>({}, {{"task", [](auto&) {}}, {"epoch", [](auto& m) { m.set_task("t"); }}});
  expect_refusals<v1::Assign>({}, {{"group", [](auto&) {}}, {"epoch", [](auto& m) { m.set_group("g"); }}});
  expect_refusals<v1::Deactivate>(
      {}, {{"account", [](auto&) {}}, {"epoch", [](auto& m) { *m.mutable_account() = to_proto(Dice(5).account()); }}});
  expect_refusals<v1::ActivationResult>({}, {{"account", [](auto&) {}}});
  expect_refusals<v1::Refusal>({}, {{"task", [](auto&) {}}, {"error", [](auto& m) { m.set_task("t"); }}});
  expect_refusals<v1::Welcome>({}, {{"ledger", [](auto&) {}}});
  expect_refusals<v1::Release>({}, {{"group", [](auto&) {}}});
  expect_refusals<v1::Withdraw>({}, {{"task", [](auto&) {}}});
  expect_refusals<v1::HoldingsRequest>({}, {{"account", [](auto&) {}}, {"run_nanos", [](auto& m) {
                                                                          *m.mutable_account() =
                                                                              to_proto(Dice(5).account());
                                                                          m.set_run_nanos(-1);
                                                                        }}});
  expect_refusals<v1::HeartbeatAck>({}, {{"lease_nanos", [](auto& m) { m.set_lease_nanos(-1); }}});
}

}  // namespace
}  // namespace tradeauto
