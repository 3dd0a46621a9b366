// Main to worker: the messages of proto/tradeauto/v1/worker.proto that the main server sends.
#include <string.h>  // explicit_bzero

#include <set>

#include "rpc/convert.h"
#include "rpc/convert_fields.h"
#include "rpc/wire_text.h"

namespace tradeauto {

using wire::bad_field;
using wire::read_decimal;
using wire::read_duration;
using wire::read_enum;
using wire::read_id;
using wire::read_list;
using wire::read_message;
using wire::read_with;
using wire::to_wire;
using wire::wire_nanos;

namespace {

Result<TaskChildOrder> from_proto(const v1::TaskChildOrder& child) {
  TRY(auto id, read_id<ChildOrderId>("id", child.id()));
  TRY(auto symbol, read_with("symbol", child.symbol(), parse_symbol));
  return TaskChildOrder{.id = std::move(id), .symbol = std::move(symbol)};
}

Result<std::vector<TaskChildOrder>> read_child_orders(const v1::Offer& offer) {
  TRY(auto child_orders, read_list<TaskChildOrder>("child_orders", offer.child_orders(),
                                                   [](const auto& item) { return from_proto(item); }));
  if (child_orders.empty()) return bad_field("child_orders", "is missing");
  std::set<Symbol> symbols;
  for (const TaskChildOrder& child : child_orders) {
    if (!symbols.insert(child.symbol).second) {
      return bad_field("child_orders", fmt::format("names the symbol {} twice", child.symbol));
    }
  }
  return child_orders;
}

bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

void wipe(std::string& secret) {
  secret.resize(secret.capacity());
  explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace

v1::Welcome to_proto(const WorkerSessions::Opened& opened) {
  v1::Welcome out;
  out.set_ledger(opened.ledger.str());
  out.set_incarnation(opened.incarnation);
  out.set_lease_nanos(wire_nanos(opened.lease));
  return out;
}

Result<OpenedSession> from_proto(const v1::Welcome& welcome) {
  TRY(auto ledger, read_id<LedgerId>("ledger", welcome.ledger()));
  TRY(const auto lease, read_duration("lease_nanos", welcome.lease_nanos()));
  return OpenedSession{
      .link = nullptr, .ledger = std::move(ledger), .incarnation = welcome.incarnation(), .lease = lease};
}

Result<std::chrono::nanoseconds> from_proto(const v1::HeartbeatAck& ack) {
  return read_duration("lease_nanos", ack.lease_nanos());
}

v1::Permit to_proto(const Permit& permit) {
  v1::Permit out;
  out.set_task(permit.task.str());
  *out.mutable_epoch() = to_proto(permit.epoch);
  for (const ChildOrderId& id : permit.child_orders) out.add_child_orders(id.str());
  out.set_valid_for_nanos(wire_nanos(permit.valid_for));
  out.set_run_for_nanos(wire_nanos(permit.run_for));
  out.set_refusal(wire_text(permit.refusal));
  out.set_retry_later(permit.retry_later);
  return out;
}

Result<Permit> from_proto(const v1::Permit& permit) {
  Permit out;
  TRY(out.task, read_id<TaskId>("task", permit.task()));
  TRY(out.epoch, read_message("epoch", permit.has_epoch(), permit.epoch()));
  TRY(out.child_orders, read_list<ChildOrderId>("child_orders", permit.child_orders(),
                                                [](const auto& id) { return read_id<ChildOrderId>("id", id); }));
  TRY(out.valid_for, read_duration("valid_for_nanos", permit.valid_for_nanos()));
  TRY(out.run_for, read_duration("run_for_nanos", permit.run_for_nanos()));
  out.refusal = permit.refusal();
  out.retry_later = permit.retry_later();
  return out;
}

Result<Assignment> from_proto(const v1::Assign& assign) {
  TRY(auto group, read_with("group", assign.group(), parse_group_name));
  TRY(const auto epoch, read_message("epoch", assign.has_epoch(), assign.epoch()));
  return Assignment{.group = std::move(group), .epoch = epoch};
}

Result<GroupName> from_proto(const v1::Release& release) {
  return read_with("group", release.group(), parse_group_name);
}

v1::Activate to_proto(const AccountActivation& activation) {
  v1::Activate out;
  *out.mutable_account() = to_proto(activation.account);
  out.set_brokerage(to_wire<v1::Brokerage>(activation.brokerage));
  for (const auto& [field, value] : activation.credentials.fields()) {
    (*out.mutable_credentials())[field] = std::string(value.reveal());
  }
  *out.mutable_epoch() = to_proto(activation.epoch);
  return out;
}

Result<AccountActivation> from_proto(v1::Activate&& activate) {
  AccountActivation out;
  bool names_good = true;
  for (auto& [field, value] : *activate.mutable_credentials()) {
    names_good = names_good && is_field_name(field);
    out.credentials.set(field, SecretString(std::move(value)));
  }
  wipe(activate);
  if (!names_good) return bad_field("credentials", "a field's name is 1 to 64 characters of A-Z 0-9 _");
  TRY(out.account, read_message("account", activate.has_account(), activate.account()));
  TRY(out.brokerage, read_enum<Brokerage>("brokerage", activate.brokerage(), v1::Brokerage_IsValid));
  TRY(out.epoch, read_message("epoch", activate.has_epoch(), activate.epoch()));
  return out;
}

void wipe(v1::Activate& activate) {
  for (auto& [field, value] : *activate.mutable_credentials()) wipe(value);
}

Result<Deactivation> from_proto(const v1::Deactivate& deactivate) {
  TRY(auto account, read_message("account", deactivate.has_account(), deactivate.account()));
  TRY(const auto epoch, read_message("epoch", deactivate.has_epoch(), deactivate.epoch()));
  return Deactivation{.account = std::move(account), .epoch = epoch};
}

v1::Offer to_proto(const TransactionTask& task) {
  v1::Offer out;
  out.set_task(task.id.str());
  *out.mutable_epoch() = to_proto(task.epoch);
  out.set_order(task.order_id.str());
  out.set_client_order_id(task.client_order_id.str());
  *out.mutable_account() = to_proto(task.account);
  out.set_brokerage(to_wire<v1::Brokerage>(task.brokerage));
  out.set_side(to_wire<v1::Side>(task.side));
  out.set_quantity(task.quantity.to_string());
  out.set_dry_run(task.dry_run);
  for (const TaskChildOrder& child : task.child_orders) {
    v1::TaskChildOrder& added = *out.add_child_orders();
    added.set_id(child.id.str());
    added.set_symbol(child.symbol.str());
  }
  out.set_start_within_nanos(wire_nanos(task.start_within));
  out.set_run_for_nanos(wire_nanos(task.run_for));
  return out;
}

Result<TransactionTask> from_proto(const v1::Offer& offer) {
  TransactionTask out;
  TRY(out.id, read_id<TaskId>("task", offer.task()));
  TRY(out.epoch, read_message("epoch", offer.has_epoch(), offer.epoch()));
  TRY(out.order_id, read_id<OrderId>("order", offer.order()));
  TRY(out.client_order_id, read_with("client_order_id", offer.client_order_id(), parse_client_order_id));
  TRY(out.account, read_message("account", offer.has_account(), offer.account()));
  TRY(out.brokerage, read_enum<Brokerage>("brokerage", offer.brokerage(), v1::Brokerage_IsValid));
  TRY(out.side, read_enum<Side>("side", offer.side(), v1::Side_IsValid));
  TRY(out.quantity, read_decimal<Quantity>("quantity", offer.quantity()));
  if (!out.quantity.decimal().is_positive()) return bad_field("quantity", "is not above zero");
  out.dry_run = offer.dry_run();
  TRY(out.child_orders, read_child_orders(offer));
  TRY(out.start_within, read_duration("start_within_nanos", offer.start_within_nanos()));
  TRY(out.run_for, read_duration("run_for_nanos", offer.run_for_nanos()));
  return out;
}

Result<TaskId> from_proto(const v1::Withdraw& withdraw) { return read_id<TaskId>("task", withdraw.task()); }

Result<HoldingsQuestion> from_proto(const v1::HoldingsRequest& request) {
  TRY(auto account, read_message("account", request.has_account(), request.account()));
  TRY(const auto left, read_duration("left_nanos", request.left_nanos()));
  TRY(const auto run_for, read_duration("run_nanos", request.run_nanos()));
  return HoldingsQuestion{.account = std::move(account), .left = left, .run_for = run_for};
}

Error unknown_kind() { return bad_field("kind", "is not a message that this version knows"); }

}  // namespace tradeauto
