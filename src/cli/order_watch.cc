#include "cli/order_watch.h"

#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/event_follow.h"
#include "cli/json_text.h"
#include "cli/order_feed.h"
#include "cli/order_view.h"
#include "cli/order_wait.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// Orders of which the accounts are kept; beyond that they are asked for anew.
constexpr std::size_t kMostKnown = 1000;
constexpr std::chrono::seconds kRetryAfter{1};
constexpr std::size_t kTimeWidth = 20;
constexpr std::size_t kAccountWidth = 14;
constexpr std::size_t kSymbolWidth = 6;
constexpr std::size_t kStatusWidth = 9;
constexpr std::size_t kDetailWidth = 20;

// What a row says: what became of which child order, when.
json::object change_of(const json::object& child, std::string_view order_id) {
  json::object change;
  change["at"] = text_of(child, "updated_at");
  change["order_id"] = order_id;
  change["child_order_id"] = text_of(child, "id");
  for (const std::string_view key : {"group", "account", "brokerage", "symbol", "status"}) {
    change[key] = text_of(child, key);
  }
  change["detail"] = why_of_child_order(child);
  return change;
}

std::vector<Column> change_columns(bool of_one_order) {
  Column at = time_member("AT", "at");
  at.least_width = kTimeWidth;
  Column account{.title = "ACCOUNT", .text = [](const json::object& change) {
                   return fmt::format("{}/{}", text_of(change, "group"), text_of(change, "account"));
                 }};
  account.least_width = kAccountWidth;
  Column symbol = member("SYMBOL", "symbol");
  symbol.least_width = kSymbolWidth;
  Column status = member("STATUS", "status");
  status.is_status = true;
  status.least_width = kStatusWidth;
  std::vector<Column> columns = {std::move(at), std::move(account), std::move(symbol), std::move(status)};
  if (!of_one_order) columns.push_back(member("ORDER", "order_id", Fit::extra));
  columns.push_back(member("DETAIL", "detail", Fit::wraps));
  columns.back().least_width = kDetailWidth;
  return columns;
}

// The changes of one order's child orders as rows on stdout.
class ChangeRows final : public OrderDisplay {
 public:
  explicit ChangeRows(Command& command)
      : command_(command), rows_(command.output_settings(), change_columns(true), "child_order_id") {}

  bool wants_changes() const override { return true; }
  void show(const json::object& order) override {
    for (const json::value& item : array_of(order, "child_orders")) {
      const json::object* child = item.if_object();
      if (child == nullptr || written_ != ExitCode::good) continue;
      std::string& told = statuses_[text_of(*child, "id")];
      const std::string status = text_of(*child, "status");
      if (std::exchange(told, status) == status) continue;
      written_ = *command_.print_text(rows_.next(change_of(*child, text_of(order, "id"))));
    }
  }
  void end() override {}
  Result<ExitCode> conclude(const json::object& order, ExitCode code) override {
    show(order);
    return code == ExitCode::good ? written_ : code;
  }

 private:
  Command& command_;
  RowStream rows_;
  std::map<std::string, std::string> statuses_;  // by child order, as last told
  ExitCode written_ = ExitCode::good;            // what came of writing the last row
};

// All orders' changes, made from the event log; each order is asked for once, for its accounts and symbols.
class AllOrders {
 public:
  explicit AllOrders(Command& command) : command_(command) {}

  // The changes that the event tells of. An order that may not be seen, or is no more, has none.
  asio::awaitable<Result<std::vector<json::object>>> changes_of(json::object event) {
    std::vector<json::object> changes;
    const bool accepted = text_of(event, "type") == "order_accepted";
    if (!accepted && status_of_event(event).empty()) co_return changes;
    const std::string id = text_of(event, "order_id");
    CO_TRY_VOID(co_await learn(id));
    json::object& order = orders_[id];
    if (accepted) {
      for (json::value& item : array_of(order, "child_orders")) {
        if (json::object* child = item.if_object()) changes.push_back(as_accepted(*child, event));
      }
    } else if (const json::object* child = find_child(order, text_of(event, "child_order_id"))) {
      json::object one{{"id", id}, {"child_orders", json::array{*child}}};
      find_child(one, text_of(*child, "id"))->erase("updated_at");  // each event counts, also an earlier one
      apply_event(one, event);
      changes.push_back(change_of(*find_child(one, text_of(*child, "id")), id));
    }
    co_return changes;
  }

 private:
  static json::object* find_child(json::object& order, std::string_view id) {
    json::value* children = order.if_contains("child_orders");
    if (children == nullptr || !children->is_array()) return nullptr;
    for (json::value& item : children->get_array()) {
      json::object* child = item.if_object();
      if (child != nullptr && text_of(*child, "id") == id) return child;
    }
    return nullptr;
  }

  // At that moment each child order was pending, whatever it is now.
  static json::object as_accepted(json::object child, const json::object& event) {
    child["updated_at"] = text_of(event, "at");
    child["status"] = "pending";
    child["reason"] = "";
    child["detail"] = "";
    child["executions"] = json::array();
    return change_of(child, text_of(event, "order_id"));
  }

  asio::awaitable<Result<void>> learn(std::string id) {
    if (orders_.contains(id)) co_return Result<void>{};
    CO_TRY(RestClient * rest, command_.rest());
    RestCall call;
    call.target = path_of({"orders", id});
    auto answer = co_await rest->call(call);
    while (!answer.ok() && answer.error().code == ErrorCode::unavailable) {
      co_await sleep_for(command_.clock(), kRetryAfter);
      answer = co_await rest->call(call);
    }
    if (!answer.ok() && answer.error().code != ErrorCode::not_found) co_return answer.error();
    if (orders_.size() >= kMostKnown) orders_.clear();
    const json::object* order = answer.ok() ? answer->body.if_object() : nullptr;
    orders_[id] = order == nullptr ? json::object() : *order;
    co_return Result<void>{};
  }

  Command& command_;
  std::map<std::string, json::object> orders_;
};

asio::awaitable<Result<ExitCode>> watch_all(Command& command, std::string group) {
  RowStream rows(command.output_settings(), change_columns(false), "child_order_id");
  AllOrders orders(command);
  EventFollower follower(command, {.after = {}, .group = std::move(group), .order = {}, .type = {}}, /*tells=*/true);
  command.set_farewell("interrupted; orders do not depend on us");
  command.note("changes of orders as they happen; Ctrl-C ends it");
  while (true) {
    CO_TRY(const SseEvent event, co_await follower.next());
    if (event.type == "reset") command.warn(reset_warning(event));
    CO_TRY(json::object object, object_of(event));
    CO_TRY(const auto changes, co_await orders.changes_of(std::move(object)));
    for (const json::object& change : changes) {
      CO_TRY(const ExitCode code, command.print_text(rows.next(change)));
      if (code != ExitCode::good) co_return code;
    }
  }
}

}  // namespace

asio::awaitable<Result<ExitCode>> watch_orders(Command& command, WatchFlags flags) {
  if (flags.id.empty()) co_return co_await watch_all(command, std::move(flags.group));
  ChangeRows rows(command);
  co_return co_await follow_order(command, {.id = flags.id, .known = std::nullopt, .timeout = flags.timeout}, rows);
}

}  // namespace tradeauto
