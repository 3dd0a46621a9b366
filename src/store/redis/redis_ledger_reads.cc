#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "store/deeds.h"
#include "store/order_filter.h"
#include "store/redis/redis_reads.h"

namespace tradeauto::redis_reads {
namespace {

using redis_rows::ChildRow;
using redis_rows::OrderRow;

// Those that are there, in the order of the ids.
Result<std::vector<ChildRow>> child_rows(RedisView& view, const std::vector<ChildOrderId>& ids) {
  std::vector<std::string> keys;
  for (const ChildOrderId& id : ids) keys.push_back(redis_rows::child_key(id));
  TRY(const auto values, view.get_all(keys));
  std::vector<ChildRow> rows;
  for (const auto& value : values) {
    if (!value) continue;
    TRY(ChildRow row, redis_rows::read_child(*value));
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<Order> with_children(RedisView& view, OrderRow row) {
  TRY(auto children, child_rows(view, row.children));
  for (ChildRow& child : children) row.order.child_orders.push_back(std::move(child.child));
  return std::move(row.order);
}

// The places that a page is looked for in, newest first, a stretch at a time.
struct Candidates {
  RedisRange range;
  std::vector<std::string> all;  // instead of the range
  bool from_range = true;

  Result<std::vector<std::string>> next(RedisView& view) {
    if (!from_range) return std::exchange(all, {});
    TRY(auto places, view.range(range));
    if (!places.empty()) range.to = "(" + places.back();
    return places;
  }
};

std::vector<ChildOrderStatus> states_behind(OrderStatus status) {
  if (status == OrderStatus::attention) return {ChildOrderStatus::in_doubt};
  return {ChildOrderStatus::pending, ChildOrderStatus::executing, ChildOrderStatus::submitted};
}

Result<std::vector<std::string>> open_places(RedisView& view, OrderStatus status) {
  std::vector<std::string> places;
  for (const ChildOrderStatus state : states_behind(status)) {
    TRY(const auto members, view.range({.index = redis_rows::status_index(state)}));
    for (const std::string& member : members) places.push_back(member.substr(0, member.find(' ')));
  }
  std::ranges::sort(places, std::ranges::greater());
  const auto repeats = std::ranges::unique(places);
  places.erase(repeats.begin(), repeats.end());
  return places;
}

Result<std::optional<std::string>> place_behind(RedisView& view, const ClientOrderId& id) {
  TRY(const auto order, view.get(redis_rows::client_key(id)));
  if (!order) return std::optional<std::string>();
  TRY(const OrderRow row, order_row(view, OrderId(*order)));
  return std::optional(redis_rows::place_of(row.order, row.number));
}

// Where the page begins: places below this bound, which a place is never equal to.
Result<std::optional<std::string>> upper_bound(RedisView& view, const OrderFilter& filter) {
  std::optional<std::string> bound;
  if (filter.until) bound = redis_rows::sortable(*filter.until);
  if (filter.before) {
    TRY(const OrderRow row, order_row(view, *filter.before));
    const std::string place = redis_rows::place_of(row.order, row.number);
    if (!bound || place < *bound) bound = place;
  }
  return bound;
}

Result<Candidates> candidates(RedisView& view, const OrderFilter& filter, const std::optional<std::string>& bound) {
  Candidates out;
  if (filter.client_order_id) {
    out.from_range = false;
    TRY(const auto place, place_behind(view, *filter.client_order_id));
    if (place) out.all = {*place};
  } else if (filter.status == OrderStatus::attention || filter.status == OrderStatus::working) {
    out.from_range = false;
    TRY(out.all, open_places(view, *filter.status));
  } else {
    auto group = filter.group;
    if (!group && filter.groups.size() == 1) group = filter.groups.front();
    out.range = {.index = redis_rows::orders_index(group, filter.account, filter.symbol),
                 .newest_first = true,
                 .limit = filter.limit};
    if (filter.since) out.range.from = "[" + redis_rows::sortable(*filter.since);
    if (bound) out.range.to = "(" + *bound;
    return out;
  }
  if (bound) std::erase_if(out.all, [&](const std::string& place) { return place >= *bound; });
  return out;
}

}  // namespace

Result<OrderRow> order_row(RedisView& view, const OrderId& id) {
  TRY(const auto bytes, view.get(redis_rows::order_key(id)));
  if (!bytes) return rules::unknown_order(id);
  return redis_rows::read_order(*bytes);
}

Result<ChildRow> child_row(RedisView& view, const ChildOrderId& id) {
  TRY(const auto bytes, view.get(redis_rows::child_key(id)));
  if (!bytes) return rules::unknown_child_order(id);
  return redis_rows::read_child(*bytes);
}

Result<Order> order(RedisView& view, const OrderId& id) {
  TRY(OrderRow row, order_row(view, id));
  return with_children(view, std::move(row));
}

Result<ChildOrder> child_order(RedisView& view, const ChildOrderId& id) {
  TRY(ChildRow row, child_row(view, id));
  return std::move(row.child);
}

Result<std::optional<Order>> find_order(RedisView& view, const ClientOrderId& id) {
  TRY(const auto known, view.get(redis_rows::client_key(id)));
  if (!known) return std::optional<Order>();
  TRY(Order found, order(view, OrderId(*known)));
  return std::optional(std::move(found));
}

Result<std::vector<Order>> list_orders(RedisView& view, const OrderFilter& filter) {
  TRY(const auto bound, upper_bound(view, filter));
  TRY(Candidates candidates_left, candidates(view, filter, bound));
  std::vector<Order> page;
  while (page.size() < filter.limit) {
    TRY(const auto places, candidates_left.next(view));
    if (places.empty()) break;
    for (const std::string& place : places) {
      if (page.size() == filter.limit) break;
      TRY(Order found, order(view, redis_rows::order_of(place)));
      if (matches(found, filter)) page.push_back(std::move(found));
    }
  }
  return page;
}

Result<std::vector<Order>> pending(RedisView& view, const AccountRef& account, std::size_t limit) {
  RedisRange range{.index = redis_rows::pending_index(account), .limit = limit + 1};
  std::vector<Order> orders;
  while (true) {
    TRY(const auto members, view.range(range));
    if (members.empty()) return orders;
    range.from = "(" + members.back();
    std::vector<ChildOrderId> ids;
    for (const std::string& member : members) ids.push_back(redis_rows::child_of(member));
    TRY(auto rows, child_rows(view, ids));
    for (ChildRow& row : rows) {
      if (row.child.status != ChildOrderStatus::pending) continue;
      if (orders.empty() || orders.back().id != row.child.order_id) {
        if (orders.size() == limit) return orders;
        TRY(OrderRow found, order_row(view, row.child.order_id));
        orders.push_back(std::move(found.order));
      }
      orders.back().child_orders.push_back(std::move(row.child));
    }
  }
}

Result<std::vector<Ledger::Permitted>> executing(RedisView& view) {
  TRY(const auto members, view.range({.index = redis_rows::status_index(ChildOrderStatus::executing)}));
  std::vector<ChildOrderId> ids;
  for (const std::string& member : members) ids.push_back(redis_rows::child_of(member));
  TRY(const auto rows, child_rows(view, ids));
  std::vector<Ledger::Permitted> all;
  for (const ChildRow& row : rows) {
    if (row.child.status != ChildOrderStatus::executing || !row.permit) continue;
    all.push_back({.task = row.permit->task,
                   .child_order = row.child.id,
                   .worker = row.permit->worker,
                   .journal = row.permit->journal,
                   .group = row.child.account.group,
                   .run_deadline = row.permit->run_deadline});
  }
  std::ranges::sort(all, {}, [](const Ledger::Permitted& one) { return std::tie(one.task, one.child_order); });
  return all;
}

Result<std::optional<Timestamp>> next_expiry(RedisView& view) {
  TRY(const auto first, view.range({.index = "deadlines", .limit = 1}));
  if (first.empty()) return std::optional<Timestamp>();
  TRY(const auto bytes, view.get(redis_rows::child_key(redis_rows::child_of(first.front()))));
  if (!bytes) return std::optional<Timestamp>();
  TRY(const ChildRow row, redis_rows::read_child(*bytes));
  return std::optional(row.terms.deadline);
}

Result<std::uint64_t> confirmed_sequence(RedisView& view, const JournalId& journal) {
  TRY(const auto bytes, view.get(redis_rows::journal_key(journal)));
  if (!bytes) return std::uint64_t{0};
  return redis_rows::read_number(*bytes);
}

Result<std::vector<Event>> events(RedisClient& client, std::uint64_t after, std::size_t limit) {
  const std::string from = "(" + std::to_string(after) + "-0";
  TRY(const RedisReply reply, client.ask({"XRANGE", "events", from, "+", "COUNT", std::to_string(limit)}));
  std::vector<Event> all;
  for (std::size_t i = 0; i < reply->elements; ++i) {
    // [id, [field, row]]
    const redisReply& entry = *reply->element[i];
    if (entry.elements != 2 || entry.element[1]->elements != 2) {
      return make_error(ErrorCode::internal, "database_corrupt", "Redis holds an event that cannot be read");
    }
    TRY(Event event, redis_rows::read_event(text_of(*entry.element[1]->element[1])));
    all.push_back(std::move(event));
  }
  return all;
}

Result<std::vector<Event>> deeds(StoredView& view, const DeedFilter& filter) {
  RedisRange range{.index = redis_rows::deeds_index(), .newest_first = true, .limit = filter.limit};
  if (filter.before) range.to = "(" + redis_rows::deed_of(*filter.before);
  std::vector<Event> page;
  while (page.size() < filter.limit) {
    TRY(const auto members, view.range(range));
    if (members.empty()) break;
    range.to = "(" + members.back();
    for (const std::string& member : members) {
      TRY(auto found, events(view.client(), redis_rows::sequence_of(member) - 1, 1));
      const bool wanted =
          !found.empty() && page.size() < filter.limit && tradeauto::deeds::matches(found.front(), filter);
      if (wanted) page.push_back(std::move(found.front()));
    }
  }
  return page;
}

Result<std::uint64_t> newest_event(RedisView& view) {
  TRY(const auto bytes, view.get(redis_rows::kLastEvent));
  if (!bytes) return std::uint64_t{0};
  return redis_rows::read_number(*bytes);
}

}  // namespace tradeauto::redis_reads
