#include "store/memory/memory_rows.h"

#include <utility>

#include <fmt/format.h>

namespace tradeauto {

Result<std::optional<StoredOrder>> MemoryRows::find_stored(const ClientOrderId& id) {
  const auto it = tables_.client_order_index.find(id);
  if (it == tables_.client_order_index.end()) return std::optional<StoredOrder>();
  const auto& row = tables_.orders[it->second];
  return std::optional(StoredOrder{.id = row.order.id, .body_hash = row.body_hash});
}

Order MemoryRows::order_at(std::size_t index) const {
  const auto& row = tables_.orders[index];
  Order order = row.order;
  for (const ChildOrderId& id : row.children) order.child_orders.push_back(tables_.children.at(id).child);
  return order;
}

const Order& MemoryRows::terms_of(const ChildOrder& child) const {
  return tables_.orders[tables_.order_index.at(child.order_id)].order;
}

Result<Order> MemoryRows::load_order(const OrderId& id) {
  const auto it = tables_.order_index.find(id);
  if (it == tables_.order_index.end()) return rules::unknown_order(id);
  return order_at(it->second);
}

Result<std::vector<OrderId>> MemoryRows::retries_of(const OrderId& id) {
  std::vector<OrderId> ids;
  for (const auto& row : tables_.orders) {
    if (row.order.retry_of == id) ids.push_back(row.order.id);
  }
  return ids;
}

Result<void> MemoryRows::insert_order(const Order& order, const std::string& body_hash) {
  bool fresh = !tables_.order_index.contains(order.id);
  for (const ChildOrder& child : order.child_orders) fresh = fresh && !tables_.children.contains(child.id);
  if (!fresh)
    return make_error(ErrorCode::internal, "duplicate_id", fmt::format("an id of order {} is taken", order.id));
  MemoryTables::OrderRow row{.order = order, .body_hash = body_hash, .children = {}};
  for (const ChildOrder& child : order.child_orders) {
    row.children.push_back(child.id);
    tables_.children.emplace(child.id, MemoryTables::ChildRow{.child = child, .permit = std::nullopt});
  }
  row.order.child_orders.clear();
  tables_.order_index.emplace(order.id, tables_.orders.size());
  tables_.client_order_index.emplace(order.client_order_id, tables_.orders.size());
  tables_.orders.push_back(std::move(row));
  return {};
}

Result<bool> MemoryRows::account_enabled(const AccountRef& ref) {
  const auto it = tables_.accounts.find(ref);
  return it != tables_.accounts.end() && it->second.enabled;
}

Result<ChildOrder> MemoryRows::load_child_order(const ChildOrderId& id) {
  const auto it = tables_.children.find(id);
  if (it == tables_.children.end()) return rules::unknown_child_order(id);
  return it->second.child;
}

Result<rules::OrderTerms> MemoryRows::terms(const OrderId& id) {
  const auto it = tables_.order_index.find(id);
  if (it == tables_.order_index.end()) return rules::unknown_order(id);
  const Order& order = tables_.orders[it->second].order;
  return rules::OrderTerms{
      .side = order.side, .dry_run = order.dry_run, .overrides = order.overrides, .deadline = order.deadline};
}

Result<void> MemoryRows::save_child_order(const ChildOrder& child, bool /*new_executions*/) {
  auto& row = tables_.children.at(child.id);
  row.child = child;
  if (child.status == ChildOrderStatus::pending) row.permit.reset();
  return {};
}

Result<std::optional<PermitRecord>> MemoryRows::permit_of(const ChildOrderId& id) {
  return tables_.children.at(id).permit;
}

Result<void> MemoryRows::save_permit(const ChildOrderId& id, const PermitRecord& permit) {
  tables_.children.at(id).permit = permit;
  return {};
}

Result<std::optional<ChildOrderId>> MemoryRows::find_doubt(const AccountRef& ref, const Symbol& symbol, Side side) {
  for (const auto& [id, row] : tables_.children) {
    const ChildOrder& child = row.child;
    if (child.status == ChildOrderStatus::in_doubt && child.account == ref && child.symbol == symbol &&
        terms_of(child).side == side) {
      return std::optional(id);
    }
  }
  return std::optional<ChildOrderId>();
}

Result<bool> MemoryRows::other_task_executing(const AccountRef& ref, const TaskId& task) {
  for (const auto& [id, row] : tables_.children) {
    if (row.child.status == ChildOrderStatus::executing && row.child.account == ref && row.permit->task != task)
      return true;
  }
  return false;
}

Result<std::optional<Epoch>> MemoryRows::newest_epoch(const GroupName& group) {
  const auto it = tables_.assignments.find(group);
  if (it == tables_.assignments.end()) return std::optional<Epoch>();
  return std::optional(it->second.epoch);
}

Result<std::vector<ChildOrderId>> MemoryRows::due(Timestamp now) {
  std::vector<ChildOrderId> ids;
  for (const auto& [id, row] : tables_.children) {
    if (row.child.status == ChildOrderStatus::pending && terms_of(row.child).deadline <= now) ids.push_back(id);
  }
  return ids;
}

Result<void> MemoryRows::append_event(const Event& event) {
  Event stored = event;
  stored.sequence = tables_.events.size() + 1;
  tables_.events.push_back(std::move(stored));
  return {};
}

}  // namespace tradeauto
