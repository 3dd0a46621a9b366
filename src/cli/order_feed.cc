#include "cli/order_feed.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include <boost/json/array.hpp>

#include "cli/json_text.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kHeadStart{250};
constexpr std::string_view kPrefix = "child_order_";
// In the order of an order's life; those from the third on have no order among them.
constexpr std::array<std::string_view, 12> kStatuses = {"pending",  "executing", "submitted", "filled",
                                                        "rejected", "closed",    "mixed",     "denied",
                                                        "canceled", "expired",   "in_doubt",  "dry_run"};
constexpr std::size_t kFirstOutcome = 3;

std::size_t rank_of(std::string_view status) {
  const auto at = static_cast<std::size_t>(std::ranges::find(kStatuses, status) - kStatuses.begin());
  return std::min(at, kFirstOutcome);
}

// The order may have been read after the event happened: then it says more.
bool is_old(const json::object& child, const json::object& event, std::string_view status) {
  const std::string known = text_of(child, "updated_at");
  const std::string at = text_of(event, "at");
  return at < known || (at == known && rank_of(status) <= rank_of(text_of(child, "status")));
}

// What went well explains itself.
bool needs_words(std::string_view status) {
  return rank_of(status) == kFirstOutcome && status != "filled" && status != "dry_run";
}

}  // namespace

OrderFeed::OrderFeed(Command& command, const std::string& order_id, Sink sink)
    : command_(command),
      follower_(command, {.after = {}, .group = {}, .order = order_id, .type = {}}, /*tells=*/false),
      sink_(std::move(sink)) {}

asio::awaitable<void> OrderFeed::run() {
  co_await sleep_for(command_.clock(), kHeadStart);
  while (true) {
    const auto event = co_await follower_.next();
    if (!event.ok()) break;
    if (const auto object = object_of(*event); object.ok()) sink_(*object);
  }
  lost_ = true;
  changed_.notify();
  co_await changed_.wait(changed_.version(), command_.clock(), Deadline::never());
}

asio::awaitable<void> OrderFeed::until_lost() {
  while (!lost_) co_await changed_.wait(changed_.version(), command_.clock(), Deadline::never());
}

std::string status_of_event(const json::object& event) {
  const std::string type = text_of(event, "type");
  if (!type.starts_with(kPrefix)) return {};
  std::string status = type.substr(kPrefix.size());
  return std::ranges::find(kStatuses, status) == kStatuses.end() ? std::string() : status;
}

bool apply_event(json::object& order, const json::object& event) {
  const std::string status = status_of_event(event);
  const std::string id = text_of(event, "child_order_id");
  json::value* children = order.if_contains("child_orders");
  if (status.empty() || children == nullptr || !children->is_array()) return false;
  for (json::value& item : children->get_array()) {
    json::object* child = item.if_object();
    if (child == nullptr || text_of(*child, "id") != id || is_old(*child, event, status)) continue;
    (*child)["status"] = status;
    (*child)["reason"] = "";
    (*child)["detail"] = needs_words(status) ? text_of(event, "detail") : "";
    (*child)["executions"] = json::array();
    (*child)["updated_at"] = text_of(event, "at");
    return true;
  }
  return false;
}

}  // namespace tradeauto
