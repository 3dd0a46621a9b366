#include "store/redis/redis_rows.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "store/deeds.h"
#include "store/redis/redis_reads.h"

namespace tradeauto {

using redis_rows::ChildRow;

Result<std::optional<StoredOrder>> RedisRows::find_stored(const ClientOrderId& id) {
  TRY(const auto key, part_.view().get(redis_rows::client_key(id)));
  if (!key) return std::optional<StoredOrder>();
  TRY(auto row, redis_reads::order_row(part_.view(), OrderId(*key)));
  return std::optional(StoredOrder{.id = std::move(row.order.id), .body_hash = std::move(row.body_hash)});
}

Result<Order> RedisRows::load_order(const OrderId& id) { return redis_reads::order(part_.view(), id); }

Result<void> RedisRows::check_new(const Order& order) {
  std::vector<std::string> keys{redis_rows::order_key(order.id)};
  for (const ChildOrder& child : order.child_orders) keys.push_back(redis_rows::child_key(child.id));
  TRY(const auto present, part_.view().get_all(keys));
  for (const auto& row : present) {
    if (row)
      return make_error(ErrorCode::internal, "duplicate_id", fmt::format("an id of order {} is taken", order.id));
  }
  return {};
}

Result<void> RedisRows::insert_order(const Order& order, const std::string& body_hash) {
  TRY_VOID(check_new(order));
  TRY(const std::uint64_t number, next(redis_rows::kLastOrder));
  redis_rows::OrderRow row{.order = order, .number = number, .body_hash = body_hash, .children = {}};
  row.order.child_orders.clear();
  const std::string place = redis_rows::place_of(order, number);
  const rules::OrderTerms terms{
      .side = order.side, .dry_run = order.dry_run, .overrides = order.overrides, .deadline = order.deadline};
  for (const ChildOrder& child : order.child_orders) {
    row.children.push_back(child.id);
    const ChildRow made{.child = child, .terms = terms, .place = place, .permit = std::nullopt};
    part_.set(redis_rows::child_key(child.id), redis_rows::write(made));
    for (const auto& [index, member] : redis_rows::entries_of(made)) part_.add_member(index, member);
  }
  part_.set(redis_rows::order_key(order.id), redis_rows::write(row));
  part_.set(redis_rows::client_key(order.client_order_id), order.id.str());
  list_order(order, place);
  return {};
}

void RedisRows::list_order(const Order& order, const std::string& place) {
  std::set<std::string> indices{redis_rows::orders_index({}, {}, {})};
  for (const ChildOrder& child : order.child_orders) {
    indices.insert(redis_rows::orders_index(child.account.group, {}, {}));
    indices.insert(redis_rows::orders_index({}, child.account, {}));
    indices.insert(redis_rows::orders_index({}, {}, child.symbol));
  }
  if (order.retry_of) indices.insert(redis_rows::retries_index(*order.retry_of));
  for (const std::string& index : indices) part_.add_member(index, place);
}

Result<std::vector<OrderId>> RedisRows::retries_of(const OrderId& id) {
  TRY(const auto places, part_.view().range({.index = redis_rows::retries_index(id)}));
  std::vector<OrderId> ids;
  for (const std::string& place : places) ids.push_back(redis_rows::order_of(place));
  return ids;
}

Result<bool> RedisRows::account_enabled(const AccountRef& ref) {
  TRY(const auto account, redis_reads::find_account(part_.view(), ref));
  return account && account->enabled;
}

Result<ChildOrder> RedisRows::load_child_order(const ChildOrderId& id) {
  return redis_reads::child_order(part_.view(), id);
}

Result<rules::OrderTerms> RedisRows::terms(const OrderId& id) {
  TRY(auto row, redis_reads::order_row(part_.view(), id));
  return rules::OrderTerms{.side = row.order.side,
                           .dry_run = row.order.dry_run,
                           .overrides = std::move(row.order.overrides),
                           .deadline = row.order.deadline};
}

Result<void> RedisRows::save_child_order(const ChildOrder& child, bool new_executions) {
  TRY(ChildRow row, redis_reads::child_row(part_.view(), child.id));
  for (const auto& [index, member] : redis_rows::entries_of(row)) part_.remove_member(index, member);
  auto executions = new_executions ? child.executions : std::move(row.child.executions);
  row.child = child;
  row.child.executions = std::move(executions);
  if (child.status == ChildOrderStatus::pending) row.permit.reset();
  part_.set(redis_rows::child_key(child.id), redis_rows::write(row));
  for (const auto& [index, member] : redis_rows::entries_of(row)) part_.add_member(index, member);
  return {};
}

Result<std::optional<PermitRecord>> RedisRows::permit_of(const ChildOrderId& id) {
  TRY(auto row, redis_reads::child_row(part_.view(), id));
  return std::move(row.permit);
}

Result<void> RedisRows::save_permit(const ChildOrderId& id, const PermitRecord& permit) {
  TRY(ChildRow row, redis_reads::child_row(part_.view(), id));
  row.permit = permit;
  part_.set(redis_rows::child_key(id), redis_rows::write(row));
  return {};
}

Result<std::optional<ChildOrderId>> RedisRows::find_doubt(const AccountRef& ref, const Symbol& symbol, Side side) {
  TRY(const auto ids, part_.view().range({.index = redis_rows::doubt_index(ref, symbol, side), .limit = 1}));
  if (ids.empty()) return std::optional<ChildOrderId>();
  return std::optional(ChildOrderId(ids.front()));
}

Result<bool> RedisRows::other_task_executing(const AccountRef& ref, const TaskId& task) {
  TRY(const auto ids, part_.view().range({.index = redis_rows::executing_index(ref)}));
  for (const std::string& id : ids) {
    TRY(const ChildRow row, redis_reads::child_row(part_.view(), ChildOrderId(id)));
    if (row.permit && row.permit->task != task) return true;
  }
  return false;
}

Result<std::optional<Epoch>> RedisRows::newest_epoch(const GroupName& group) {
  TRY(const auto last, redis_reads::find_assignment(part_.view(), group));
  if (!last) return std::optional<Epoch>();
  return std::optional(last->epoch);
}

Result<std::vector<ChildOrderId>> RedisRows::due(Timestamp now) {
  // ' ' follows the time in a member and '!' is what follows ' '.
  TRY(const auto members, part_.view().range({.index = "deadlines", .to = "(" + redis_rows::sortable(now) + "!"}));
  std::vector<ChildOrderId> ids;
  for (const std::string& member : members) ids.push_back(redis_rows::child_of(member));
  return ids;
}

Result<std::uint64_t> RedisRows::next(const std::string& counter) {
  TRY(const auto last, part_.view().get(counter));
  std::uint64_t number = 0;
  if (last) {
    TRY(number, redis_rows::read_number(*last));
  }
  part_.set(counter, redis_rows::write_number(++number));
  return number;
}

Result<void> RedisRows::append_event(const Event& event) {
  Event stored = event;
  TRY(stored.sequence, next(redis_rows::kLastEvent));
  part_.append({.sequence = std::to_string(stored.sequence), .row = redis_rows::write(stored)});
  if (deeds::is_deed(stored)) part_.add_member(redis_rows::deeds_index(), redis_rows::deed_of(stored.sequence));
  return {};
}

}  // namespace tradeauto
