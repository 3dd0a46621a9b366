#include "http/event_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "http/order_filter.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

template <typename Id>
json::value id_or_null(const std::optional<Id>& id) {
  return id ? json::value(id->str()) : json::value(nullptr);
}

json::value to_json(const std::optional<Actor>& actor) {
  if (!actor) return nullptr;
  return json::object{{"kind", to_string(actor->kind)}, {"name", actor->name}};
}

json::object to_json(const Event& event) {
  return {{"sequence", event.sequence},
          {"at", to_rfc3339(event.at)},
          {"type", event.type},
          {"actor", to_json(event.actor)},
          {"order_id", id_or_null(event.order)},
          {"child_order_id", id_or_null(event.child_order)},
          {"group", id_or_null(event.group)},
          {"account", id_or_null(event.account)},
          {"token", id_or_null(event.token)},
          {"worker", id_or_null(event.worker)},
          {"detail", event.detail.empty() ? json::value(nullptr) : json::value(event.detail)}};
}

std::string render(const std::vector<Event>& events, json::value next_cursor) {
  json::array items;
  for (const Event& event : events) items.push_back(to_json(event));
  return json::serialize(json::object{{"items", std::move(items)}, {"next_cursor", std::move(next_cursor)}});
}

}  // namespace

bool EventFilter::takes(const Event& event) const {
  if (!groups.empty() && (!event.group || !includes(groups, *event.group))) return false;
  if (group && event.group != group) return false;
  if (order && event.order != order) return false;
  return !type || event.type == *type;
}

std::string render_events(const std::vector<Event>& events, std::optional<std::uint64_t> next_after) {
  json::value next = nullptr;
  if (next_after) next = event_cursor(*next_after);
  return render(events, std::move(next));
}

std::string render_audit(const std::vector<Event>& events, std::size_t limit) {
  json::value next = nullptr;
  if (!events.empty() && events.size() >= limit) next = audit_cursor(events.back().sequence);
  return render(events, std::move(next));
}

// JSON escapes what would break a line.
std::string render_streamed(const Event& event) {
  return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.sequence, event.type, json::serialize(to_json(event)));
}

std::string render_position(std::uint64_t sequence) { return fmt::format("id: {}\n", sequence); }

std::string render_reset(std::uint64_t newest) {
  return fmt::format("id: {}\nevent: reset\ndata: {{\"newest\":{}}}\n\n", newest, newest);
}

}  // namespace tradeauto
