// What several messages are made of: proto/tradeauto/v1/types.proto.
#include "rpc/convert.h"
#include "rpc/convert_fields.h"
#include "rpc/wire_text.h"

namespace tradeauto {

using wire::read_decimal;
using wire::read_enum;
using wire::read_id;
using wire::read_list;
using wire::read_message;
using wire::read_time;
using wire::read_with;
using wire::to_wire;

namespace {

v1::ExecutionReport to_proto(const ExecutionReport& report) {
  v1::ExecutionReport out;
  out.set_sub_account(wire_text(report.sub_account));
  out.set_status(to_wire<v1::ExecutionStatus>(report.status));
  if (report.broker_order_id) out.set_broker_order_id(wire_text(*report.broker_order_id));
  out.set_quantity(report.quantity.to_string());
  if (report.price) out.set_price(report.price->to_string());
  out.set_message(wire_text(report.message));
  out.set_evidence(wire_text(report.evidence));
  out.set_at_micros(report.at.time_since_epoch().count());
  return out;
}

Result<ExecutionReport> from_proto(const v1::ExecutionReport& report) {
  TRY(const auto status, read_enum<ExecutionStatus>("status", report.status(), v1::ExecutionStatus_IsValid));
  TRY(const auto quantity, read_decimal<Quantity>("quantity", report.quantity()));
  ExecutionReport out{.sub_account = report.sub_account(),
                      .status = status,
                      .broker_order_id = std::nullopt,
                      .quantity = quantity,
                      .price = std::nullopt,
                      .message = report.message(),
                      .evidence = report.evidence(),
                      .at = read_time(report.at_micros())};
  if (report.has_broker_order_id()) out.broker_order_id = report.broker_order_id();
  if (report.has_price()) {
    TRY(out.price, read_decimal<Price>("price", report.price()));
  }
  return out;
}

Result<Holding> from_proto(const v1::Holding& holding) {
  TRY(auto symbol, read_with("symbol", holding.symbol(), parse_symbol));
  TRY(const auto quantity, read_decimal<Quantity>("quantity", holding.quantity()));
  Holding out{.sub_account = holding.sub_account(), .symbol = std::move(symbol), .quantity = quantity, .price = {}};
  if (holding.has_price()) {
    TRY(out.price, read_decimal<Price>("price", holding.price()));
  }
  return out;
}

Result<std::pair<std::string, Money>> from_proto(const v1::Cash& cash) {
  TRY(const auto amount, read_decimal<Money>("amount", cash.amount()));
  return std::pair(cash.sub_account(), amount);
}

}  // namespace

v1::Epoch to_proto(Epoch epoch) {
  v1::Epoch out;
  out.set_incarnation(epoch.incarnation);
  out.set_counter(epoch.counter);
  return out;
}

Result<Epoch> from_proto(const v1::Epoch& epoch) {
  return Epoch{.incarnation = epoch.incarnation(), .counter = epoch.counter()};
}

v1::AccountRef to_proto(const AccountRef& account) {
  v1::AccountRef out;
  out.set_group(account.group.str());
  out.set_account(account.account.str());
  return out;
}

Result<AccountRef> from_proto(const v1::AccountRef& account) {
  TRY(auto group, read_with("group", account.group(), parse_group_name));
  TRY(auto name, read_with("account", account.account(), parse_account_name));
  return AccountRef{.group = std::move(group), .account = std::move(name)};
}

v1::Error to_proto(const Error& error) {
  v1::Error out;
  out.set_code(to_wire<v1::ErrorCode>(error.code));
  out.set_reason(wire_text(error.reason));
  out.set_message(wire_text(error.message));
  out.set_effect(to_wire<v1::Effect>(error.effect));
  for (const FieldError& field : error.fields) {
    v1::FieldError& added = *out.add_fields();
    added.set_pointer(wire_text(field.pointer));
    added.set_code(wire_text(field.code));
    added.set_detail(wire_text(field.detail));
  }
  return out;
}

Error from_proto(const v1::Error& error) {
  const auto code = read_enum<ErrorCode>("code", error.code(), v1::ErrorCode_IsValid);
  const auto effect = read_enum<Effect>("effect", error.effect(), v1::Effect_IsValid);
  Error out{.code = code.ok() ? *code : ErrorCode::internal,
            .reason = error.reason(),
            .message = error.message(),
            .effect = effect.ok() ? *effect : Effect::maybe,
            .fields = {}};
  for (const v1::FieldError& field : error.fields()) {
    out.fields.push_back({.pointer = field.pointer(), .code = field.code(), .detail = field.detail()});
  }
  return out;
}

v1::ChildOrderReport to_proto(const ChildOrderReport& report) {
  v1::ChildOrderReport out;
  out.set_child_order(report.child_order.str());
  out.set_complete(report.complete);
  out.set_status(to_wire<v1::ChildOrderStatus>(report.status));
  out.set_reason(wire_text(report.reason));
  out.set_detail(wire_text(report.detail));
  for (const ExecutionReport& execution : report.executions) *out.add_executions() = to_proto(execution);
  return out;
}

Result<ChildOrderReport> from_proto(const v1::ChildOrderReport& report) {
  TRY(auto child_order, read_id<ChildOrderId>("child_order", report.child_order()));
  TRY(const auto status, read_enum<ChildOrderStatus>("status", report.status(), v1::ChildOrderStatus_IsValid));
  TRY(auto executions,
      read_list<ExecutionReport>("executions", report.executions(), [](const auto& item) { return from_proto(item); }));
  return ChildOrderReport{.child_order = std::move(child_order),
                          .complete = report.complete(),
                          .status = status,
                          .reason = report.reason(),
                          .detail = report.detail(),
                          .executions = std::move(executions)};
}

v1::HoldingsReport to_proto(const HoldingsReport& report) {
  v1::HoldingsReport out;
  *out.mutable_account() = to_proto(report.account);
  out.set_complete(report.complete);
  for (const std::string& sub_account : report.sub_accounts) out.add_sub_accounts(wire_text(sub_account));
  for (const Holding& holding : report.holdings) {
    v1::Holding& added = *out.add_holdings();
    added.set_sub_account(wire_text(holding.sub_account));
    added.set_symbol(holding.symbol.str());
    added.set_quantity(holding.quantity.to_string());
    if (holding.price) added.set_price(holding.price->to_string());
  }
  for (const auto& [sub_account, amount] : report.cash) {
    v1::Cash& added = *out.add_cash();
    added.set_sub_account(wire_text(sub_account));
    added.set_amount(amount.to_string());
  }
  out.set_as_of_micros(report.as_of.time_since_epoch().count());
  out.set_message(wire_text(report.message));
  return out;
}

Result<HoldingsReport> from_proto(const v1::HoldingsReport& report) {
  TRY(auto account, read_message("account", report.has_account(), report.account()));
  TRY(auto holdings,
      read_list<Holding>("holdings", report.holdings(), [](const auto& item) { return from_proto(item); }));
  TRY(auto cash, (read_list<std::pair<std::string, Money>>("cash", report.cash(),
                                                           [](const auto& item) { return from_proto(item); })));
  return HoldingsReport{.account = std::move(account),
                        .complete = report.complete(),
                        .sub_accounts = {report.sub_accounts().begin(), report.sub_accounts().end()},
                        .holdings = std::move(holdings),
                        .cash = std::move(cash),
                        .as_of = read_time(report.as_of_micros()),
                        .message = report.message()};
}

}  // namespace tradeauto
